import { type NetworkPolicyItem, networkPolicies } from '../../src/artifacts/policy-resources.ts';
import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { type ContainerView, containersOf } from '../../src/derive/containers.ts';
import {
  ailmentOf,
  type Complaint,
  complaintOfCrash,
  complaintOfRunning,
} from '../../src/derive/dependency-complaint.ts';
import { dependencySignals } from '../../src/derive/dependency-error.ts';
import { isEmptySelector, type LabelSelector } from '../../src/derive/label-selector.ts';
import { networkAgents } from '../../src/derive/network-agents.ts';
import { appliesTo as speaksOf } from '../../src/derive/network-policy.ts';
import { hasEnded } from '../../src/derive/pod-readiness.ts';
import { type PolicyStop, type PolicyTarget, policyWorld } from '../../src/derive/policy-world.ts';
import { serviceIndex } from '../../src/derive/service-index.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { type ObjectRef, subjectKey, subjectOf } from '../../src/model/subject.ts';

/** Words by which resolvers tell that nobody answered; that a name does not exist is an answer. */
const NO_ANSWER = /i\/o timeout|EAI_AGAIN|Temporary failure in name resolution|[Tt]imed? ?out|Try again/;
/** Plugins that leave NetworkPolicies to others. */
const NOT_ENFORCING = new Set(['Flannel']);

const BLOCKED = {
  severity: 'warning',
  confidence: {
    level: 'likely',
    reason: 'the container is not well and waits in vain for what no NetworkPolicy lets it reach',
  },
  explains: [
    { effect: 'connection-failing', via: ['same-object'] },
    { effect: 'pod-crashing', via: ['same-object'] },
    { effect: 'pod-not-ready', via: ['same-object'] },
    { effect: 'data-plane-not-connected', via: ['same-object'] },
  ],
  key: ['container'],
  groupBy: ['policy'],
} as const;
const SHOW_POLICY = {
  text: 'See what it allows. Policies add to each other: one more that allows the connection is enough.',
  argv: ['kubectl', 'describe', 'networkpolicy', '{policy.name}', '-n', '{policy.namespace}'],
} as const;

const needs = {
  policies: networkPolicies,
  pods,
  world: policyWorld,
  hosts: serviceIndex,
  agents: networkAgents,
  logs: optional(dependencySignals),
};

