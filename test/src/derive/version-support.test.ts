import { expect, it } from 'vitest';
import { supportEnd } from '../../../src/derive/version-support.ts';

it.each([
  ['kubernetes', 'v1.31.4+k3s1', '2025-11-11'],
  ['kubernetes', '1.30', '2025-07-15'],
  ['containerd', '1.6.20', '2025-08-23'],
  ['etcd', '3.4.13-0', '2025-05-15'],
  ['kubernetes', 'v1.99.0', undefined],
  ['kubernetes', 'v1.3', undefined],
  ['containerd', 'unknown', undefined],
] as const)('the support of %s %s ended on %s', (product, version, end) => {
  expect(supportEnd(product, version)?.end).toBe(end);
});
