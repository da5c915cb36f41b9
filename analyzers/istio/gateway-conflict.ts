import { istioGateways } from '../../src/artifacts/istio-resources.ts';
import { pods } from '../../src/artifacts/resources.ts';
import { configurationApplies, isSettled } from '../../src/derive/istio-configuration.ts';
import { istioControlPlanes } from '../../src/derive/istio-control-planes.ts';
import {
  type PlacedServer,
  type ServerClash,
  type SharedCertificate,
  serverClashes,
  serversOnPods,
  sharedCertificates,
} from '../../src/derive/istio-gateway-conflicts.ts';
import { istioSidecars } from '../../src/derive/istio-sidecars.ts';
import { istioWorkloads } from '../../src/derive/istio-workloads.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import type { Check, Message } from '../../src/model/message.ts';
import { subjectKey, subjectOf } from '../../src/model/subject.ts';

const LEFT_OUT = {
  severity: 'warning',
  confidence: { level: 'certain', reason: 'the older Gateway wins' },
  effect: 'route-broken',
  key: ['port'],
} as const;

const MESSAGES = {
  hostTaken: {
    ...LEFT_OUT,
    text: 'The server of {gateway:object} on port {port:text} is left out, since {other:object} serves {hosts:text} on the same port of the same pods.',
    remedy: [
      { text: 'Give each host to one Gateway; several VirtualServices can be bound to it.' },
      {
        text: 'See which Gateways are for the same pods.',
        argv: ['kubectl', 'get', 'gateways.networking.istio.io', '-A', '-o', 'yaml'],
      },
    ],
  },
  protocolTaken: {
    ...LEFT_OUT,
    text: 'The server of {gateway:object} on port {port:text} is left out, since {other:object} serves the same port of the same pods {how:text}.',
    remedy: [{ text: 'Serve plain and TLS traffic on different ports.' }],
  },
  certificateShared: {
    severity: 'info',
    confidence: { level: 'possible', reason: 'it depends on the clients, which may reuse connections' },
    text: '{gateway:object} and {others:text} show the certificate `{credential:text}` for different hosts on the same pods: HTTP/2 clients may reuse a connection for the other host and get 404.',
    remedy: [{ text: 'Serve all hosts of a certificate by one Gateway, or give each its own.' }],
    key: ['credential'],
  },
} as const satisfies Record<string, Message>;

const CHECKS = {
  apart: {
    item: 'Gateways of the same pods are apart',
    expected: 'no server is left out',
    found: 'none is',
  },
} as const satisfies Record<string, Check>;

export const gatewayConflict = defineAnalyzer({
  meta: {
    id: 'istio/gateway-conflict',
    title: 'Istio Gateways in conflict',
    description:
      'Servers of Gateways that are left out, since another Gateway has their host or port on the same pods.',
    messages: MESSAGES,
    checks: CHECKS,
    references: [
      'istio/istio pilot/pkg/model/gateway.go: mergeGateways',
      'istio/istio pkg/config/analysis/analyzers/gateway: IST0138, IST0145',
      'https://istio.io/latest/docs/ops/common-problems/network-issues/#404-errors-occur-when-multiple-gateways-configured-with-same-tls-certificate',
    ],
  },
  needs: {
    gateways: istioGateways,
    pods,
    sidecars: optional(istioSidecars),
    workloads: istioWorkloads,
    planes: optional(istioControlPlanes),
  },
  appliesTo: (inputs) => configurationApplies({ Gateway: inputs.gateways }, inputs.pods, inputs.sidecars),
  analyze({ gateways, workloads, planes: { planes } }, context) {
    const told = new Set<string>();
    // Which of two is older is not known among some.
    if (!gateways.coverage.complete) return undefined;
    const isScoped = planes.some(({ scopesGateways }) => scopesGateways);
    for (const servers of serversOnPods(gateways.items, workloads).flatMap((all) => meeting(all, isScoped))) {
      for (const clash of serverClashes(servers)) reportClash(clash, told, context);
      for (const shared of sharedCertificates(servers)) reportShared(shared, told, context);
    }
    for (const gateway of gateways.items) {
      if (!told.has(subjectKey(subjectOf(gateway))))
        context.looked({ check: 'apart', values: {}, subject: subjectOf(gateway) });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<typeof MESSAGES, typeof CHECKS>;

/** Servers that can meet on a pod: of one namespace where a Gateway is for the pods of its own. */
function meeting(servers: readonly PlacedServer[], isScoped: boolean): (readonly PlacedServer[])[] {
  if (!isScoped) return [servers];
  return [...Map.groupBy(servers, ({ gateway }) => gateway.metadata.namespace).values()];
}

function reportClash({ loser, winner, hosts }: ServerClash, told: Set<string>, context: Context): void {
  const subject = placeOf(loser);
  const key = `${subjectKey(subject)} ${subject.fieldPath}`;
  if (told.has(key) || isSettled(loser.gateway, context) !== true) return;
  told.add(key).add(subjectKey(subject));
  const gateway = subjectOf(loser.gateway);
  const other = subjectOf(winner.gateway);
  const port = String(loser.server.port?.number);
  const evidence: EvidenceRefs = [citation(loser, context), citation(winner, context)];
  const common = { subject, related: [other], evidence };
  if (hosts.length > 0) {
    context.report({ message: 'hostTaken', values: { gateway, other, port, hosts }, ...common });
  } else {
    const how = winner.server.tls && !winner.server.tls.httpsRedirect ? 'with TLS' : 'without TLS';
    context.report({ message: 'protocolTaken', values: { gateway, other, port, how }, ...common });
  }
}

function reportShared({ credential, servers }: SharedCertificate, told: Set<string>, context: Context): void {
  const [first, ...rest] = servers;
  if (!first || told.has(`certificate ${credential}`)) return;
  told.add(`certificate ${credential}`);
  const gateway = subjectOf(first.gateway);
  const others = [...new Set(rest.map(({ gateway: one }) => one))].filter((one) => one !== first.gateway);
  context.report({
    message: 'certificateShared',
    values: {
      gateway,
      credential,
      others: others.slice(0, 10).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
    },
    subject: gateway,
    related: others.slice(0, 10).map((one) => subjectOf(one)),
    evidence: [citation(first, context), ...rest.slice(0, 3).map((one) => citation(one, context))],
  });
}

function placeOf({ gateway, index }: PlacedServer) {
  return subjectOf(gateway, `/spec/servers/${index}`);
}

function citation({ gateway, index }: PlacedServer, context: Context) {
  return context.at(gateway, `/spec/servers/${index}`);
}
