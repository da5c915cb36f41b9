import { apiServices, customResourceDefinitions } from '../../src/artifacts/extension-resources.ts';
import { gateways } from '../../src/artifacts/gateway-resources.ts';
import { istioGateways } from '../../src/artifacts/istio-resources.ts';
import { kubeconfigPublic } from '../../src/artifacts/kubeconfig-public.ts';
import { endpointSlices, ingresses, services } from '../../src/artifacts/network-resources.ts';
import { configMaps } from '../../src/artifacts/resources.ts';
import { judgeChain } from '../../src/derive/certificate-chain.ts';
import { certificateInventory } from '../../src/derive/certificate-inventory.ts';
import { coversHost, hasOnlyCommonName, shownNames } from '../../src/derive/certificate-names.ts';
import type { PlacedCertificate } from '../../src/derive/certificate-places.ts';
import { nameOfCertificate } from '../../src/derive/certificate-validity.ts';
import { gatewayNamespaces } from '../../src/derive/istio-gateway-pods.ts';
import { istioWorkloads } from '../../src/derive/istio-workloads.ts';
import { NAME_MISMATCH_MESSAGES } from '../../src/derive/name-mismatch-messages.ts';
import {
  hostsOfGateway,
  hostsOfIngress,
  hostsOfIstioGateway,
  type OfferedHosts,
} from '../../src/derive/offered-hosts.ts';
import { hostOfEndpoint, hostOfUrl, serverNamesInside } from '../../src/derive/server-names.ts';
import { callersOfServices } from '../../src/derive/service-callers.ts';
import { mayServe, servingCertificates, trustedBy } from '../../src/derive/serving-certificates.ts';
import { webhookCalls } from '../../src/derive/webhook-calls.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { subjectKey, subjectOf } from '../../src/model/subject.ts';

const needs = {
  inventory: certificateInventory,
  serving: servingCertificates,
  ingresses,
  kubeconfig: optional(kubeconfigPublic),
  services: optional(services),
  endpointSlices: optional(endpointSlices),
  configMaps: optional(configMaps),
  gateways: optional(gateways),
  istioGateways: optional(istioGateways),
  istioWorkloads: optional(istioWorkloads),
  webhooks: optional(webhookCalls),
  apiServices: optional(apiServices),
  definitions: optional(customResourceDefinitions),
};

