import {
  gatewayClasses,
  gateways,
  httpRoutes,
  ingressClasses,
} from '../../src/artifacts/gateway-resources.ts';
import { ingresses, services } from '../../src/artifacts/network-resources.ts';
import { secrets } from '../../src/artifacts/resources.ts';
import { gatewayClassFaults, gatewayFaults, httpRouteFaults } from '../../src/derive/gateway-faults.ts';
import { ingressFaults } from '../../src/derive/ingress-faults.ts';
import type { AbsentRef, RouteFault } from '../../src/derive/route-fault.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import type { ResourceIdentity } from '../../src/model/json.ts';
import { isOlder } from '../../src/model/observation.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** Controllers answer within seconds; a certificate that is being issued takes minutes. */
const SETTLED_SECONDS = 120;

const ROUTE = {
  severity: 'critical',
  confidence: { level: 'certain', reason: 'the objects say so' },
  effect: 'route-broken',
} as const;
const BY_CONTROLLER = {
  ...ROUTE,
  confidence: { level: 'certain', reason: 'the controller says so in the status' },
  explains: [{ effect: 'route-broken', via: ['same-object'] }],
  key: ['place', 'reason'],
} as const;
const READ_STATUS = {
  text: 'Correct what the message of the condition names.',
} as const;

export const routeBroken = defineAnalyzer({
  meta: {
    id: 'network/route-broken',
    title: 'Ingress or Gateway route broken',
    description:
      'Ingresses, Gateways and HTTPRoutes that name what does not exist, or that their controller does not accept.',
    messages: {
      backendMissing: {
        ...ROUTE,
        text: '{route:object} sends requests to {service:object}, which does not exist.',
        remedy: [
          {
            text: 'Correct the name, or deploy the Service; its namespace is that of the route unless a Gateway API reference says otherwise.',
            argv: ['kubectl', 'get', 'services', '-n', '{service.namespace}'],
          },
        ],
        key: ['service'],
      },
      portMissing: {
        ...ROUTE,
        text: '{route:object} sends requests to port {port:text} of {service:object}, which offers {offered:text}.',
        remedy: [
          { text: 'Name a port of the Service, not the `targetPort` behind it.' },
          {
            text: 'See the ports of the Service.',
            argv: ['kubectl', 'get', 'service', '{service.name}', '-n', '{service.namespace}', '-o', 'yaml'],
          },
        ],
        key: ['service', 'port'],
      },
      secretMissing: {
        ...ROUTE,
        text: '{route:object} takes its certificate for {hosts:text} from {secret:object}, which does not exist: clients are shown another certificate.',
        remedy: [
          {
            text: 'Make the Secret in the namespace of the Ingress, or see why it is not issued.',
            argv: ['kubectl', 'get', 'secrets,events', '-n', '{secret.namespace}'],
          },
        ],
        key: ['secret'],
      },
      secretUnfit: {
        ...ROUTE,
        severity: ['critical', 'warning'],
        text: '{route:object} takes its certificate from {secret:object}, which can hold none: {detail:text}.',
        remedy: [
          { text: 'Name a Secret of type `kubernetes.io/tls` with the keys `tls.crt` and `tls.key`.' },
        ],
        key: ['secret'],
      },
      classMissing: {
        ...ROUTE,
        severity: ['critical', 'warning'],
        text: '{route:object} is meant for {class:object}, which does not exist: no controller takes it.',
        remedy: [
          {
            text: 'Name a class that exists, or install the controller that brings this one.',
            argv: ['kubectl', 'get', 'ingressclasses,gatewayclasses'],
          },
        ],
      },
      classUnset: {
        severity: 'info',
        confidence: { level: 'possible', reason: 'a controller may take Ingresses without a class' },
        text: '{route:object} names no class and none is the default ({classes:text}); it has no address.',
        remedy: [{ text: 'Set `ingressClassName`, or mark one class as the default.' }],
      },
      parentMissing: {
        ...ROUTE,
        text: '{route:object} is attached to {parent:object}, which does not exist.',
        remedy: [
          {
            text: 'Correct `parentRefs`, or make the Gateway.',
            argv: ['kubectl', 'get', 'gateways', '-A'],
          },
        ],
        key: ['parent'],
      },
      notAccepted: {
        ...BY_CONTROLLER,
        text: '{route:object} is not accepted by {place:text}: {reason:text} ({detail:text}).',
        remedy: [READ_STATUS],
      },
      notProgrammed: {
        ...BY_CONTROLLER,
        text: '{route:object} is not programmed by {place:text}: {reason:text} ({detail:text}).',
        remedy: [
          READ_STATUS,
          {
            text: 'Look at the pods and the Service the controller makes for the Gateway: an address may be missing.',
          },
        ],
      },
      refsNotResolved: {
        ...BY_CONTROLLER,
        text: '{route:object} names something that {place:text} cannot use: {reason:text} ({detail:text}).',
        remedy: [READ_STATUS, { text: 'A reference into another namespace needs a ReferenceGrant there.' }],
      },
      unclaimed: {
        ...ROUTE,
        severity: 'warning',
        confidence: { level: 'likely', reason: 'its status has not been filled by any controller' },
        text: 'No controller has looked at {route:object} since it was made at {since:time}.',
        remedy: [
          {
            text: 'See whether the controller of its class runs, and whether `controllerName` of the class is its own.',
            argv: ['kubectl', 'get', 'gatewayclasses', '-o', 'wide'],
          },
        ],
        explains: [{ effect: 'route-broken', via: ['same-object'] }],
      },
    },
    checks: {
      leads: {
        item: 'Route leads to what it names',
        expected: 'every reference is there',
        found: 'all there',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/services-networking/ingress/',
      'https://gateway-api.sigs.k8s.io/geps/gep-1364/',
      'https://cloud.google.com/kubernetes-engine/docs/concepts/ingress: classes gce and gce-internal have no object',
    ],
  },
  needs: {
    ingresses,
    services,
    secrets: optional(secrets),
    ingressClasses: optional(ingressClasses),
    gatewayClasses: optional(gatewayClasses),
    gateways: optional(gateways),
    routes: optional(httpRoutes),
  },
  analyze(inputs, context) {
    const forIngress = {
      services: inputs.services,
      secrets: inputs.secrets,
      classes: inputs.ingressClasses,
    };
    const forGateway = {
      services: inputs.services,
      gateways: inputs.gateways,
      classes: inputs.gatewayClasses,
    };
    for (const item of inputs.ingresses.items) judge(item, ingressFaults(item, forIngress), context);
    for (const item of inputs.gatewayClasses.items) judge(item, gatewayClassFaults(item), context);
    for (const item of inputs.gateways.items) judge(item, gatewayFaults(item, forGateway), context);
    for (const item of inputs.routes.items) judge(item, httpRouteFaults(item, forGateway), context);
    return undefined;
  },
});

type Context = AnalyzeContext<typeof routeBroken.meta.messages, NonNullable<typeof routeBroken.meta.checks>>;

function judge(item: ResourceIdentity, faults: Iterable<RouteFault>, context: Context): void {
  if (item.metadata.deletionTimestamp) return;
  const subject = subjectOf(item);
  const settled = isOlder(context.age(item.metadata.creationTimestamp, item), SETTLED_SECONDS);
  let isFine = true;
  for (const fault of faults) {
    isFine = false;
    if (fault.kind === 'unseen') {
      context.looked({ check: 'leads', unseen: fault.gap, subject });
    } else if (settled) {
      report(item, fault, context);
    } else {
      const unseen = settled === undefined ? 'its age is not known' : 'it was made a moment ago';
      context.looked({ check: 'leads', unseen, subject });
    }
  }
  if (isFine) context.looked({ check: 'leads', values: {}, subject });
}

function report(
  item: ResourceIdentity,
  fault: Extract<RouteFault, { kind: 'fault' }>,
  context: Context,
): void {
  const { finding, pointer, shown, absent, related = [], since, doubt } = fault;
  const common = {
    subject: subjectOf(item, pointer),
    related,
    evidence: [
      context.at(item, pointer),
      ...(shown ? [context.at(shown.item, shown.pointer)] : []),
      ...(absent ? [context.absent(searched(absent))] : []),
    ],
    ...(since ? { since } : {}),
  } as const;
  if (finding.message === 'secretUnfit' || finding.message === 'classMissing') {
    const severity = doubt ? 'warning' : 'critical';
    context.report({ ...finding, ...common, severity, ...(doubt ? { confidence: doubt } : {}) });
  } else {
    context.report({ ...finding, ...common });
  }
}

function searched({ artifact, namespace, name }: AbsentRef) {
  const scope = namespace === undefined ? CLUSTER_SCOPE : ({ type: 'namespace', namespace } as const);
  return { artifact, scope, name };
}
