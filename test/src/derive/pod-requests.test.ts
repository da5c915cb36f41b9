import { describe, expect, it } from 'vitest';
import type { PodItem } from '../../../src/artifacts/resources.ts';
import { podRequests } from '../../../src/derive/pod-requests.ts';
import { pod } from '../../support/builders.ts';

function container(cpu: string, parts: object = {}): object {
  return { name: 'c', resources: { requests: { cpu } }, ...parts };
}

function cpuOf(spec: Record<string, unknown>): number | undefined {
  return podRequests(pod('web', { spec }) as unknown as PodItem).get('cpu');
}

describe('the requests of a pod', () => {
  it('are the sum of its containers', () => {
    expect(cpuOf({ containers: [container('100m'), container('1')] })).toBeCloseTo(1.1);
  });

  it('are those of an init container where it asks for more', () => {
    const containers = [container('1')];

    expect(cpuOf({ containers, initContainers: [container('3'), container('2')] })).toBe(3);
    expect(cpuOf({ containers, initContainers: [container('500m')] })).toBe(1);
  });

  it('add sidecars to the sum, and to the init containers after them', () => {
    const sidecar = container('1', { restartPolicy: 'Always' });

    expect(cpuOf({ containers: [container('1')], initContainers: [sidecar] })).toBe(2);
    expect(cpuOf({ containers: [container('1')], initContainers: [sidecar, container('2')] })).toBe(3);
    expect(cpuOf({ containers: [container('1')], initContainers: [container('2'), sidecar] })).toBe(2);
  });

  it('are those of the pod as a whole where it names them, with the overhead of its runtime', () => {
    const spec = {
      containers: [container('1')],
      resources: { requests: { cpu: '4' } },
      overhead: { cpu: '250m' },
    };

    expect(cpuOf(spec)).toBe(4.25);
  });

  it('count the pod itself', () => {
    expect(podRequests(pod('web') as unknown as PodItem)).toEqual(new Map([['pods', 1]]));
  });
});
