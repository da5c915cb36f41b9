import type { ServiceItem } from '../../src/artifacts/network-resources.ts';
import { isDeclaredHttp, isSniffed, istioProtocol, takesHttpRules } from '../../src/derive/istio-protocol.ts';
import {
  environmentRouting,
  type NamespaceRouting,
  routedService,
  type ServiceRouting,
} from '../../src/derive/virtual-environment-routing.ts';
import { expectedRules, isRoutedPort } from '../../src/derive/virtual-environment-rules.ts';
import { environmentNamespaces } from '../../src/derive/virtual-environments.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { subjectOf } from '../../src/model/subject.ts';

type Port = NonNullable<NonNullable<ServiceItem['spec']>['ports']>[number];

const CERTAIN = { level: 'certain', reason: 'the Service and the rules of the operator say so' } as const;
const PORTS = {
  text: 'See the ports of the Service.',
  argv: [
    'kubectl',
    'get',
    'service',
    '{service.name}',
    '-n',
    '{service.namespace}',
    '-o',
    'jsonpath={.spec.ports}',
  ],
} as const;

export const portNotHttp = defineAnalyzer({
  meta: {
    id: 'virtual-environment/port-not-http',
    title: 'Port of a virtual environment not named http',
    description:
      'Services with workloads in several environments none of whose ports KtEnv routes, since it goes by names that begin with http.',
    messages: {
      noHttpName: {
        severity: 'warning',
        confidence: CERTAIN,
        check: 'ports',
        text: '{service:object} has workloads in {environments:text}, but no port whose name begins with `http` ({ports:text}): no rules are made, and its requests go to any of them.',
        remedy: [
          {
            text: 'If it speaks HTTP, name the port `http` or `http-<suffix>`; KtEnv follows within seconds.',
          },
          PORTS,
        ],
      },
      appProtocolOnly: {
        severity: 'warning',
        confidence: CERTAIN,
        check: 'ports',
        text: '{service:object} declares HTTP by `appProtocol` ({ports:text}), which Istio reads and KtEnv does not: no rules are made for its workloads in {environments:text}.',
        remedy: [{ text: 'Name the port `http` or `http-<suffix>` as well; `appProtocol` may stay.' }, PORTS],
      },
      grpcOnly: {
        severity: 'warning',
        confidence: CERTAIN,
        check: 'ports',
        text: '{service:object} has gRPC ports only ({ports:text}), which KtEnv does not route: its requests go to any of its workloads in {environments:text}.',
        remedy: [
          {
            text: 'Name the port `http2-grpc`: to Istio that is HTTP/2, which gRPC runs over, and KtEnv routes it.',
          },
          PORTS,
        ],
      },
      notHttp: {
        severity: 'info',
        confidence: CERTAIN,
        text: '{service:object} has workloads in {environments:text}, but speaks no HTTP by its ports ({ports:text}): it cannot be routed by a header, and its connections go to any of them.',
        remedy: [{ text: 'Give each environment a Service of its own for protocols other than HTTP.' }],
        check: 'ports',
      },
      notHttpForIstio: {
        severity: ['warning', 'info'],
        confidence: CERTAIN,
        text: 'KtEnv makes routes for port {ports:text} of {service:object}, which are {protocol:text} to Istio: rules for HTTP do not apply there.',
        remedy: [
          {
            text: 'Let the port carry HTTP without TLS inside the mesh, which encrypts by itself, and name it `http-<suffix>`; a wrong `appProtocol` wins over the name.',
          },
          PORTS,
        ],
        check: 'ports',
      },
    },
    checks: {
      ports: {
        checklist: 'virtual-environment',
        item: 'Routing rules: ports are named http',
        expected: 'a port `http…` in each Service to be routed',
        found: '{count:count} Services looked at',
      },
    },
    references: [
      'alibaba/virtual-environment pkg/component/router/istio/http/virtual_service_generator.go: strings.HasPrefix(name, "http")',
      'https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/',
    ],
  },
  needs: { environments: environmentNamespaces, routing: environmentRouting },
  appliesTo: ({ environments }) => environments.applies,
  analyze({ routing }, context) {
    for (const namespace of routing) {
      const subject = subjectOf(namespace.effective.instance);
      if (namespace.gap) {
        context.looked({ check: 'ports', subject, unseen: namespace.gap });
        continue;
      }
      const told = namespace.services.map((one) => judge(one, namespace, context));
      if (told.some(Boolean)) continue;
      context.looked({ check: 'ports', subject, values: { count: told.length } });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<typeof portNotHttp.meta.messages, NonNullable<typeof portNotHttp.meta.checks>>;

function judge(one: ServiceRouting, namespace: NamespaceRouting, context: Context): boolean {
  const { spec } = one.service;
  const ports = spec?.ports ?? [];
  if (ports.some(({ name }) => isRoutedPort(name))) return judgeRouted(one, ports, context);
  return judgeUnrouted(one, namespace, { ports, context });
}

/** Ports KtEnv makes routes for and Istio does not take for HTTP. */
function judgeRouted(
  { service, expected }: ServiceRouting,
  ports: readonly Port[],
  context: Context,
): boolean {
  const routed = ports.filter(({ name }) => isRoutedPort(name));
  const wrong = routed.filter((port) => !takesHttpRules(istioProtocol(port)));
  if (wrong.length === 0 || !expected.made) return false;
  const subject = subjectOf(service);
  const protocols = [...new Set(wrong.map((port) => istioProtocol(port)))];
  context.report({
    message: 'notHttpForIstio',
    severity: wrong.length === routed.length ? 'warning' : 'info',
    values: { service: subject, ports: wrong.map(portText), protocol: protocols },
    subject,
    evidence: [context.at(service, `/spec/ports/${ports.indexOf(wrong[0] as Port)}`)],
  });
  return true;
}

interface Ports {
  readonly ports: readonly Port[];
  readonly context: Context;
}

/** Only where rules would be made if a port were named http: with one environment there is nothing to tell apart. */
function judgeUnrouted(
  { service, related }: ServiceRouting,
  { values: all, effective }: NamespaceRouting,
  { ports, context }: Ports,
): boolean {
  const named = { ...routedService(service), ports: [{ name: 'http', port: ports[0]?.port ?? 80 }] };
  const values = related.map(({ value }) => value);
  const streams = ports.filter(({ protocol }) => protocol !== 'UDP' && protocol !== 'SCTP');
  if (streams.length === 0 || !expectedRules(named, values, all, effective.spec)?.made) return false;
  const subject = subjectOf(service);
  const environments = [...new Set(values)].map((value) => `\`${value}\``);
  context.report({
    message: messageOf(streams),
    values: { service: subject, environments, ports: streams.map(portText) },
    subject,
    related: [subjectOf(effective.instance), ...related.map(({ item }) => subjectOf(item))],
    evidence: [context.at(service, '/spec/ports'), context.at(effective.instance, '/spec')],
  });
  return true;
}

function messageOf(ports: readonly Port[]): 'noHttpName' | 'appProtocolOnly' | 'grpcOnly' | 'notHttp' {
  const protocols = ports.map((port) => ({ port, protocol: istioProtocol(port) }));
  const http = protocols.filter(({ protocol }) => isDeclaredHttp(protocol));
  if (http.some(({ protocol }) => !protocol.startsWith('GRPC'))) return 'appProtocolOnly';
  if (protocols.some(({ protocol }) => isSniffed(protocol))) return 'noHttpName';
  return http.length > 0 ? 'grpcOnly' : 'notHttp';
}

function portText({ name, port, appProtocol }: Port): string {
  const said = [
    name ? `\`${name}\`` : 'without a name',
    ...(appProtocol ? [`appProtocol ${appProtocol}`] : []),
  ];
  return `${port} ${said.join(', ')}`;
}
