import { virtualServices } from '../../src/artifacts/istio-resources.ts';
import { type ServiceItem, services } from '../../src/artifacts/network-resources.ts';
import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { isSettled } from '../../src/derive/istio-configuration.ts';
import { istioHosts } from '../../src/derive/istio-hosts.ts';
import {
  hostsWithoutHttp,
  type SniffedPort,
  serverFirst,
  sniffedPorts,
} from '../../src/derive/istio-port-protocols.ts';
import { istioProtocol } from '../../src/derive/istio-protocol.ts';
import { istioSidecars, proxiesApply } from '../../src/derive/istio-sidecars.ts';
import { istioWorkloads } from '../../src/derive/istio-workloads.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import type { Check, Message } from '../../src/model/message.ts';
import { subjectOf } from '../../src/model/subject.ts';

const DECLARE = {
  text: 'Declare the protocol: `appProtocol: http` (or `tcp`, `grpc`, …), or a port name that begins with it, `http-web`.',
} as const;
const OPEN = {
  text: 'Edit the ports of {service:object}.',
  argv: ['kubectl', 'edit', 'service', '{service.name}', '-n', '{service.namespace}'],
} as const;

const MESSAGES = {
  rulesIgnored: {
    severity: 'warning',
    confidence: { level: 'certain', reason: 'the ports declare it' },
    text: 'The `http` rules of {route:object} are left out for {service:object}, whose ports are declared as something else: {ports:text}.',
    remedy: [DECLARE, OPEN],
    key: ['service'],
    effect: 'route-broken',
  },
  serverFirst: {
    severity: 'warning',
    confidence: { level: 'likely', reason: 'port or image are those of such a server' },
    text: 'Port {port:text} of {service:object} declares no protocol, and {server:text} behind it speaks first: sidecars wait for the first bytes of the client, so connections hang.',
    remedy: [{ text: 'Set `appProtocol: tcp`, or have the name of the port begin with `tcp-`.' }, OPEN],
    key: ['port'],
    effect: 'service-unreachable',
    explains: [{ effect: 'connection-failing', via: ['same-object'] }],
  },
  sniffed: {
    severity: 'info',
    confidence: { level: 'certain', reason: 'neither name nor appProtocol says it' },
    text: 'Ports of {count:count} Services of the mesh in namespace `{namespace:text}` declare no protocol, so the first bytes of each connection decide: {ports:text}.',
    remedy: [DECLARE],
  },
  externalName: {
    severity: 'info',
    confidence: { level: 'possible', reason: 'it depends on the version of Istio' },
    text: 'Port {port:text} of {service:object}, an ExternalName Service, is TCP for Istio: proxies may take all traffic to that port for it, whatever its address.',
    remedy: [DECLARE, OPEN],
    key: ['port'],
  },
} as const satisfies Record<string, Message>;

const CHECKS = {
  declared: {
    item: 'Ports of a Service of the mesh declare their protocol',
    expected: 'a known name or appProtocol',
    found: 'declared',
  },
} as const satisfies Record<string, Check>;

const needs = {
  services,
  pods,
  sidecars: istioSidecars,
  workloads: istioWorkloads,
  routes: optional(virtualServices),
  hosts: istioHosts,
};

export const protocolAmbiguous = defineAnalyzer({
  meta: {
    id: 'istio/protocol-ambiguous',
    title: 'Protocol of a Service port unclear to Istio',
    description:
      'Ports whose protocol Istio has to guess, where guessing makes connections hang, and ports whose protocol leaves `http` rules out.',
    messages: MESSAGES,
    checks: CHECKS,
    references: [
      'istio/istio pkg/config/kube/conversion.go: ConvertProtocol',
      'istio/istio pkg/config/analysis/analyzers/service: IST0118, IST0150',
      'https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/',
    ],
  },
  needs,
  appliesTo: ({ sidecars, pods: all }) => proxiesApply(sidecars, all),
  analyze(inputs, context) {
    for (const route of inputs.routes.items) {
      if (route.metadata.deletionTimestamp || isSettled(route, context) !== true) continue;
      for (const service of hostsWithoutHttp(route, inputs.hosts)) {
        context.report({
          message: 'rulesIgnored',
          values: {
            route: subjectOf(route),
            service: subjectOf(service),
            ports: (service.spec?.ports ?? []).map((port) => `${portText(port)} ${istioProtocol(port)}`),
          },
          subject: subjectOf(route),
          related: [subjectOf(service)],
          evidence: [context.at(service, '/spec/ports'), context.at(route, '/spec/http')],
        });
      }
    }
    const lint = new Map<string, { service: ServiceItem; ports: SniffedPort[] }[]>();
    for (const service of inputs.services.items) {
      if (service.spec?.type === 'ExternalName') externalName(service, context);
      else if (!isOfIstio(service)) judge(service, inputs, { lint, context });
    }
    for (const [namespace, found] of lint) reportLint(namespace, found, context);
    return undefined;
  },
});

