import type { Finding } from '../../src/model/finding.ts';
import type { Report } from '../../src/model/report.ts';
import type { Subject } from '../../src/model/subject.ts';
import { objectEvidence, report } from './report-builder.ts';

/** Checks of the data plane's checklist. */
export const CHECKS = {
  running: {
    checklist: 'kong-data-plane',
    item: 'Pod is running and ready',
    expected: '`Running`, all containers ready',
    found: '{phase:text}, {ready:count} of {total:count} ready',
  },
  listed: {
    checklist: 'kong-data-plane',
    item: 'Listed by the control plane',
    expected: 'connected',
    found: 'connected, seen {age:duration} before',
  },
  certificate: {
    checklist: 'kong-data-plane',
    item: 'Cluster certificate valid',
    expected: 'valid at collection',
    found: 'valid until {until:time}',
  },
  volume: {
    checklist: 'kong-data-plane',
    item: 'Cluster volume mounted',
    expected: 'mounted',
    found: 'mounted',
  },
} as const;

/** The checklist of one data plane: an item in each state. */
export function checklists(bad: Finding): Pick<Report, 'checklists'> {
  const base = { analyzerId: 'kong/data-plane-not-connected', subject: bad.subject, evidence: [] };
  return {
    checklists: [
      {
        id: 'kong-data-plane',
        title: 'Kong data plane',
        total: 1,
        tables: [
          {
            subject: bad.subject,
            rows: [
              {
                ...base,
                checkId: 'running',
                state: 'fine',
                values: { phase: 'Running', ready: 1, total: 1 },
                evidence: [objectEvidence('resources/core/pods/kong.json', 4)],
              },
              {
                ...base,
                checkId: 'listed',
                state: 'bad',
                values: {},
                findingId: bad.id,
                evidence: bad.evidence,
              },
              {
                ...base,
                checkId: 'certificate',
                state: 'unseen',
                values: {},
                reason: 'Secrets of namespace kong: forbidden',
              },
              {
                ...base,
                checkId: 'volume',
                state: 'not-applicable',
                values: {},
                reason: 'no volume is declared',
              },
            ],
          },
        ],
      },
    ],
  };
}

/** Three scopes that were not seen, and what they make unknown. */
export function gaps(): Pick<Report, 'unseen' | 'collection' | 'results'> {
  const forbidden = {
    artifact: 'resources:core/Secret',
    outcome: 'forbidden',
    reason: 'secrets is forbidden: User "support" cannot list resource "secrets"',
    fix: { rule: { apiGroups: [''], resources: ['secrets'], verbs: ['list'] } },
  } as const;
  const kong = { ...forbidden, scope: { type: 'namespace', namespace: 'kong' } } as const;
  const payments = { ...forbidden, scope: { type: 'namespace', namespace: 'payments' } } as const;
  const status = {
    artifact: 'kong-clustering-status',
    scope: { type: 'endpoint', endpoint: 'https://gw-admin.kong:8444' },
    outcome: 'timed-out',
    reason: 'no reply within 10 s',
    fix: { flag: '--kong-admin-url https://…' },
  } as const;
  const base = report();
  return {
    unseen: [
      { ...kong, analyzers: ['certificate/expired', 'kong/data-plane-not-connected'] },
      { ...payments, analyzers: ['certificate/expired', 'kong/data-plane-not-connected'] },
      { ...status, analyzers: ['kong/data-plane-not-connected'] },
    ],
    collection: {
      ...base.collection,
      complete: false,
      collectors: [
        { id: 'certificate/certificates', title: 'Certificates', outcome: 'partial' },
        { id: 'kong/clustering-status', title: 'Kong clustering status', outcome: 'timed-out' },
        { id: 'kubernetes/events', title: 'Events', outcome: 'collected' },
        { id: 'kubernetes/logs', title: 'Container logs', outcome: 'collected' },
        { id: 'kubernetes/resources', title: 'Kubernetes objects', outcome: 'forbidden' },
      ],
      rows: [kong, payments, status],
      redactions: { 'env-by-name': 14, 'bearer-header': 3 },
    },
    results: [
      {
        analyzerId: 'certificate/expired',
        status: 'fail',
        unseen: [kong, payments],
        findings: 1,
        looked: { valid: 22 },
      },
      {
        analyzerId: 'control-plane/leader-lease-stale',
        status: 'unknown',
        unseen: [kong],
        findings: 0,
        looked: {},
      },
      {
        analyzerId: 'kong/data-plane-not-connected',
        status: 'fail',
        unseen: [kong],
        findings: 2,
        looked: { running: 1 },
      },
      { analyzerId: 'node/not-ready', status: 'fail', unseen: [], findings: 1, looked: { ready: 11 } },
      {
        analyzerId: 'workload/crash-loop',
        status: 'fail',
        unseen: [],
        findings: 7,
        looked: { restarts: 223 },
      },
      {
        analyzerId: 'workload/image-pull-failed',
        status: 'not-applicable',
        reason: 'no container waits for an image',
        unseen: [],
        findings: 0,
        looked: {},
      },
    ],
  };
}

/** Nodes, and certificates of every validity. */
export function facts(): Pick<Report, 'facts'> {
  const node = (name: string): Subject => ({ group: '', kind: 'Node', name });
  return {
    facts: [
      {
        id: 'nodes',
        title: 'Nodes',
        columns: [
          { id: 'node', title: 'Node', tag: 'object' },
          { id: 'ready', title: 'Ready', tag: 'text' },
          { id: 'kubelet', title: 'Kubelet', tag: 'text' },
          { id: 'memory', title: 'Memory', tag: 'quantity' },
          { id: 'pods', title: 'Pods', tag: 'count' },
        ],
        rows: [
          [node('worker-1.eu-central-1.compute.internal'), 'yes', 'v1.36.1', '65Gi', 41],
          [node('worker-7.eu-central-1.compute.internal'), 'unknown', 'v1.36.1', '65Gi', 38],
        ],
      },
      {
        id: 'certificates',
        title: 'Certificates',
        columns: [
          { id: 'certificate', title: 'Certificate', tag: 'text' },
          { id: 'notBefore', title: 'Valid from', tag: 'time' },
          { id: 'notAfter', title: 'Valid until', tag: 'time' },
        ],
        rows: [
          ['kube-apiserver', '2025-11-29T09:58:12Z', '2026-11-29T09:58:12Z'],
          ['etcd/peer', '2025-11-17T09:58:12Z', '2026-11-17T09:58:12Z'],
          ['kubernetes CA', '2025-11-29T09:58:12Z', '2035-11-27T09:58:12Z'],
        ],
      },
    ],
  };
}
