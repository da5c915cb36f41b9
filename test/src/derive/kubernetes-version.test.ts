import { describe, expect, it } from 'vitest';
import { allowedLag, minorsAhead, parseKubernetesVersion } from '../../../src/derive/kubernetes-version.ts';
import { conditionMeaning } from '../../../src/derive/node-conditions.ts';

describe('a Kubernetes version', () => {
  it.each([
    ['v1.34.1', { major: 1, minor: 34, patch: 1 }],
    ['1.30.4+k3s1', { major: 1, minor: 30, patch: 4 }],
    ['v1.29.0-eks-5e0fdde', { major: 1, minor: 29, patch: 0 }],
    ['v1.34', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s', (text, version) => {
    expect(parseKubernetesVersion(text)).toEqual(version);
  });

  it('is compared by minor versions, whatever the patch', () => {
    const of = (text: string) =>
      parseKubernetesVersion(text) as { major: number; minor: number; patch: number };

    expect(minorsAhead(of('v1.34.9'), of('v1.34.1'))).toBe(0);
    expect(minorsAhead(of('v1.30.0'), of('v1.34.1'))).toBe(-4);
    expect([allowedLag(of('v1.24.17')), allowedLag(of('v1.25.0'))]).toEqual([2, 3]);
  });
});

describe('the meaning of a condition', () => {
  it('has its polarity, and none for unknown types', () => {
    expect(conditionMeaning('KernelDeadlock')?.bad).toBe('True');
    expect(conditionMeaning('NetworkingReady')?.bad).toBe('False');
    expect(conditionMeaning('Ready')).toBeUndefined();
    expect(conditionMeaning('constructor')).toBeUndefined();
  });
});
