import { type ServiceItem, services } from '../../src/artifacts/network-resources.ts';
import { type EventItem, nodes, pods } from '../../src/artifacts/resources.ts';
import { eventIndex } from '../../src/derive/event-index.ts';
import { loadBalancerController } from '../../src/derive/load-balancer-controller.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** Clouds take a few minutes to make a load balancer. */
const PENDING_SECONDS = 600;
/** Reasons of the service controller, of MetalLB and of the AWS controller. */
const FAILED = new Set([
  'SyncLoadBalancerFailed',
  'CreatingLoadBalancerFailed',
  'EnsuringLoadBalancerFailed',
  'AllocationFailed',
  'FailedBuildModel',
  'FailedDeployModel',
  'UnAvailableLoadBalancer',
]);

const PENDING = {
  severity: 'warning',
  confidence: { level: 'certain', reason: 'the status of the Service says so' },
  effect: 'load-balancer-missing',
  explains: [{ effect: 'not-reconciled', via: ['same-object'] }],
} as const;

export const loadBalancerPending = defineAnalyzer({
  meta: {
    id: 'network/load-balancer-pending',
    title: 'Load balancer without an address',
    description: 'Services of type LoadBalancer that have long waited for an external address, and why.',
    messages: {
      refused: {
        ...PENDING,
        text: '{service:object} has had no external address for {age:duration}: {detail:text}.',
        remedy: [
          {
            text: 'Correct what the message names: quota, subnets or tags in the cloud, rights of the controller, an exhausted or missing address pool.',
          },
          {
            text: 'Read the events of the Service.',
            argv: ['kubectl', 'describe', 'service', '{service.name}', '-n', '{service.namespace}'],
          },
        ],
      },
      nobodyGives: {
        ...PENDING,
        confidence: {
          level: 'likely',
          reason: 'no controller is known by its image, and the nodes name no cloud',
        },
        text: '{service:object} has had no external address for {age:duration}: nothing in this cluster gives out load balancer addresses.',
        remedy: [
          {
            text: 'Without a cloud a cluster has no load balancers of its own: install MetalLB, kube-vip or another one with an address pool, or use type NodePort or an Ingress.',
          },
        ],
      },
      waiting: {
        ...PENDING,
        text: '{service:object} has had no external address for {age:duration}; {controller:text} is to give it.',
        remedy: [
          { text: 'Read the log of that controller for the name of the Service.' },
          {
            text: 'See its class, annotations and events: a controller passes over classes that are not its own.',
            argv: ['kubectl', 'describe', 'service', '{service.name}', '-n', '{service.namespace}'],
          },
        ],
      },
    },
    checks: {
      address: { item: 'Load balancer has an address', expected: 'an address', found: '{address:text}' },
    },
    references: [
      'https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer',
      'kubernetes/cloud-provider controllers/service/controller.go: event SyncLoadBalancerFailed',
      'https://metallb.io/troubleshooting/',
    ],
  },
  needs: { services, events: eventIndex, pods: optional(pods), nodes: optional(nodes) },
  analyze(inputs, context) {
    let controller: string | undefined | null = null;
    const seen = inputs.pods.coverage.complete && inputs.nodes.coverage.complete;
    for (const service of inputs.services.items) {
      if (service.spec?.type !== 'LoadBalancer' || service.metadata.deletionTimestamp) continue;
      const subject = subjectOf(service);
      const address = addressOf(service);
      if (address !== undefined) {
        context.looked({ check: 'address', values: { address }, subject });
        continue;
      }
      const age = context.age(service.metadata.creationTimestamp, service);
      const pending = isOlder(age, PENDING_SECONDS);
      if (!age || !pending) {
        const unseen = pending === undefined ? 'its age is not known' : 'it was made a few minutes ago';
        context.looked({ check: 'address', unseen, subject });
        continue;
      }
      if (controller === null) controller = loadBalancerController(inputs.pods.items, inputs.nodes.items);
      const failed = inputs.events.about(service).find((one) => FAILED.has(one.reason ?? ''));
      tell(service, { context, failed, controller, seen, age: Math.round(age.seconds) });
    }
    return undefined;
  },
});

interface Known {
  readonly context: AnalyzeContext<
    typeof loadBalancerPending.meta.messages,
    NonNullable<typeof loadBalancerPending.meta.checks>
  >;
  readonly failed: EventItem | undefined;
  readonly controller: string | undefined;
  /** Whether all pods and nodes were seen, so that nobody in sight means nobody there. */
  readonly seen: boolean;
  readonly age: number;
}

function tell(service: ServiceItem, { context, failed, controller, seen, age }: Known): void {
  const subject = subjectOf(service);
  const { creationTimestamp: since } = service.metadata;
  const common = { subject, ...(since ? { since } : {}) };
  const status = context.at(service, '/status');
  const { loadBalancerClass } = service.spec ?? {};
  if (failed) {
    const detail = (failed.message ?? failed.reason ?? '').trim().split('\n', 1)[0]?.replace(/\.$/, '') ?? '';
    const evidence = [status, context.at(failed, '/message')] as const;
    context.report({ message: 'refused', values: { service: subject, age, detail }, evidence, ...common });
  } else if (controller !== undefined || loadBalancerClass !== undefined || !seen) {
    const who = loadBalancerClass
      ? `the controller of class ${loadBalancerClass}`
      : (controller ?? 'a controller that was not seen');
    const values = { service: subject, age, controller: who };
    context.report({ message: 'waiting', values, evidence: [status], ...common });
  } else {
    const evidence = [status, context.absent({ artifact: pods, scope: CLUSTER_SCOPE })] as const;
    context.report({ message: 'nobodyGives', values: { service: subject, age }, evidence, ...common });
  }
}

/** The first address, given by a controller or set by hand. */
function addressOf({ spec, status }: ServiceItem): string | undefined {
  const given = status?.loadBalancer?.ingress?.[0];
  return given?.ip ?? given?.hostname ?? spec?.externalIPs?.[0];
}
