import { expect, it } from 'vitest';
import { hostOfEndpoint } from '../../../src/derive/server-names.ts';

it.each([
  ['cp.example:6443', 'cp.example'],
  ['cp.example', 'cp.example'],
  ['192.0.2.1:6443', '192.0.2.1'],
  ['[2001:db8::1]:6443', '2001:db8::1'],
  ['2001:db8::1', '2001:db8::1'],
])('the host of %s is %s', (endpoint, host) => {
  expect(hostOfEndpoint(endpoint)).toBe(host);
});
