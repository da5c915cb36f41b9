import type { Finding } from '../../src/model/finding.ts';
import type { Message } from '../../src/model/message.ts';
import type { Report } from '../../src/model/report.ts';
import type { Subject } from '../../src/model/subject.ts';
import {
  catalogAnalyzer,
  cause,
  finding,
  logEvidence,
  objectEvidence,
  podRef,
  report,
} from './report-builder.ts';
import { CHECKS, checklists, facts, gaps } from './report-scenario-parts.ts';

const DATA_PLANE: Message = {
  severity: 'critical',
  confidence: { level: 'certain', reason: 'the control plane does not list it' },
  text: '{pod:object} is not connected to its control plane: the name `{host:text}` does not resolve.',
  remedy: [
    {
      text: 'Check that the Service of the control plane exists under the name the data plane uses.',
      argv: ['kubectl', 'get', 'service', '-n', '{pod.namespace}', '{host}'],
    },
    {
      text: 'If it has another name, set `KONG_CLUSTER_CONTROL_PLANE` of the data plane to it and restart.',
      argv: ['kubectl', 'rollout', 'restart', '-n', '{pod.namespace}', 'deployment/gw-dp'],
    },
  ],
};

const NODE_DOWN: Message = {
  severity: 'critical',
  confidence: { level: 'certain', reason: 'the API object says so' },
  text: '{node:object} is not ready: its kubelet stopped posting status {age:duration} before collection.',
  remedy: [
    {
      text: 'Look at the node and its last conditions.',
      argv: ['kubectl', 'describe', 'node', '{node.name}'],
    },
  ],
};

const CERTIFICATE: Message = {
  severity: 'warning',
  confidence: { level: 'likely', reason: 'the served chain was not seen' },
  text: 'The certificate of `{name:text}` expires {left:duration} after collection.',
  remedy: [{ text: 'Renew it with `kubeadm certs renew all` on each control plane node.' }],
};

const INFORMATION: Message = {
  severity: 'info',
  confidence: { level: 'certain', reason: 'the API object says so' },
  text: '{pod:object} restarted {count:count} times, last {age:duration} before collection.',
  remedy: [],
};

const PAGE = `# Data plane not connected

## Meaning

The control plane does not list this data plane as connected. Traffic is still served from the **last
configuration** it received, until the pod restarts.

## Impact

- Changes of routes do not reach the gateway.
- A restarted pod starts *empty*.

## Diagnosis

1. Compare \`KONG_CLUSTER_CONTROL_PLANE\` with the Service.
2. Resolve the name from the pod:

\`\`\`sh
kubectl exec -n kong deploy/gw-dp -- getent hosts gw-cp
\`\`\`

## Remedy

See [hybrid mode](https://docs.konghq.com/gateway/latest/production/deployment-topologies/hybrid-mode/).
`;

function dataPlane(name: string): Finding {
  const subject = podRef(name, 'kong');
  return finding(name, {
    analyzerId: 'kong/data-plane-not-connected',
    messageId: 'unresolved',
    fingerprint: '5a1c0e9b7d3f4a62',
    id: `5a1c0e9b7d3f4a62-${name}`,
    confidence: DATA_PLANE.confidence,
    subject,
    values: { pod: subject, host: 'gw-cp' },
    evidence: [
      logEvidence(`logs/kong/${name}/proxy.log`, 18220),
      {
        type: 'absent',
        artifact: 'resources:core/Service',
        name: 'gw-cp',
        scope: { type: 'namespace', namespace: 'kong' },
        searched: {
          entries: ['resources/core/services/kong.json'],
          items: 6,
          observedAt: '2026-11-20T09:58:01Z',
        },
      },
    ],
  });
}

function nodeDown(): Finding {
  const subject: Subject = { group: '', kind: 'Node', name: 'worker-7.eu-central-1.compute.internal' };
  return finding('worker-7', {
    analyzerId: 'node/not-ready',
    messageId: 'silent',
    fingerprint: '81b2c3d4e5f60718',
    id: '81b2c3d4e5f60718-worker-7',
    subject,
    values: { node: subject, age: 4_320 },
    since: '2026-11-20T08:46:12Z',
    evidence: [objectEvidence('resources/core/nodes/_cluster.json', 9)],
  });
}

function certificate(): Finding {
  const subject: Subject = { external: 'host', name: '10.0.0.10:6443' };
  return finding('cert', {
    analyzerId: 'certificate/expired',
    messageId: 'soon',
    severity: 'warning',
    confidence: CERTIFICATE.confidence,
    fingerprint: 'c0ffee0123456789',
    id: 'c0ffee0123456789-1',
    subject,
    since: undefined,
    values: { name: 'kube-apiserver', left: 777_600 },
    evidence: [{ type: 'object', path: 'certificates/endpoints.json', line: 3, pointer: '/certificates/0' }],
  });
}

function information(index: number): Finding {
  const subject = podRef(`batch-${index}`, 'jobs');
  return finding(`batch-${index}`, {
    analyzerId: 'workload/crash-loop',
    messageId: 'restarted',
    severity: 'info',
    subject,
    values: { pod: subject, count: 3 + index, age: 3600 * (index + 1) },
    evidence: [objectEvidence('resources/core/pods/jobs.json', 20 + index)],
  });
}

/** A report with something in every part of the page: the one the browser suite opens. */
export function scenario(overrides: Partial<Report> = {}): Report {
  const planes = ['gw-dp-7c9f5d8b6d-abcde', 'gw-dp-7c9f5d8b6d-fghij'].map(dataPlane);
  const node = nodeDown();
  const symptoms = [0, 1, 2, 3].map((index) => finding(`api-6b7d-${index}`));
  const tls = certificate();
  const [firstPlane, secondPlane] = planes as [Finding, Finding];
  return report({
    findings: [...planes, node, ...symptoms, tls, ...[0, 1, 2].map(information)],
    diagnosis: {
      causes: [
        cause(
          node,
          {
            symptoms: symptoms.map(({ id }) => id),
            reach: { findings: 4, objects: 5, namespaces: 1 },
            unseenExplanations: ['control-plane/leader-lease-stale'],
          },
          NODE_DOWN,
        ),
        cause(
          firstPlane,
          {
            members: planes.map(({ id }) => id),
            subjects: [firstPlane.subject, secondPlane.subject],
            reach: { findings: 0, objects: 2, namespaces: 1 },
          },
          DATA_PLANE,
        ),
        cause(tls, {}, CERTIFICATE),
      ],
    },
    ...gaps(),
    ...checklists(firstPlane),
    ...facts(),
    catalog: {
      artifacts: {},
      analyzers: [
        catalogAnalyzer({
          id: 'certificate/expired',
          title: 'Certificate expired',
          messages: { soon: CERTIFICATE },
        }),
        catalogAnalyzer({
          id: 'kong/data-plane-not-connected',
          title: 'Data plane not connected',
          description: 'Compares the data plane pods with what the control plane lists.',
          messages: { unresolved: DATA_PLANE },
          checks: CHECKS,
          references: [
            'https://docs.konghq.com/gateway/latest/production/deployment-topologies/hybrid-mode/',
          ],
          page: PAGE,
        }),
        catalogAnalyzer({ id: 'node/not-ready', title: 'Node not ready', messages: { silent: NODE_DOWN } }),
        catalogAnalyzer({ messages: { ...catalogAnalyzer().messages, restarted: INFORMATION } }),
      ],
    },
    ...overrides,
  });
}
