import { services } from '../../src/artifacts/network-resources.ts';
import { pods } from '../../src/artifacts/resources.ts';
import { type SharedPort, sharedPorts } from '../../src/derive/istio-shared-ports.ts';
import { istioSidecars, proxiesApply } from '../../src/derive/istio-sidecars.ts';
import { servicesOfTemplate } from '../../src/derive/services-of-template.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import type { Check, Message } from '../../src/model/message.ts';
import { subjectOf } from '../../src/model/subject.ts';

const SEE = {
  text: 'See the ports of both.',
  argv: [
    'kubectl',
    'get',
    'services',
    '{service.name}',
    '{other.name}',
    '-n',
    '{service.namespace}',
    '-o',
    'yaml',
  ],
} as const;

const MESSAGES = {
  protocolsDiffer: {
    severity: 'warning',
    confidence: { level: 'certain', reason: 'a sidecar sets up one protocol per port' },
    text: '{service:object} and {other:object} lead to port {target:text} of the same pods, one as {otherProtocol:text} and the other, older, as {protocol:text}: the sidecars set up the older only.',
    remedy: [{ text: 'Declare the same protocol in both, or use two ports.' }, SEE],
    key: ['other', 'target'],
    effect: 'service-unreachable',
    explains: [{ effect: 'connection-failing', via: ['same-object'] }],
  },
  portsDiffer: {
    severity: 'info',
    confidence: { level: 'possible', reason: 'older versions of Istio set up one of the two only' },
    text: '{service:object} and {other:object} lead to port {target:text} of the same pods by different ports, {port:text} and {otherPort:text}.',
    remedy: [{ text: 'Use the same port in both where it matters.' }, SEE],
    key: ['other', 'target'],
  },
} as const satisfies Record<string, Message>;

const CHECKS = {
  agrees: {
    item: 'Services of a pod of the mesh agree',
    expected: 'one protocol per port of the pod',
    found: 'they agree',
  },
} as const satisfies Record<string, Check>;

export const podPortsConflict = defineAnalyzer({
  meta: {
    id: 'istio/pod-ports-conflict',
    title: 'Services that disagree on a port of a pod',
    description: 'Pods of the mesh one of whose ports two Services declare with different protocols.',
    messages: MESSAGES,
    checks: CHECKS,
    references: [
      'https://istio.io/latest/docs/ops/deployment/application-requirements/: a pod in several Services',
      'istio/istio pkg/config/analysis/analyzers/deployment: IST0116, IST0137',
      'istio/istio pilot metric pilot_conflict_inbound_listener',
    ],
  },
  needs: { pods, services, servicesOf: optional(servicesOfTemplate), sidecars: istioSidecars },
  appliesTo: ({ sidecars, pods: all }) => proxiesApply(sidecars, all),
  analyze({ sidecars, servicesOf, services: { coverage } }, context) {
    const seen = new Set<string>();
    const told = new Set<string>();
    for (const { pod, role } of sidecars.proxies) {
      const { namespace, labels = {} } = pod.metadata;
      if (role !== 'sidecar' || coverage.covers(namespace) !== true) continue;
      const found = servicesOf.matching(namespace, labels);
      const key = `${namespace} ${found.map(({ metadata }) => metadata.name).join(' ')}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const shared = sharedPorts(pod, found);
      for (const one of shared) report(one, told, context);
      if (shared.length === 0) context.looked({ check: 'agrees', values: {}, subject: subjectOf(pod) });
    }
    return undefined;
  },
});

function report(
  { is, target, first, other }: SharedPort,
  told: Set<string>,
  context: AnalyzeContext<typeof MESSAGES, typeof CHECKS>,
): void {
  const [service, older] = [subjectOf(other.service), subjectOf(first.service)];
  const key = [service.namespace, service.name, older.name, target].join(' ');
  if (told.has(key)) return;
  told.add(key);
  const common = {
    subject: service,
    related: [older],
    evidence: [
      context.at(other.service, `/spec/ports/${other.index}`),
      context.at(first.service, `/spec/ports/${first.index}`),
    ],
  } as const;
  const values = { service, other: older, target: String(target) };
  if (is === 'protocol') {
    const protocols = { protocol: first.protocol, otherProtocol: other.protocol };
    context.report({ message: 'protocolsDiffer', values: { ...values, ...protocols }, ...common });
  } else {
    const ports = { port: String(other.port), otherPort: String(first.port) };
    context.report({ message: 'portsDiffer', values: { ...values, ...ports }, ...common });
  }
}
