import { serviceEntries } from '../../src/artifacts/istio-resources.ts';
import { authorizationPolicies, workloadEntries } from '../../src/artifacts/istio-workload-resources.ts';
import { services } from '../../src/artifacts/network-resources.ts';
import { pods } from '../../src/artifacts/resources.ts';
import {
  type ConditionedItem,
  type NegativeCondition,
  negativeConditions,
} from '../../src/derive/istio-conditions.ts';
import { configurationApplies } from '../../src/derive/istio-configuration.ts';
import { istioSidecars } from '../../src/derive/istio-sidecars.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import type { Check, Message } from '../../src/model/message.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** A waypoint that is being deployed is bound within seconds. */
const SETTLED_SECONDS = 60;

const SAID = {
  severity: 'warning',
  confidence: { level: 'certain', reason: 'Istio says so in the status' },
} as const;

const MESSAGES = {
  waypointUnbound: {
    ...SAID,
    text: '{object:object} is not bound to the waypoint it asks for: {reason:text} ({detail:text}).',
    remedy: [
      {
        text: 'Make the waypoint the label `istio.io/use-waypoint` names, or allow its use from this namespace.',
        argv: ['kubectl', 'get', 'gateways.gateway.networking.k8s.io', '-A'],
      },
    ],
    effect: 'route-broken',
  },
  notAccepted: {
    ...SAID,
    text: '{object:object} is not in force as it is written: `{type:text}` is False, {reason:text} ({detail:text}).',
    remedy: [
      {
        text: 'Correct what the condition names: ztunnel knows no attributes of HTTP, for which the policy has to be attached to a waypoint by `targetRefs`.',
        argv: [
          'kubectl',
          'get',
          'authorizationpolicy',
          '{object.name}',
          '-n',
          '{object.namespace}',
          '-o',
          'yaml',
        ],
      },
    ],
    key: ['type'],
  },
} as const satisfies Record<string, Message>;

const CHECKS = {
  accepted: {
    item: 'Istio accepts what it is given',
    expected: 'no condition of Istio is False',
    found: 'accepted',
  },
} as const satisfies Record<string, Check>;

export const policyNotAccepted = defineAnalyzer({
  meta: {
    id: 'istio/policy-not-accepted',
    title: 'Policy or waypoint Istio does not accept',
    description:
      'Objects of which Istio says in their status that a waypoint is not bound or a policy is not in force.',
    messages: MESSAGES,
    checks: CHECKS,
    references: [
      'istio/istio pkg/config/analysis/analyzers/conditions: IST0171',
      'https://istio.io/latest/docs/ambient/usage/waypoint/',
      'https://istio.io/latest/docs/ambient/usage/l7-features/',
    ],
  },
  needs: {
    policies: authorizationPolicies,
    entries: optional(serviceEntries),
    workloads: optional(workloadEntries),
    services: optional(services),
    pods: optional(pods),
    sidecars: optional(istioSidecars),
  },
  appliesTo: (inputs) =>
    inputs.sidecars.proxies.some(({ role }) => role === 'ztunnel') ||
    configurationApplies(
      {
        AuthorizationPolicy: inputs.policies,
        ServiceEntry: inputs.entries,
        WorkloadEntry: inputs.workloads,
      },
      inputs.pods,
      inputs.sidecars,
    ),
  analyze(inputs, context) {
    for (const item of [...inputs.policies.items, ...inputs.entries.items, ...inputs.workloads.items])
      judge(item, context);
    for (const item of inputs.services.items) judge(item, context);
    return undefined;
  },
});

type Context = AnalyzeContext<typeof MESSAGES, typeof CHECKS>;

function judge(item: ConditionedItem, context: Context): void {
  const subject = subjectOf(item);
  const negative = item.metadata.deletionTimestamp ? [] : negativeConditions(item);
  if (negative.length === 0) context.looked({ check: 'accepted', values: {}, subject });
  for (const condition of negative) {
    if (isOlder(context.age(condition.since, item), SETTLED_SECONDS) === true)
      report(item, condition, context);
  }
}

function report(
  item: ConditionedItem,
  { is, index, type, reason, detail, since }: NegativeCondition,
  context: Context,
): void {
  const common = {
    subject: subjectOf(item),
    evidence: [context.at(item, `/status/conditions/${index}`)],
    ...(since ? { since } : {}),
  } as const;
  const values = { object: subjectOf(item), reason, detail };
  if (is === 'waypointUnbound') context.report({ message: is, values, ...common });
  else context.report({ message: is, values: { ...values, type }, ...common });
}
