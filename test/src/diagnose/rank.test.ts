import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/model/finding.ts';
import { finding, linesOf, message, object } from './diagnosis-fixture.ts';

const web1 = object('Pod', 'web-1');
const web = object('Service', 'web');
const SELECTS = { selects: [[web, web1]] } as const;
const CRASH = message({
  effect: 'pod-crashing',
  explains: [{ effect: 'service-without-endpoints', via: ['selected-by'] }],
});
const EMPTY = message({ effect: 'service-without-endpoints' });

describe('the rank of causes', () => {
  const plain = {
    'etcd/a:m': message(),
    'kong/b:m': message(),
    'workload/crash-loop:crash': CRASH,
    'network/service:empty': EMPTY,
  };

  it('is severity, then confidence, then reach, then layer, then id', () => {
    const likely = { confidence: { level: 'likely', reason: 'x' } } as const;
    const findings = [
      finding('warning', 'etcd/a:m', web1, { severity: 'warning' }),
      finding('likely', 'etcd/a:m', web1, likely),
      finding('kong', 'kong/b:m', web1),
      finding('etcd-2', 'etcd/a:m', web1),
      finding('etcd-1', 'etcd/a:m', web1),
      finding('reach', 'workload/crash-loop:crash', web1),
      finding('service', 'network/service:empty', web),
    ];

    expect(linesOf(findings, plain, SELECTS)).toEqual([
      'reach > service',
      'etcd-1',
      'etcd-2',
      'kong',
      'likely',
      'warning',
    ]);
  });

  it('weighs a cause by the worst it explains, and a critical fault of its own before that', () => {
    const unsure = { confidence: { level: 'possible', reason: 'a log line' } } as const;
    const findings = [
      finding('certificate', 'etcd/a:m', object('Secret', 'tls'), unsure),
      finding('crash', 'workload/crash-loop:crash', web1, { severity: 'warning' }),
      finding('service', 'network/service:empty', web),
    ];

    expect(linesOf(findings, plain, SELECTS)).toEqual(['certificate', 'crash > service']);
    const lesser = findings.map((one) => (one.id === 'certificate' ? { ...one, severity: 'warning' } : one));
    expect(linesOf(lesser as Finding[], plain, SELECTS)).toEqual(['crash > service', 'certificate']);
  });
});
