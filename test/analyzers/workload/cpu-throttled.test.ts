import { cpuThrottled } from '../../../analyzers/workload/cpu-throttled.ts';
import { kubeletCadvisor } from '../../../src/artifacts/kubelet-cadvisor.ts';
import { controlledBy, pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const scope = { type: 'node', node: 'node-1' } as const;

function counters(periods: number, throttled: number, name = 'web-1', container = 'app'): string {
  const labels = `container="${container}",id="/kubepods/${name}",namespace="shop",pod="${name}"`;
  return `container_cpu_cfs_periods_total{${labels}} ${periods} 1768478400000
container_cpu_cfs_throttled_periods_total{${labels}} ${throttled} 1768478400000
`;
}

function scraped(bytes: string) {
  return [{ artifact: kubeletCadvisor, scope, bytes }];
}

const limited = pod('web-1', {
  metadata: controlledBy('Deployment', 'web'),
  spec: { containers: [{ name: 'app', resources: { limits: { cpu: '200m' } } }] },
});

testAnalyzer(cpuThrottled, {
  silent: [
    { name: 'a quarter of the periods', given: { documents: scraped(counters(4000, 1000)) } },
    { name: 'too few periods to tell', given: { documents: scraped(counters(2000, 1900)) } },
    {
      name: 'a sum over the pod and its sandbox',
      given: { documents: scraped(counters(4000, 3000, 'web-1', '') + counters(4000, 3000, 'web-1', 'POD')) },
    },
    {
      name: 'more than half is a line for the workload, never a fault',
      given: {
        objects: [limited, pod('web-2', { metadata: controlledBy('Deployment', 'web') })],
        documents: scraped(counters(4000, 2400) + counters(4000, 2000, 'web-2')),
      },
      info: [
        {
          message: 'sinceStart',
          subject: 'Pod/shop/web-1',
          severity: 'info',
          values: { percent: 60, limit: '200m', count: 2 },
        },
      ],
    },
  ],
  reports: [
    {
      name: 'between two looks, whatever happened before',
      given: {
        documents: [
          {
            artifact: kubeletCadvisor,
            scope,
            bytes: counters(10_000, 100),
            observed: '2026-01-15T11:59:30Z',
          },
          { artifact: kubeletCadvisor, scope, bytes: counters(10_200, 200) },
        ],
      },
      expect: [{ message: 'now', subject: 'Pod/shop/web-1', values: { percent: 50, seconds: 30 } }],
    },
  ],
  unknown: [{ name: 'no metrics were read', given: { forbidden: [kubeletCadvisor] }, reason: /not allowed/ }],
});
