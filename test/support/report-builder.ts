import type { Evidence, Finding } from '../../src/model/finding.ts';
import type { Message } from '../../src/model/message.ts';
import type { CatalogAnalyzer, Cause, Report } from '../../src/model/report.ts';
import { type ObjectRef, subjectKey } from '../../src/model/subject.ts';
import { renderCommand } from '../../src/report/render-command.ts';
import { renderText } from '../../src/report/render-text.ts';

/** A reference to a pod. */
export function podRef(name: string, namespace = 'payments'): ObjectRef {
  return { group: '', kind: 'Pod', namespace, name };
}

/** Evidence in a list of objects, with an excerpt of two lines. */
export function objectEvidence(path = 'resources/core/pods/payments.json', line = 12): Evidence {
  return {
    type: 'object',
    path,
    line,
    pointer: `/items/${line - 2}/status/containerStatuses/0`,
    excerpt: { lines: ['restartCount: 7', 'state:', '  waiting:', '    reason: CrashLoopBackOff'], mark: 3 },
  };
}

/** Evidence in a log, with its numbered excerpt. */
export function logEvidence(path = 'logs/payments/api-0/app.log', line = 4711): Evidence {
  return {
    type: 'log',
    path,
    line,
    count: 413,
    counted: 'exact',
    first: '2026-11-20T09:12:01Z',
    last: '2026-11-20T09:58:02Z',
    excerpt: {
      startLine: line - 2,
      mark: 2,
      lines: [
        '2026-11-20T09:12:00.118Z level=info msg="starting" version=4.2.0',
        '2026-11-20T09:12:00.502Z level=info msg="connecting" host=db.internal:5432',
        '2026-11-20T09:12:01.004Z level=fatal msg="dial tcp: lookup db.internal: no such host"',
        '2026-11-20T09:12:01.005Z level=info msg="exit" code=1',
        '2026-11-20T09:12:31.201Z level=info msg="starting" version=4.2.0',
      ],
    },
  };
}

/** The message most built findings carry. */
export const CRASH_MESSAGE: Message = {
  severity: 'critical',
  confidence: { level: 'certain', reason: 'the API object says so' },
  text: '{pod:object} keeps restarting: container `{container:text}` exits with code {code:count}.',
  remedy: [
    {
      text: 'Read the last lines the container wrote before it exited.',
      argv: ['kubectl', 'logs', '-n', '{pod.namespace}', '{pod.name}', '-c', '{container}', '--previous'],
    },
    { text: 'If the program reports a missing setting, compare its ConfigMap with the last revision.' },
  ],
};

/** An analyzer of the catalog with one message, `crashing`. */
export function catalogAnalyzer(overrides: Partial<CatalogAnalyzer> = {}): CatalogAnalyzer {
  return {
    id: 'workload/crash-loop',
    title: 'Container in a crash loop',
    description: 'Finds containers that start, exit and are started again.',
    messages: { crashing: CRASH_MESSAGE },
    checks: {},
    references: ['https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy'],
    page: '# Container in a crash loop\n\n## Meaning\n\nA container exits soon after it starts.\n',
    ...overrides,
  };
}

/** A finding of the crash message about the pod of this name. */
export function finding(name: string, overrides: Partial<Finding> = {}): Finding {
  const subject = overrides.subject ?? podRef(name);
  return {
    id: `id-${subjectKey(subject)}`,
    fingerprint: `fp-${name}`,
    analyzerId: 'workload/crash-loop',
    messageId: 'crashing',
    severity: 'critical',
    confidence: CRASH_MESSAGE.confidence,
    values: { pod: subject, container: 'app', code: 1 },
    subject,
    rootOwner: subject,
    related: [],
    since: '2026-11-20T03:58:12Z',
    evidence: [objectEvidence()],
    ...overrides,
  };
}

/** The cause a finding is, rendered by a message as the engine does it. */
export function cause(of: Finding, overrides: Partial<Cause> = {}, message: Message = CRASH_MESSAGE): Cause {
  return {
    findingId: of.id,
    analyzerId: of.analyzerId,
    messageId: of.messageId,
    severity: of.severity,
    confidence: of.confidence,
    message: renderText(message.text, of.values),
    remedy: message.remedy.map((step) => {
      const command = step.argv && renderCommand(step.argv, of.values);
      const text = renderText(step.text, of.values);
      return command === undefined ? { text } : { text, command };
    }),
    subject: of.subject,
    members: [of.id],
    subjects: [of.subject],
    ...(of.since === undefined ? {} : { since: of.since }),
    reach: { findings: 0, objects: 1, namespaces: 1 },
    symptoms: [],
    unseenExplanations: [],
    ...overrides,
  };
}

/** A report of a small cluster in which nothing was found, unless overrides say otherwise. */
export function report(overrides: Partial<Report> = {}): Report {
  return {
    schemaVersion: 1,
    tool: { name: 'kubecase', version: '0.1.0' },
    cluster: {
      id: '0b6f0c3a-7f0e-4a55-9d53-6f2b8a3c1d10',
      name: 'prod-eu',
      version: 'v1.36.1',
      flavour: 'kubeadm',
      nodes: 12,
      observed: { time: '2026-11-20T09:58:12Z', source: 'server-date', errorSeconds: 1 },
    },
    bundles: [
      {
        name: 'kubecase-prod-eu-20261120T095812Z',
        layout: 'kubecase',
        size: 12_582_912,
        sha256: '9f2c1f60a6d24c3b8a0f3de5b7a1c4e6d8f0a2b4c6e8091a3b5c7d9e0f123456',
        complete: true,
        createdAt: '2026-11-20T09:58:12Z',
        createdBy: 'kubecase 0.1.0',
        entries: 214,
      },
    ],
    collection: {
      complete: true,
      collectors: [{ id: 'kubernetes/resources', title: 'Kubernetes objects', outcome: 'collected' }],
      rows: [],
      counts: [{ artifact: 'resources:core/Pod', items: 230, bytes: 1_468_006 }],
      logLines: 184_220,
      redactions: {},
    },
    results: [
      {
        analyzerId: 'workload/crash-loop',
        status: 'pass',
        unseen: [],
        findings: 0,
        looked: { restarts: 230 },
      },
    ],
    findings: [],
    diagnosis: { causes: [] },
    checklists: [],
    facts: [],
    unseen: [],
    catalog: { artifacts: {}, analyzers: [] },
    ...overrides,
  };
}

/** A report whose findings are all causes that stand alone, with the catalog they need. */
export function reportOf(findings: readonly Finding[], overrides: Partial<Report> = {}): Report {
  return report({
    findings,
    diagnosis: { causes: findings.filter(({ severity }) => severity !== 'info').map((one) => cause(one)) },
    catalog: { artifacts: {}, analyzers: [catalogAnalyzer()] },
    results: [
      {
        analyzerId: 'workload/crash-loop',
        status: 'fail',
        unseen: [],
        findings: findings.length,
        looked: {},
      },
    ],
    ...overrides,
  });
}