type Context = AnalyzeContext<typeof MESSAGES, typeof CHECKS>;
type Lint = Map<string, { service: ServiceItem; ports: SniffedPort[] }[]>;

function judge(
  service: ServiceItem,
  { workloads, sidecars }: Inputs<typeof needs>,
  { lint, context }: { lint: Lint; context: Context },
): void {
  const selector = service.spec?.selector ?? {};
  if (Object.keys(selector).length === 0) return;
  const subject = subjectOf(service);
  const ports = sniffedPorts(service);
  const selected = ports.length === 0 ? [] : workloads.selected(service.metadata.namespace, selector).pods;
  const pod = selected.find((one) => sidecars.isInMesh(one));
  if (!pod) {
    if (ports.length === 0) context.looked({ check: 'declared', values: {}, subject });
    return;
  }
  const rest: SniffedPort[] = [];
  for (const sniffed of ports) {
    const server = serverFirst(sniffed.port, pod);
    if (server === undefined) rest.push(sniffed);
    else reportServerFirst(service, { sniffed, server, pod }, context);
  }
  if (rest.length > 0)
    getOrCreate(lint, service.metadata.namespace ?? '', () => []).push({ service, ports: rest });
}

function reportServerFirst(
  service: ServiceItem,
  { sniffed, server, pod }: { sniffed: SniffedPort; server: string; pod: PodItem },
  context: Context,
): void {
  const pointer = `/spec/ports/${sniffed.index}`;
  context.report({
    message: 'serverFirst',
    values: { service: subjectOf(service), port: portText(sniffed.port), server },
    subject: subjectOf(service),
    related: [subjectOf(pod)],
    evidence: [context.at(service, pointer), context.at(pod, '/spec/containers')],
  });
}

function reportLint(
  namespace: string,
  found: readonly { readonly service: ServiceItem; readonly ports: readonly SniffedPort[] }[],
  context: Context,
): void {
  const cited = found.slice(0, 3).map(({ service }) => context.at(service, '/spec/ports'));
  context.report({
    message: 'sniffed',
    values: {
      namespace,
      count: found.length,
      ports: found
        .flatMap(({ service, ports }) =>
          ports.map(({ port }) => `${service.metadata.name}:${portText(port)}`),
        )
        .slice(0, 10),
    },
    subject: { group: '', kind: 'Namespace', name: namespace },
    related: found.slice(0, 50).map(({ service }) => subjectOf(service)),
    evidence: cited as unknown as EvidenceRefs,
  });
}

function externalName(service: ServiceItem, context: Context): void {
  for (const [index, port] of (service.spec?.ports ?? []).entries()) {
    const protocol = istioProtocol(port);
    if (protocol !== 'TCP' && protocol !== 'Unsupported') continue;
    context.report({
      message: 'externalName',
      values: { service: subjectOf(service), port: portText(port) },
      subject: subjectOf(service),
      evidence: [context.at(service, `/spec/ports/${index}`)],
    });
  }
}

/** Services of Istio itself, and those it makes for Gateways of the Gateway API. */
function isOfIstio({ metadata: { labels = {} } }: ServiceItem): boolean {
  return (
    labels.istio !== undefined ||
    labels.release === 'istio' ||
    labels['gateway.istio.io/managed'] !== undefined ||
    labels['gateway.networking.k8s.io/gateway-name'] !== undefined
  );
}

function portText({ name, port }: { readonly name?: string; readonly port: number }): string {
  return name ? `${port} (\`${name}\`)` : String(port);
}
