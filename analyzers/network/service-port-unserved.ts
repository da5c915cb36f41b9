import { type ServiceItem, services } from '../../src/artifacts/network-resources.ts';
import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { listeningOf, listenSignals } from '../../src/derive/listen-lines.ts';
import { hasEnded, isReady } from '../../src/derive/pod-readiness.ts';
import {
  contradictionOf,
  declaresPort,
  portsOf,
  probeOf,
  programsOf,
} from '../../src/derive/port-contradiction.ts';
import { protocolClash } from '../../src/derive/port-protocol.ts';
import { serviceBackends } from '../../src/derive/service-backends.ts';
import { type ServiceUser, serviceUsers } from '../../src/derive/service-users.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { subjectOf } from '../../src/model/subject.ts';

const UNSERVED = {
  severity: ['critical', 'warning'],
  effect: 'service-unreachable',
  explains: [
    { effect: 'connection-failing', via: ['same-object'] },
    { effect: 'data-plane-not-connected', via: ['same-object'] },
    { effect: 'pod-not-starting', via: ['same-object'] },
    { effect: 'admission-failing', via: ['backs'] },
    { effect: 'api-group-unavailable', via: ['backs'] },
  ],
  key: ['port'],
} as const;
const SHOW_PORTS = {
  text: 'See the ports of the Service.',
  argv: ['kubectl', 'get', 'service', '{service.name}', '-n', '{service.namespace}', '-o', 'yaml'],
} as const;

const needs = {
  services,
  pods,
  backends: serviceBackends,
  users: serviceUsers,
  log: optional(listenSignals),
};

