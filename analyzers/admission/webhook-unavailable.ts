import { services } from '../../src/artifacts/network-resources.ts';
import { namespaces, pods } from '../../src/artifacts/resources.ts';
import { matchesSelector } from '../../src/derive/label-selector.ts';
import { serviceBackends } from '../../src/derive/service-backends.ts';
import { reachOf, type ServiceReach } from '../../src/derive/service-reach.ts';
import {
  describeNamespaces,
  describeRules,
  seesNewPods,
  touchesBuiltIn,
  type WebhookCall,
  webhookCalls,
} from '../../src/derive/webhook-calls.ts';
import { WEBHOOK_UNAVAILABLE_MESSAGES } from '../../src/derive/webhook-messages.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** What began less than this ago is a rollout. */
const SETTLED_SECONDS = 60;
/** An installation creates its configuration before its pods are ready. */
const INSTALLED_SECONDS = 300;

const needs = {
  calls: webhookCalls,
  services,
  pods,
  backends: serviceBackends,
  namespaces: optional(namespaces),
};

export const webhookUnavailable = defineAnalyzer({
  meta: {
    id: 'admission/webhook-unavailable',
    title: 'Admission webhook cannot be reached',
    description: 'Webhooks whose Service is missing or has no ready endpoint, and what they hold up.',
    messages: WEBHOOK_UNAVAILABLE_MESSAGES,
    checks: {
      reachable: {
        item: 'Admission webhook can be reached',
        expected: 'a Service with a ready endpoint',
        found: 'reachable',
      },
    },
    references: [
      'https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/',
      'kubernetes/kubernetes apiserver/pkg/admission/plugin/webhook: failing closed, failing open',
    ],
  },
  needs,
  analyze(inputs, context) {
    for (const call of inputs.calls.all) {
      // Where a URL leads is not in the bundle.
      if (!call.service) continue;
      const reach = reachOf(call.service, call.port, {
        ...inputs,
        isSettled: (time, item) => isOlder(context.age(time, item), SETTLED_SECONDS),
      });
      judge(call, reach, { inputs, context });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof webhookUnavailable.meta.messages,
  NonNullable<typeof webhookUnavailable.meta.checks>
>;

interface Surroundings {
  readonly inputs: Inputs<typeof needs>;
  readonly context: Context;
}

function judge(call: WebhookCall, reach: ServiceReach, { inputs, context }: Surroundings): void {
  const { subject } = call;
  if (reach.state === 'unseen') {
    context.looked({ check: 'reachable', unseen: reach.gap, subject });
    return;
  }
  if (reach.state === 'passing') return;
  const locks = sealsItself(call, inputs);
  if (reach.state === 'fine') {
    context.looked({ check: 'reachable', values: {}, subject });
    if (locks) reportLock(call, context);
    return;
  }
  const installed = isOlder(
    context.age(call.config.metadata.creationTimestamp, call.config),
    INSTALLED_SECONDS,
  );
  if (installed !== true) return;
  reportUnavailable(call, reach, locks, context);
}

/**
 * Whether the webhook's own pods cannot be created while it is down. Pods whose labels it leaves out are
 * known where one of them exists; a namespace that was not seen may be left out as well.
 */
function sealsItself(
  call: WebhookCall,
  { namespaces: known, backends, services: all }: Inputs<typeof needs>,
): boolean {
  const { service, refuses, hook } = call;
  if (!service || !refuses) return false;
  const home = known.lookup({ name: service.namespace ?? '' });
  if (home.state !== 'present' || !seesNewPods(call, home.item.metadata.labels)) return false;
  const found = all.lookup({ namespace: service.namespace ?? '', name: service.name });
  const own = found.state === 'present' ? backends.podsOf(found.item) : [];
  if (Object.keys(hook.objectSelector ?? {}).length === 0) return true;
  return (
    own.length > 0 && own.every((pod) => matchesSelector(pod.metadata.labels, hook.objectSelector ?? {}))
  );
}

function reportLock(call: WebhookCall, context: Context): void {
  const { config, hook, pointer, service, subject } = call;
  if (!service) return;
  context.report({
    message: 'canLockItself',
    values: { webhook: hook.name, config: subjectOf(config), service, resource: call.resource },
    subject,
    evidence: [context.at(config, pointer)],
  });
}

type Failure = Extract<ServiceReach, { state: 'serviceMissing' | 'portMissing' | 'noEndpoints' }>;

function reportUnavailable(call: WebhookCall, reach: Failure, locks: boolean, context: Context): void {
  const { config, hook, pointer, service, subject, port } = call;
  if (!service) return;
  const values = {
    webhook: hook.name,
    config: subjectOf(config),
    service,
    resource: call.resource,
    rules: describeRules(call),
    where: describeNamespaces(call),
    consequence: call.refuses ? 'is refused' : 'goes through unchecked and unchanged',
  };
  const severity = call.refuses && touchesBuiltIn(call) ? ('critical' as const) : ('warning' as const);
  const shown = context.at(config, pointer);
  const common = { subject, severity, related: [service] };
  if (reach.state === 'serviceMissing') {
    const scope = { type: 'namespace', namespace: service.namespace ?? '' } as const;
    const evidence = [shown, context.absent({ artifact: services, scope, name: service.name })] as const;
    context.report({ message: 'serviceMissing', values, ...common, evidence });
    return;
  }
  const evidence = [shown, context.at(reach.service, '/spec')] as const;
  if (reach.state === 'portMissing') {
    context.report({
      message: 'portMissing',
      values: { ...values, port: String(port) },
      ...common,
      evidence,
    });
    return;
  }
  context.report({
    message: locks ? 'lockedOut' : 'noEndpoints',
    values,
    ...common,
    related: [service, ...reach.behind],
    evidence,
  });
}
