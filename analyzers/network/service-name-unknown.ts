import { type ServiceItem, services } from '../../src/artifacts/network-resources.ts';
import { namespaces, type PodItem, pods } from '../../src/artifacts/resources.ts';
import { clusterNetworks } from '../../src/derive/cluster-networks.ts';
import { type ContainerView, containersOf } from '../../src/derive/containers.ts';
import {
  ailmentOf,
  type Complaint,
  complaintOfCrash,
  complaintOfRunning,
} from '../../src/derive/dependency-complaint.ts';
import { dependencySignals } from '../../src/derive/dependency-error.ts';
import { nameFinder } from '../../src/derive/name-likeness.ts';
import { type NamedHost, namedHosts } from '../../src/derive/named-hosts.ts';
import { hasEnded } from '../../src/derive/pod-readiness.ts';
import { parseServiceAddress, type ServiceAddress } from '../../src/derive/service-address.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { subjectOf } from '../../src/model/subject.ts';

const CONFIRMED = {
  severity: 'warning',
  confidence: { level: 'likely', reason: 'the container is not well, and its last error names this host' },
  explains: [
    { effect: 'connection-failing', via: ['same-object'] },
    { effect: 'pod-crashing', via: ['same-object'] },
    { effect: 'pod-not-ready', via: ['same-object'] },
  ],
  key: ['container', 'host'],
  groupBy: ['target'],
} as const;
const DOUBTFUL = {
  severity: 'warning',
  confidence: { level: 'possible', reason: 'the container is not well, but its log does not name this host' },
  // Whatever tells of the same connection with more certainty explains it.
  effect: 'connection-failing',
  key: ['container', 'host'],
  groupBy: ['target'],
} as const;
const CORRECT_NAME = [
  {
    text: 'Correct the address in the pod template, or create the Service; a Service of another namespace needs `name.namespace`.',
  },
  { text: 'See the Services there are.', argv: ['kubectl', 'get', 'services', '--all-namespaces'] },
] as const;
const CORRECT_PORT = [
  { text: 'Name the `port` of the Service; its `targetPort` is for the Service alone.' },
  {
    text: 'See the ports of the Service.',
    argv: ['kubectl', 'get', 'service', '{service.name}', '-n', '{service.namespace}'],
  },
] as const;

const needs = {
  pods,
  services,
  namespaces: optional(namespaces),
  networks: clusterNetworks,
  logs: optional(dependencySignals),
};