export const servicePortUnserved = defineAnalyzer({
  meta: {
    id: 'network/service-port-unserved',
    title: 'Service port that nobody serves',
    description:
      'Services that send to a port by a name no container has, to a number nobody listens on, or by another protocol than the program speaks.',
    messages: {
      nameMissing: {
        ...UNSERVED,
        confidence: { level: 'certain', reason: 'the ports of the containers say so' },
        text: 'Port {port:text} of {service:object} leads nowhere: no container of {pod:object} names a {transport:text} port `{target:text}`.',
        remedy: [
          {
            text: 'Name the port in the pod template, or use its number as `targetPort`; name and transport protocol both have to be equal.',
          },
          SHOW_PORTS,
        ],
      },
      nobodyListens: {
        ...UNSERVED,
        confidence: { level: 'likely', reason: 'the pod shows another port; the connection was not tried' },
        text: 'Port {port:text} of {service:object} leads to port {target:text} of {pod:object}, but the program listens on {actual:text}, as {source:text} says.',
        remedy: [
          { text: 'Set `targetPort` to the port the program listens on.' },
          {
            text: 'Try it from this machine: the answer tells whether the port is open.',
            argv: ['kubectl', 'port-forward', '-n', '{pod.namespace}', 'pod/{pod.name}', ':{target}'],
          },
        ],
      },
      transportDiffers: {
        ...UNSERVED,
        confidence: {
          level: 'likely',
          reason: 'a probe shows that it serves TCP there; that it does not serve UDP as well is not shown',
        },
        text: 'Port {port:text} of {service:object} is {transport:text}, but {pod:object} serves TCP on port {target:text} and declares no {transport:text} port there.',
        remedy: [{ text: 'Set `protocol` of the Service port to what the program uses.' }, SHOW_PORTS],
      },
      protocolDiffers: {
        ...UNSERVED,
        severity: ['warning', 'info'],
        confidence: {
          level: 'possible',
          reason: 'the name promises it to meshes and gateways; plain clients do not read it',
        },
        text: 'Port {port:text} of {service:object} promises {promised:text} by its {by:text}, but {pod:object} speaks {spoken:text} there.',
        remedy: [
          {
            text: 'Name the port after what the program speaks, or set `appProtocol`; meshes, gateways and some Ingress controllers choose the protocol by it.',
          },
          SHOW_PORTS,
        ],
      },
    },
    checks: {
      served: {
        item: 'Service port leads to a served port',
        expected: 'a pod serves it',
        found: 'nothing against it',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports',
      'https://kubernetes.io/docs/concepts/services-networking/service/#application-protocol',
      'kubernetes/kubernetes pkg/api/v1/pod/util.go FindPort: a port by name has to have the protocol as well',
      'https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/',
    ],
  },
  needs,
  analyze(inputs, context) {
    for (const service of inputs.services.items) {
      const { type, selector = {}, clusterIP } = service.spec ?? {};
      // Clients of a headless Service take the port of the pod, whatever it lists.
      if (type === 'ExternalName' || clusterIP === 'None' || Object.keys(selector).length === 0) continue;
      if (service.metadata.deletionTimestamp) continue;
      const live = inputs.backends.podsOf(service).filter((pod) => !hasEnded(pod));
      if (live.some(isReady)) judge(service, live, inputs, context);
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof servicePortUnserved.meta.messages,
  NonNullable<typeof servicePortUnserved.meta.checks>
>;
type Given = Inputs<typeof needs>;
type ServicePort = NonNullable<NonNullable<ServiceItem['spec']>['ports']>[number];

interface One {
  readonly service: ServiceItem;
  readonly live: readonly PodItem[];
  /** A ready pod, which shows what the program does. */
  readonly pod: PodItem;
}

function judge(service: ServiceItem, live: readonly PodItem[], inputs: Given, context: Context): void {
  const pod = live.find(isReady);
  if (!pod) return;
  const one = { service, live, pod };
  const listed = inputs.backends.endpointsOf(service);
  const unserved = unservedNumber(one, inputs);
  for (const [index, port] of (service.spec?.ports ?? []).entries()) {
    const pointer = `/spec/ports/${index}`;
    const isNamed = !/^\d+$/.test(String(port.targetPort ?? port.port));
    // Without any endpoint it is told as the reason of that.
    if (isNamed && listed?.ready === 0) continue;
    const told =
      (isNamed && reportName(one, port, { pointer, inputs, context })) ||
      (!isNamed && unserved && reportNumber(one, port, { pointer, inputs, context })) ||
      (!isNamed && reportTransport(one, port, { pointer, inputs, context })) ||
      reportProtocol(one, port, { pointer, inputs, context });
    if (!told) context.looked({ check: 'served', values: {}, subject: subjectOf(service, pointer) });
  }
}

interface Place {
  readonly pointer: string;
  readonly inputs: Given;
  readonly context: Context;
}

/** A name no container of any pod has; pods of a rollout may differ for a while. */
function reportName(
  { service, live, pod }: One,
  port: ServicePort,
  { pointer, inputs, context }: Place,
): boolean {
  const { targetPort, protocol = 'TCP' } = port;
  const has = (item: PodItem) =>
    portsOf(item).some((one) => one.name === targetPort && (one.protocol ?? 'TCP') === protocol);
  if (live.some(has)) return false;
  const subject = subjectOf(service, pointer);
  const user = inputs.users.usersOf(service)[0];
  context.report({
    message: 'nameMissing',
    values: { ...nameOf(service, pod, port), transport: protocol, target: String(targetPort) },
    subject,
    severity: severityOf(service, user),
    related: [subjectOf(pod)],
    evidence: [context.at(service, pointer), context.at(pod, '/spec/containers'), ...citing(user, context)],
  });
  return true;
}

/** Whether no port of the Service is one the pods declare: of several, one that is not declared is common. */
function unservedNumber({ service, live, pod }: One, inputs: Given): boolean {
  const targets = (service.spec?.ports ?? []).map((port) => String(port.targetPort ?? port.port));
  if (pod.spec?.hostNetwork || targets.some((target) => !/^\d+$/.test(target))) return false;
  return targets.every(
    (target) =>
      live.every((one) => !declaresPort(one, Number(target))) &&
      against(pod, Number(target), inputs) !== undefined,
  );
}

function against(pod: PodItem, target: number, { log }: Given) {
  const { namespace = '', name } = pod.metadata;
  const [program] = programsOf(pod);
  const owner = { namespace, pod: name, container: program?.name ?? '' };
  return contradictionOf(pod, target, listeningOf(log, owner));
}

function reportNumber(
  { service, pod }: One,
  port: ServicePort,
  { pointer, inputs, context }: Place,
): boolean {
  const target = Number(port.targetPort ?? port.port);
  const found = against(pod, target, inputs);
  if (!found) return false;
  const user = inputs.users.usersOf(service)[0];
  context.report({
    message: 'nobodyListens',
    values: {
      ...nameOf(service, pod, port),
      target: String(target),
      actual: String(found.port),
      source: found.says,
    },
    subject: subjectOf(service, pointer),
    severity: severityOf(service, user),
    related: [subjectOf(pod)],
    evidence: [
      context.at(service, pointer),
      found.line ?? context.at(pod, found.pointer ?? ''),
      ...citing(user, context),
    ],
  });
  return true;
}

/** UDP to a port on which a probe of TCP succeeds; declared ports alone would accuse nobody. */
function reportTransport(
  { service, pod }: One,
  port: ServicePort,
  { pointer, inputs, context }: Place,
): boolean {
  const { protocol = 'TCP' } = port;
  if (protocol === 'TCP') return false;
  const target = Number(port.targetPort ?? port.port);
  const declared = portsOf(pod).some((one) => one.containerPort === target && one.protocol === protocol);
  // A program that speaks both, as a DNS server does, often declares one.
  const both = (service.spec?.ports ?? []).some(
    (one) => one !== port && Number(one.targetPort ?? one.port) === target,
  );
  const probe = probeOf(pod, target);
  if (declared || both || !probe) return false;
  const user = inputs.users.usersOf(service)[0];
  context.report({
    message: 'transportDiffers',
    values: { ...nameOf(service, pod, port), transport: protocol, target: String(target) },
    subject: subjectOf(service, pointer),
    severity: severityOf(service, user),
    related: [subjectOf(pod)],
    evidence: [context.at(service, pointer), context.at(pod, probe), ...citing(user, context)],
  });
  return true;
}

function reportProtocol(
  { service, pod }: One,
  port: ServicePort,
  { pointer, inputs, context }: Place,
): boolean {
  const clash = protocolClash(port, pod);
  // A load balancer may end TLS before a port that is called https.
  if (!clash || (clash.promised.startsWith('https') && service.spec?.type === 'LoadBalancer')) return false;
  const reader = inputs.users.usersOf(service).find(({ item }) => /^(Ingress|HTTPRoute)$/.test(item.kind));
  const inMesh = programsOf(pod).length < (pod.spec?.containers ?? []).length;
  context.report({
    message: 'protocolDiffers',
    values: { ...nameOf(service, pod, port), promised: clash.promised, by: clash.by, spoken: clash.spoken },
    subject: subjectOf(service, pointer),
    severity: reader || inMesh || clash.by === 'appProtocol' ? 'warning' : 'info',
    related: [subjectOf(pod)],
    evidence: [context.at(service, pointer), context.at(pod, clash.pointer), ...citing(reader, context)],
  });
  return true;
}

function nameOf(service: ServiceItem, pod: PodItem, { name, port }: ServicePort) {
  const text = name ? `${port} (${name})` : String(port);
  return { service: subjectOf(service), pod: subjectOf(pod), port: text };
}

function severityOf({ spec }: ServiceItem, user: ServiceUser | undefined): 'critical' | 'warning' {
  return user || spec?.type === 'LoadBalancer' || spec?.type === 'NodePort' ? 'critical' : 'warning';
}

function citing(user: ServiceUser | undefined, context: Context) {
  return user ? [context.at(user.item, user.pointer)] : [];
}