export const policyBlocksTraffic = defineAnalyzer({
  meta: {
    id: 'network/policy-blocks-traffic',
    title: 'NetworkPolicy blocks a connection',
    description:
      'Containers that wait in vain for an answer and whose NetworkPolicies do not let them reach it; policies that forget DNS or select nothing.',
    messages: {
      dnsBlocked: {
        ...BLOCKED,
        text: 'Container `{container:text}` of {pod:object} gets no answer from the DNS: {policy:object} restricts where it may connect to, and nothing allows port 53 of the cluster DNS (`{line:text}`).',
        remedy: [
          { text: 'Allow egress to port 53, UDP and TCP, of the pods of the cluster DNS in its namespace.' },
          SHOW_POLICY,
        ],
      },
      egressBlocked: {
        ...BLOCKED,
        text: 'Container `{container:text}` of {pod:object} gets no answer from {target:text}: {policy:object} restricts where it may connect to, and nothing allows that (`{line:text}`).',
        remedy: [{ text: 'Allow the connection in an egress rule of the client.' }, SHOW_POLICY],
      },
      ingressBlocked: {
        ...BLOCKED,
        text: 'Container `{container:text}` of {pod:object} gets no answer from {target:text}: {policy:object} restricts who may connect to {server:object}, and nothing allows this client (`{line:text}`).',
        remedy: [{ text: 'Allow the client in an ingress rule of the server.' }, SHOW_POLICY],
      },
      dnsNotAllowed: {
        severity: 'info',
        confidence: { level: 'likely', reason: 'policies of other kinds may allow it' },
        text: '{policy:object} restricts where {pod:object} and {count:count} other pods may connect to, and nothing lets them ask the cluster DNS.',
        remedy: [
          { text: 'Allow egress to port 53 of the cluster DNS, unless these pods are to resolve no name.' },
        ],
      },
      selectsNothing: {
        severity: 'info',
        confidence: { level: 'certain', reason: 'policy and pods say so' },
        text: '{policy:object} selects no pod.',
        remedy: [
          {
            text: 'Compare its `podSelector` with the labels of the pods it is meant for; nothing is to be done when they are scaled to zero.',
            argv: ['kubectl', 'get', 'pods', '-n', '{policy.namespace}', '--show-labels'],
          },
        ],
      },
    },
    checks: {
      open: {
        item: 'Policies let an unhealthy container reach what it asks',
        expected: 'no policy in the way',
        found: 'nothing in the way of {target:text}',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
      'https://kubernetes.io/docs/tasks/administer-cluster/declare-network-policy/',
    ],
  },
  needs,
  appliesTo({ agents }) {
    const plugins = agents.filter((agent) => agent.role === 'plugin');
    const only = plugins.length > 0 && plugins.every(({ name }) => NOT_ENFORCING.has(name));
    return only ? { applies: false, reason: `${plugins[0]?.name} does not enforce NetworkPolicies` } : true;
  },
  analyze(inputs, context) {
    const told = new Set<string>();
    // Without a policy nothing is blocked, and no log need be asked.
    if (inputs.policies.items.length === 0) return undefined;
    for (const pod of inputs.pods.items) {
      if (hasEnded(pod) || pod.metadata.deletionTimestamp || pod.spec?.hostNetwork) continue;
      for (const container of containersOf(pod)) {
        const complaint = complaintOf(pod, container, { inputs, context });
        if (complaint) judge({ pod, container, complaint }, { inputs, context, told });
      }
    }
    for (const policy of inputs.policies.items) describe(policy, { inputs, context, told });
    return undefined;
  },
});

interface Around {
  readonly inputs: Inputs<typeof needs>;
  readonly context: AnalyzeContext<
    typeof policyBlocksTraffic.meta.messages,
    NonNullable<typeof policyBlocksTraffic.meta.checks>
  >;
  /** Keys of policies that block something now: their information would say less. */
  readonly told: Set<string>;
}

interface Unwell {
  readonly pod: PodItem;
  readonly container: ContainerView;
  readonly complaint: Complaint;
}

function complaintOf(
  pod: PodItem,
  container: ContainerView,
  { inputs, context }: Omit<Around, 'told'>,
): Complaint | undefined {
  const ailment = ailmentOf(pod, container, context.age);
  if (!ailment) return undefined;
  const { namespace = '', name } = pod.metadata;
  const owner = { namespace, pod: name, container: container.name };
  const source = { owner, logs: inputs.logs, age: context.age };
  return ailment === 'crashed' ? complaintOfCrash(container, source) : complaintOfRunning(source);
}

function judge(unwell: Unwell, around: Around): void {
  const { pod, complaint } = unwell;
  const { failure, host, port } = complaint.error;
  const { world } = around.inputs;
  if (failure === 'nameUnknown' && NO_ANSWER.test(complaint.text)) {
    const stop = world.dnsStop(pod);
    if (stop) reportStop('dnsBlocked', stop, { unwell, around, target: 'the cluster DNS' });
  } else if (failure === 'timeout' && host !== undefined && port !== undefined) {
    const target = `${host}:${port}`;
    const wanted = targetOf(host, port, { pod, around });
    const stop = wanted && world.stopOf(pod, wanted);
    if (stop)
      reportStop(stop.direction === 'egress' ? 'egressBlocked' : 'ingressBlocked', stop, {
        unwell,
        around,
        target,
      });
    else if (wanted) around.context.looked({ check: 'open', values: { target }, subject: subjectOf(pod) });
  }
}

function targetOf(
  host: string,
  port: number,
  { pod, around }: { readonly pod: PodItem; readonly around: Around },
): PolicyTarget | undefined {
  const found = around.inputs.hosts.find(host, pod.metadata.namespace ?? '');
  if (found.found === 'service') return { service: found.service, port };
  if (found.found === 'pod') return { pod: found.pod, port };
  return found.found === 'outside' ? { outside: host, port } : undefined;
}

function reportStop(
  message: 'dnsBlocked' | 'egressBlocked' | 'ingressBlocked',
  stop: PolicyStop,
  { unwell, around, target }: { readonly unwell: Unwell; readonly around: Around; readonly target: string },
): void {
  const { pod, container, complaint } = unwell;
  const { context, told } = around;
  const [first] = stop.policies;
  if (!first) return;
  for (const policy of stop.policies) told.add(subjectKey(subjectOf(policy)));
  const policy = subjectOf(first);
  const values = { container: container.name, pod: subjectOf(pod), policy, line: complaint.text };
  const common = {
    subject: subjectOf(pod, container.pointer),
    related: relatedOf(stop, pod),
    evidence: [
      context.at(first, '/spec'),
      ...stop.policies.slice(1, 3).map((one) => context.at(one, '/spec')),
      ...(complaint.evidence ? [complaint.evidence] : []),
      context.at(pod, '/metadata/labels'),
    ],
  } as const;
  if (message === 'dnsBlocked') context.report({ message, values, ...common });
  else if (message === 'egressBlocked') context.report({ message, values: { ...values, target }, ...common });
  else context.report({ message, values: { ...values, target, server: subjectOf(stop.pod) }, ...common });
}

function relatedOf({ policies, pod: selected }: PolicyStop, pod: PodItem): ObjectRef[] {
  const others = policies.map((policy) => subjectOf(policy));
  return selected === pod ? others : [...others, subjectOf(selected)];
}

/** What a policy does that nobody complains of. */
function describe(policy: NetworkPolicyItem, { inputs, context, told }: Around): void {
  const subject = subjectOf(policy);
  const { namespace } = policy.metadata;
  if (told.has(subjectKey(subject)) || inputs.pods.coverage.covers(namespace) !== true) return;
  const selected = inputs.world.selectedBy(policy);
  if (selected.length === 0) {
    if (isEmptySelector((policy.spec?.podSelector ?? {}) as LabelSelector)) return;
    const searched = { artifact: pods, scope: { type: 'namespace', namespace: namespace ?? '' } } as const;
    const evidence = [context.at(policy, '/spec/podSelector'), context.absent(searched)] as const;
    context.report({ message: 'selectsNothing', values: { policy: subject }, subject, evidence });
    return;
  }
  const live = selected.filter((pod) => !hasEnded(pod));
  const [pod] = live;
  if (!pod || !speaksOf(policy, 'egress') || inputs.world.dnsStop(pod)?.direction !== 'egress') return;
  context.report({
    message: 'dnsNotAllowed',
    values: { policy: subject, pod: subjectOf(pod), count: live.length - 1 },
    subject,
    evidence: [context.at(policy, '/spec')],
  });
}