export const serviceNameUnknown = defineAnalyzer({
  meta: {
    id: 'network/service-name-unknown',
    title: 'Address of a Service that does not exist',
    description:
      'Containers that are not well and are told, by environment or command line, of a Service or a port of one that does not exist.',
    messages: {
      serviceUnknown: {
        ...CONFIRMED,
        text: 'Container `{container:text}` of {pod:object} asks for `{host:text}` ({place:text}), but there is no Service {target:text}; nearest: {nearest:text}.',
        remedy: CORRECT_NAME,
      },
      serviceDoubtful: {
        ...DOUBTFUL,
        text: 'Container `{container:text}` of {pod:object} is not well and is told of `{host:text}` ({place:text}), but there is no Service {target:text}; nearest: {nearest:text}.',
        remedy: CORRECT_NAME,
      },
      portUnknown: {
        ...CONFIRMED,
        text: 'Container `{container:text}` of {pod:object} asks for `{host:text}` ({place:text}), but {service:object} offers {offered:text} and not the port of {target:text}.',
        remedy: CORRECT_PORT,
      },
      portDoubtful: {
        ...DOUBTFUL,
        text: 'Container `{container:text}` of {pod:object} is not well and is told of `{host:text}` ({place:text}), but {service:object} offers {offered:text} and not the port of {target:text}.',
        remedy: CORRECT_PORT,
      },
    },
    checks: {
      names: {
        item: 'Addresses in an unhealthy container name Services that exist',
        expected: 'a Service with that port',
        found: '{count:count} looked up',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/',
      'https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#does-the-service-work-by-dns-name',
    ],
  },
  needs,
  analyze(inputs, context) {
    const domains = {
      namespaces: namespacesOf(inputs),
      domain: inputs.networks.domain,
      nearest: nameFinder(inputs.services.items),
      elsewhere: new Map(
        inputs.services.items.map(({ metadata }) => [metadata.name, metadata.namespace ?? '']),
      ),
    };
    for (const pod of inputs.pods.items) {
      if (hasEnded(pod) || pod.metadata.deletionTimestamp || !asksClusterDns(pod)) continue;
      for (const container of containersOf(pod)) {
        const ailment = ailmentOf(pod, container, context.age);
        if (!ailment || !container.spec) continue;
        const { namespace = '', name } = pod.metadata;
        const source = {
          owner: { namespace, pod: name, container: container.name },
          logs: inputs.logs,
          age: context.age,
        };
        const complaint =
          ailment === 'crashed' ? complaintOfCrash(container, source) : complaintOfRunning(source);
        judge({ pod, container, complaint }, { inputs, domains, context });
      }
    }
    return undefined;
  },
});

interface Domains {
  readonly namespaces: ReadonlySet<string>;
  readonly domain: string;
  /** The Service of the namespace whose name is alike. */
  readonly nearest: (namespace: string, name: string) => string | undefined;
  /** Some namespace with a Service of the name. */
  readonly elsewhere: ReadonlyMap<string, string>;
}

interface Unwell {
  readonly pod: PodItem;
  readonly container: ContainerView;
  readonly complaint: Complaint | undefined;
}

interface Around {
  readonly inputs: Inputs<typeof needs>;
  readonly domains: Domains;
  readonly context: AnalyzeContext<
    typeof serviceNameUnknown.meta.messages,
    NonNullable<typeof serviceNameUnknown.meta.checks>
  >;
}

/** Every namespace there is, as far as objects tell. */
function namespacesOf(inputs: Inputs<typeof needs>): ReadonlySet<string> {
  return new Set([
    ...inputs.namespaces.items.map(({ metadata }) => metadata.name),
    ...inputs.services.items.map(({ metadata }) => metadata.namespace ?? ''),
  ]);
}

/** Whether the pod asks the DNS of the cluster; one on the host's network does only when told so. */
function asksClusterDns({ spec }: PodItem): boolean {
  const { dnsPolicy = 'ClusterFirst', hostNetwork } = spec ?? {};
  return hostNetwork ? dnsPolicy === 'ClusterFirstWithHostNet' : dnsPolicy === 'ClusterFirst';
}

function judge(unwell: Unwell, around: Around): void {
  const { pod, container } = unwell;
  const { inputs, domains, context } = around;
  const told = new Set<string>();
  let fine = 0;
  for (const named of container.spec ? namedHosts(container.spec) : []) {
    const text = named.port === undefined ? named.host : `${named.host}:${named.port}`;
    const address = parseServiceAddress(text, pod.metadata.namespace ?? '', domains.domain);
    if (!address || told.has(text) || isElsewhere(address, pod, domains)) continue;
    told.add(text);
    const found = inputs.services.lookup({ namespace: address.namespace, name: address.name });
    if (found.state === 'unseen') {
      const subject = subjectOf(pod, container.pointer);
      context.looked({ check: 'names', unseen: found.gap, subject });
    } else if (found.state === 'absent') {
      reportService({ named, text, address }, unwell, around);
    } else if (address.port !== undefined && lacksPort(found.item, address.port)) {
      reportPort({ named, text, address }, found.item, unwell, around);
    } else {
      fine += 1;
    }
  }
  if (fine > 0)
    context.looked({ check: 'names', values: { count: fine }, subject: subjectOf(pod, container.pointer) });
}

/** Whether a host is no name of the cluster: a domain of the world, the pod itself, or one its hosts file has. */
function isElsewhere(
  { name, namespace, form }: ServiceAddress,
  pod: PodItem,
  { namespaces: known }: Domains,
): boolean {
  if (form === 'qualified' && !known.has(namespace)) return true;
  if (form !== 'bare') return false;
  const aliases = (pod.spec?.hostAliases ?? []).flatMap((alias) => alias.hostnames ?? []);
  const containers = (pod.spec?.containers ?? []).map((container) => container.name);
  return [pod.metadata.name, pod.spec?.hostname, ...aliases, ...containers].includes(name);
}

/** Clients of a headless Service reach whatever the pods open; what an external name offers is not seen. */
function lacksPort({ spec }: ServiceItem, port: number): boolean {
  if (spec?.type === 'ExternalName' || spec?.clusterIP === 'None') return false;
  return !(spec?.ports ?? []).some((one) => one.port === port);
}

interface Asked {
  readonly named: NamedHost;
  readonly text: string;
  readonly address: ServiceAddress;
}

function reportService({ named, text, address }: Asked, unwell: Unwell, { domains, context }: Around): void {
  const { name, namespace } = address;
  const { error } = unwell.complaint ?? {};
  const isNamed = error?.failure === 'nameUnknown' && isSameHost(error.host, named.host);
  const common = factsOf({ named, text, address }, unwell, context);
  const nearest = nearestService(name, namespace, domains) ?? 'none comes near';
  const values = { ...common.values, target: `${namespace}/${name}`, nearest };
  context.report({
    ...common,
    message: isNamed ? 'serviceUnknown' : 'serviceDoubtful',
    values,
    evidence: [
      ...common.evidence,
      context.absent({ artifact: services, scope: { type: 'namespace', namespace }, name }),
      ...(isNamed && unwell.complaint?.evidence ? [unwell.complaint.evidence] : []),
    ],
  });
}

function reportPort(asked: Asked, service: ServiceItem, unwell: Unwell, { context }: Around): void {
  const { port, name, namespace } = asked.address;
  const { error } = unwell.complaint ?? {};
  const hosts = [asked.named.host, service.spec?.clusterIP];
  const isNamed =
    error !== undefined &&
    (error.port === undefined || error.port === port) &&
    hosts.some((host) => host !== undefined && isSameHost(error.host, host));
  const common = factsOf(asked, unwell, context);
  const offered = (service.spec?.ports ?? []).map((one) => String(one.port));
  const target = `${namespace}/${name}:${port}`;
  context.report({
    ...common,
    message: isNamed ? 'portUnknown' : 'portDoubtful',
    values: { ...common.values, service: subjectOf(service), offered, target },
    related: [subjectOf(service)],
    evidence: [
      ...common.evidence,
      context.at(service, '/spec/ports'),
      ...(isNamed && unwell.complaint?.evidence ? [unwell.complaint.evidence] : []),
    ],
  });
}

function factsOf({ named, text }: Asked, { pod, container }: Unwell, context: Around['context']) {
  const field = container.init ? 'initContainers' : 'containers';
  const index = (pod.spec?.[field] ?? []).findIndex((one) => one.name === container.name);
  const pointer = `/spec/${field}/${index}${named.pointer}`;
  return {
    values: { container: container.name, pod: subjectOf(pod), host: text, place: named.place },
    subject: subjectOf(pod, container.pointer),
    evidence: [context.at(pod, pointer)],
  } as const;
}

/** Resolvers name a host with or without the domains they searched. */
function isSameHost(said: string | undefined, host: string): boolean {
  const [a, b] = [said?.toLowerCase() ?? '', host.toLowerCase()];
  return a !== '' && (a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`));
}

/** A Service of the namespace whose name is alike, or one of the same name elsewhere. */
function nearestService(
  name: string,
  namespace: string,
  { nearest, elsewhere }: Domains,
): string | undefined {
  const alike = nearest(namespace, name);
  if (alike) return `${namespace}/${alike}`;
  const other = elsewhere.get(name);
  return other === undefined ? undefined : `${other}/${name}`;
}
