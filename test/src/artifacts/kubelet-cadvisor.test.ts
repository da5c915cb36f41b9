import { describe, expect, it } from 'vitest';
import { kubeletCadvisor } from '../../../src/artifacts/kubelet-cadvisor.ts';

const TEXT = `# HELP container_cpu_cfs_periods_total Number of elapsed enforcement period intervals.
# TYPE container_cpu_cfs_periods_total counter
container_cpu_cfs_periods_total{container="",id="/kubepods/pod1",image="",name="",namespace="shop",pod="web"} 90 1768478400000
container_cpu_cfs_periods_total{container="app",id="/kubepods/pod1/c1",image="i",name="c1",namespace="shop",pod="web"} 50 1768478400000
container_cpu_cfs_periods_total{container="POD",id="/kubepods/pod1/c0",image="i",name="c0",namespace="shop",pod="web"} 1
container_cpu_cfs_periods_total{container="lonely",id="/kubepods/pod2/c1",namespace="shop",pod="x"} 1
container_cpu_cfs_throttled_periods_total{container="app",id="/kubepods/pod1/c1",image="i",name="c1",namespace="shop",pod="web"} 20 1768478400000
container_cpu_cfs_throttled_periods_total{container="POD",id="/kubepods/pod1/c0",image="i",name="c0",namespace="shop",pod="web"} 1
container_memory_usage_bytes{container="app",namespace="shop",pod="web"} 1e+06
`;

describe('kubelet-cadvisor', () => {
  it('keeps the CPU periods of containers, not of pods and sandboxes', () => {
    expect(kubeletCadvisor.parse(new TextEncoder().encode(TEXT)).containers).toEqual([
      { namespace: 'shop', pod: 'web', container: 'app', periods: 50, throttledPeriods: 20 },
    ]);
  });

  it('is empty where no container has a limit', () => {
    expect(kubeletCadvisor.parse(new Uint8Array()).containers).toEqual([]);
  });
});
