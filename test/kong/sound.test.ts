import { expect, it } from 'vitest';
import { causesOf, hybrid } from '../support/kong-hybrid.ts';

it('two control planes and six data planes behind a load balancer are sound', () => {
  expect(causesOf(hybrid())).toEqual([]);
});

it('nobody is accused where no control plane was asked', () => {
  expect(causesOf(hybrid({ asked: false }))).toEqual([]);
});
