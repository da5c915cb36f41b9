import { type ServiceItem, services } from '../../src/artifacts/network-resources.ts';
import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { type ClusterDns, clusterDns } from '../../src/derive/cluster-dns.ts';
import { clusterIdentity } from '../../src/derive/cluster-identity.ts';
import { DNS_MESSAGES } from '../../src/derive/dns-messages.ts';
import {
  clientsWithoutAnswer,
  dnsClientLog,
  dnsServerLog,
  faultOfServer,
  recentMatches,
} from '../../src/derive/dns-trouble.ts';
import { isReady, readinessSince } from '../../src/derive/pod-readiness.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

/** Servers that started or stopped a moment ago are a rollout, not an outage. */
const SETTLED_SECONDS = 60;
/** Single failed questions to upstream servers are everyday life. */
const UPSTREAM_FAILURES = 10;
/** The fault of one program, or of one namespace and its policies, is not the fault of the DNS. */
const CLIENT_NAMESPACES = 2;

const needs = {
  dns: clusterDns,
  identity: clusterIdentity,
  services,
  pods,
  serverLog: optional(dnsServerLog),
  clientLog: optional(dnsClientLog),
};

export const dnsUnhealthy = defineAnalyzer({
  meta: {
    id: 'network/dns-unhealthy',
    title: 'Cluster DNS not healthy',
    description:
      'Whether the DNS of the cluster has servers that are ready, and what they and their clients say.',
    messages: DNS_MESSAGES,
    checks: {
      serving: {
        checklist: 'check-kubernetes',
        item: 'CoreDNS healthy',
        expected: 'a ready server behind the Service',
        found: '{ready:count} of {count:count} servers ready',
      },
    },
    references: [
      'https://kubernetes.io/docs/tasks/administer-cluster/dns-debugging-resolution/',
      'https://coredns.io/plugins/loop/#troubleshooting',
      'coredns/coredns plugin/{loop,errors,forward,kubernetes}: texts of the log lines',
    ],
  },
  needs,
  appliesTo({ dns, services: serviceList, pods: podList }) {
    if (dns.service || dns.pods.length > 0) return true;
    const gaps = [...serviceList.coverage.gaps, ...podList.coverage.gaps];
    if (gaps.length > 0) return { applies: 'unseen', gaps };
    return { applies: false, reason: 'no DNS of the cluster is visible: the nodes or the provider run it' };
  },
  analyze(inputs, context) {
    const { dns } = inputs;
    const isSettled = (time: string | undefined, item: object) =>
      isOlder(context.age(time, item), SETTLED_SECONDS) === true;
    const down = dns.pods.filter((pod) => !isReady(pod) && isSettled(readinessSince(pod), pod));
    for (const pod of down) reportServer(pod, inputs, context);
    const ready = dns.pods.filter(isReady);
    if (ready.length > 0) {
      reportServing(ready, inputs, context);
    } else if (dns.pods.length === 0) {
      const { service } = dns;
      if (service && isSettled(service.metadata.creationTimestamp, service))
        reportEmpty(service, inputs, context);
    } else if (down.length > 0) {
      reportAllDown(dns, down, context);
    } else {
      context.looked({ check: 'serving', unseen: 'its servers started a moment ago', subject: rowOf(dns) });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof dnsUnhealthy.meta.messages,
  NonNullable<typeof dnsUnhealthy.meta.checks>
>;
type DnsInputs = Inputs<typeof needs>;

/** The Service, else the first server. */
function rowOf({ service, pods: servers, namespace }: ClusterDns): ObjectRef {
  const item = service ?? servers[0];
  return item ? subjectOf(item) : { group: '', kind: 'Service', namespace, name: 'kube-dns' };
}

function reportAllDown(dns: ClusterDns, down: readonly PodItem[], context: Context): void {
  const [first] = down;
  if (!first) return;
  // It went silent when the last of them did.
  const since = down
    .map(readinessSince)
    .filter((time) => time !== undefined)
    .sort()
    .at(-1);
  context.report({
    message: 'noServerReady',
    values: { count: dns.pods.length, namespace: dns.namespace },
    subject: rowOf(dns),
    related: dns.pods.map((pod) => subjectOf(pod)),
    evidence: [context.at(first, '/status/conditions')],
    ...(since === undefined ? {} : { since }),
  });
}

function reportEmpty(
  service: ServiceItem,
  { pods: collection, identity }: DnsInputs,
  context: Context,
): void {
  const { namespace = '' } = service.metadata;
  const covered = collection.coverage.covers(namespace);
  const subject = subjectOf(service);
  // Without a selector somebody else keeps its endpoints: a DNS outside the cluster.
  if (Object.keys(service.spec?.selector ?? {}).length === 0) return;
  if (identity.flavour === 'gke') {
    context.looked({ check: 'serving', unseen: 'Cloud DNS may answer in its place', subject });
    return;
  }
  if (covered !== true) {
    context.looked({ check: 'serving', unseen: covered, subject });
    return;
  }
  const searched = context.absent({ artifact: pods, scope: { type: 'namespace', namespace } });
  context.report({
    message: 'noServer',
    values: { service: subject },
    subject,
    evidence: [context.at(service, '/spec/selector'), searched],
  });
}

function reportServing(ready: readonly PodItem[], inputs: DnsInputs, context: Context): void {
  const { dns } = inputs;
  const [first] = ready;
  const covered = inputs.services.coverage.covers(dns.namespace);
  if (!dns.service && covered === true && first) {
    const searched = context.absent({ artifact: services, scope: CLUSTER_SCOPE, name: 'kube-dns' });
    context.report({
      message: 'noService',
      values: { count: dns.pods.length, namespace: dns.namespace },
      subject: rowOf(dns),
      evidence: [searched, context.at(first, '/metadata/labels')],
    });
    return;
  }
  const values = { ready: ready.length, count: dns.pods.length };
  context.looked({ check: 'serving', values, subject: rowOf(dns) });
  for (const pod of ready) {
    const [failed] = recentMatches(inputs.serverLog, 'upstream', { pod, age: context.age });
    if (!failed || failed.count < UPSTREAM_FAILURES) continue;
    const { name = '?', server = '?' } = failed.hits.at(-1)?.captures ?? {};
    context.report({
      message: 'upstreamFails',
      values: { server, count: failed.count, pod: subjectOf(pod), name },
      subject: subjectOf(pod),
      evidence: [{ cite: 'matches', matches: failed }],
    });
  }
  reportClients(inputs, context);
}

function reportServer(pod: PodItem, inputs: DnsInputs, context: Context): void {
  const fault = faultOfServer(inputs.serverLog, pod, context.age);
  if (!fault) return;
  const message = (
    {
      loop: 'forwardingLoop',
      noNameservers: 'noNameservers',
      corefile: 'corefileInvalid',
      noApi: 'apiServerOutOfReach',
    } as const
  )[fault.pattern];
  context.report({
    message,
    values: { pod: subjectOf(pod), namespace: inputs.dns.namespace },
    subject: subjectOf(pod),
    evidence: [{ cite: 'matches', matches: fault.matches }, context.at(pod, '/status/conditions')],
  });
}

function reportClients({ dns, clientLog }: DnsInputs, context: Context): void {
  const { matches, namespaces } = clientsWithoutAnswer(clientLog, dns.pods, context.age);
  if (namespaces.length < CLIENT_NAMESPACES) return;
  const server = rowOf(dns);
  for (const one of matches) {
    const { scope } = one;
    if (scope.type !== 'container') continue;
    const pod = { group: '', kind: 'Pod', namespace: scope.namespace, name: scope.pod };
    context.report({
      message: 'clientsFail',
      values: { pod, count: matches.length - 1, namespaces, server },
      subject: pod,
      related: [server],
      evidence: [{ cite: 'matches', matches: one }],
    });
  }
}