export const nameMismatch = defineAnalyzer({
  meta: {
    id: 'certificate/name-mismatch',
    title: 'Certificate not valid for the name it is used under',
    description:
      'Served certificates that lack the host, Service or address they are reached by, or the usage.',
    messages: NAME_MISMATCH_MESSAGES,
    checks: {
      named: {
        item: 'Certificate is valid for its host',
        expected: 'a subject alternative name for each',
        found: 'valid for `{host:text}`',
      },
    },
    references: [
      'RFC 6125 §6.4 (names and wildcards)',
      'Go 1.15 release notes: the common name is no longer treated as a host name',
      'https://kubernetes.io/docs/setup/best-practices/certificates/',
    ],
  },
  needs,
  analyze(inputs, context) {
    for (const one of inputs.inventory) {
      if (one.in === 'served' && one.position === 0) judgeServed(one, inputs, context);
      else if (one.in === 'kubeconfig' && !one.facts.isCa) judgeClient(one, context);
    }
    judgeServices(inputs, context);
    judgeHosts(inputs, context);
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof nameMismatch.meta.messages,
  NonNullable<typeof nameMismatch.meta.checks>
>;

function judgeServed(leaf: PlacedCertificate, inputs: Inputs<typeof needs>, context: Context): void {
  if (judgeUse(leaf, context)) return;
  const { subject, holder, pointer, facts } = leaf;
  const names = shownNames(facts);
  const shown = context.at(holder, pointer);
  const configured = inputs.kubeconfig.items[0]?.value;
  const servedAt = hostOfEndpoint(subject.name);
  // An instance behind the balancer is asked by an address no client uses, under a name of the inside.
  const called = configured === undefined || hostOfUrl(configured.server) === servedAt;
  const host = configured?.tlsServerName ?? servedAt;
  const outside = 'the kubeconfig of the collection';
  if (called && !coversHost(facts, host) && configured?.insecure !== true) {
    const values = { holder: subject, host, calledBy: outside, names };
    context.report({
      message: 'serverNameMissing',
      severity: 'critical',
      values,
      subject,
      evidence: [shown],
    });
  } else if (called) {
    context.looked({ check: 'named', values: { host }, subject });
  }
  if (!isOwnOfCluster(leaf, inputs.inventory)) return;
  for (const name of serverNamesInside(inputs)) {
    const { host: inside, calledBy, item, pointer: field, severity, ofInstance } = name;
    if ((called && inside === host) || (ofInstance && inside !== servedAt)) continue;
    if (coversHost(facts, inside)) {
      context.looked({ check: 'named', values: { host: inside }, subject });
      continue;
    }
    context.report({
      message: 'serverNameMissing',
      severity,
      values: { holder: subject, host: inside, calledBy, names },
      subject,
      evidence: [shown, context.at(item, field)],
    });
  }
}

/** A proxy in front of the API server, or a certificate for one outer name, says nothing of the inner ones. */
function isOwnOfCluster(leaf: PlacedCertificate, inventory: readonly PlacedCertificate[]): boolean {
  const root = inventory.find((one) => one.in === 'config-map' && one.subject.name === 'kube-root-ca.crt');
  return root !== undefined && judgeChain(leaf.together, root.together) === 'verified';
}

function judgeUse({ facts, subject, place, holder, pointer }: PlacedCertificate, context: Context): boolean {
  const { usages, fingerprint } = facts;
  const values = { subject: nameOfCertificate(facts), place, holder: subject, fingerprint };
  const common = { severity: 'critical', subject, evidence: [context.at(holder, pointer)] } as const;
  if (hasOnlyCommonName(facts)) {
    context.report({ message: 'onlyCommonName', values, ...common });
    return true;
  }
  if (mayServe(facts)) return false;
  context.report({ message: 'notForServers', values: { ...values, usages: usages.join(', ') }, ...common });
  return true;
}

function judgeClient({ facts, subject, place, holder, pointer }: PlacedCertificate, context: Context): void {
  const { usages, fingerprint } = facts;
  if (usages.length === 0 || usages.includes('clientAuth') || usages.includes('any')) return;
  const values = { subject: nameOfCertificate(facts), place, holder: subject, fingerprint };
  context.report({
    message: 'notForClients',
    severity: 'critical',
    values: { ...values, usages: usages.join(', ') },
    subject,
    evidence: [context.at(holder, pointer)],
  });
}

function judgeServices(inputs: Inputs<typeof needs>, context: Context): void {
  for (const { item, pointer, service, caBundle, severity } of callersOfServices(inputs)) {
    const verdict = inputs.serving.judge(service, trustedBy(caBundle));
    const subject = subjectOf(item, pointer);
    if (verdict.state === 'fine') {
      const host = shownNames(verdict.leaf.facts, 1);
      context.looked({ check: 'named', values: { host }, subject });
    }
    if (verdict.state !== 'otherName' && verdict.state !== 'otherUse') continue;
    const { leaf } = verdict;
    const evidence = [context.at(item, pointer), context.at(leaf.holder, leaf.pointer)] as const;
    const common = { severity, subject, related: [leaf.subject, service], evidence };
    const values = { holder: subjectOf(item), secret: leaf.subject, service, names: shownNames(leaf.facts) };
    if (verdict.state === 'otherName') {
      const { host } = verdict;
      context.report({ message: 'serviceNameMissing', values: { ...values, host }, ...common });
    } else {
      judgeUse(leaf, context);
    }
  }
}

function judgeHosts(
  {
    ingresses: all,
    gateways: gates,
    istioGateways: edges,
    istioWorkloads: pods,
    inventory,
  }: Inputs<typeof needs>,
  context: Context,
): void {
  const leaves = new Map<string, PlacedCertificate>();
  for (const one of inventory) {
    if (one.in === 'secret' && one.position === 0 && one.pointer === '/data/tls.crt')
      leaves.set(subjectKey(one.subject), one);
  }
  const namespacesOf = gatewayNamespaces(pods);
  const offers = [
    ...all.items.flatMap(hostsOfIngress),
    ...gates.items.flatMap(hostsOfGateway),
    ...edges.items.flatMap((edge) => hostsOfIstioGateway(edge, namespacesOf(edge.spec?.selector ?? {}))),
  ];
  for (const offered of offers) {
    const leaf = leaves.get(subjectKey(offered.secret));
    if (leaf) judgeOffered(offered, leaf, context);
  }
}

function judgeOffered(
  { item, pointer, secret, hosts }: OfferedHosts,
  leaf: PlacedCertificate,
  context: Context,
): void {
  const { facts } = leaf;
  const missing = hosts.filter((host) => !coversHost(facts, host));
  for (const host of hosts) {
    if (!missing.includes(host)) {
      context.looked({ check: 'named', values: { host }, subject: subjectOf(item, pointer) });
      continue;
    }
    context.report({
      message: 'hostMissing',
      // Where it fits other hosts of the entry, only some clients are turned away.
      severity: missing.length === hosts.length ? 'critical' : 'warning',
      values: { holder: subjectOf(item), secret, host, names: shownNames(facts) },
      subject: subjectOf(item, pointer),
      related: [leaf.subject],
      evidence: [context.at(item, pointer), context.at(leaf.holder, leaf.pointer)],
    });
  }
}
