import type { Finding } from '../../src/model/finding.ts';
import type { Report } from '../../src/model/report.ts';
import { catalogAnalyzer, cause, finding, podRef, report } from './report-builder.ts';

/** A name as a ReplicaSet gives it: distinct for every number. */
function podName(index: number): string {
  const hash = ((index * 2_654_435_761) % 4_294_967_296).toString(36).padStart(7, '0');
  return `checkout-service-${Math.floor(index / 25)}-${hash.slice(0, 5)}c-${hash.slice(2)}`;
}

function largeFinding(index: number): Finding {
  const namespace = `team-${index % 400}-production`;
  const subject = podRef(podName(index), namespace);
  const excerpt = {
    lines: ['restartCount: 7', 'state:', '  waiting:', '    reason: CrashLoopBackOff'],
    mark: 3,
  };
  return finding(subject.name, {
    id: `${index.toString(16).padStart(16, '0')}`,
    // Three pods of one workload share a fingerprint.
    fingerprint: Math.imul(Math.floor(index / 3), 2_654_435_761)
      .toString(16)
      .padStart(16, '5')
      .slice(-16),
    subject,
    values: { pod: subject, container: `container-${index % 12}`, code: index % 256 },
    rootOwner: { group: 'apps', kind: 'Deployment', namespace, name: `checkout-service-${index % 900}` },
    severity: index % 5 === 0 ? 'warning' : 'critical',
    since: new Date(Date.parse('2026-11-20T09:00:00Z') - index * 1000).toISOString(),
    evidence: [
      {
        type: 'object',
        path: `resources/core/pods/${namespace}.json`,
        line: (index % 3000) + 2,
        pointer: `/items/${index % 3000}/status/containerStatuses/${index % 3}`,
        ...(index < 2000 ? { excerpt } : {}),
      },
      {
        type: 'log',
        path: `logs/${namespace}/${subject.name}/container-${index % 12}.log`,
        line: index * 7 + 1,
        count: index % 5000,
        counted: 'exact',
        first: '2026-11-20T01:00:00Z',
        last: '2026-11-20T09:30:00Z',
      },
    ],
  });
}

/** How the diagnosis sees the findings of a large report. */
export type LargeShape = 'standing alone' | 'symptoms of one cause';

/** A report of a cluster in which very much is broken: every pod, name, time and place its own. */
export function largeReport(count: number, shape: LargeShape): Report {
  const findings = Array.from({ length: count }, (_, index) => largeFinding(index));
  const [first, ...rest] = findings as [Finding, ...Finding[]];
  const reach = { findings: rest.length, objects: count, namespaces: 400 };
  const causes =
    shape === 'standing alone'
      ? findings.map((one) => cause(one))
      : [cause(first, { symptoms: rest.map(({ id }) => id), reach })];
  return report({
    findings,
    diagnosis: { causes },
    catalog: { artifacts: {}, analyzers: [catalogAnalyzer()] },
  });
}
