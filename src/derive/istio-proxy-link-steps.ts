import type { EvidenceRef } from '../model/finding.ts';
import { isOlder } from '../model/observation.ts';
import { type ObjectRef, subjectOf } from '../model/subject.ts';
import { common, names, type ProxyCase } from './istio-proxy-case.ts';
import type { Cited, XdsCounters, XdsFaultClass } from './istio-proxy-log.ts';
import type { LinkFault } from './istio-proxy-way.ts';
import { parseServiceAddress } from './service-address.ts';
import { reachOf } from './service-reach.ts';

/** Asks one question of a case; true when it is the reason and was reported. */
export type Step = (one: ProxyCase) => boolean;

/** An endpoint that is missing for less than this is a rollout. */
const SETTLED_SECONDS = 60;
/** What istiod writes into every namespace. */
export const ROOT_CONFIG_MAP = 'istio-ca-root-cert';

/** Cites a line. */
export function cite({ matches, hit }: Cited): EvidenceRef {
  return { cite: 'matches', matches, hit };
}

/** 1 and 2: what the discovery address leads to. */
export const controlPlane: Step = (one) => {
  if (one.reached || one.trouble.is === 'creating' || one.trouble.is === 'setup') return false;
  const { inputs, context, proxy, address } = one;
  const target = inputs.hosts.find(address.host, proxy.pod.metadata.namespace ?? '');
  // `istio-pilot.istio-system` may be a domain of the world, but not where it is the built-in address.
  const named =
    target.found === 'outside' && address.isDefault ? parseServiceAddress(address.host, '') : undefined;
  const builtIn = named && inputs.services.lookup(named).state === 'absent' ? named : undefined;
  const missing = target.found === 'nothing' ? target : builtIn;
  if (missing) {
    const { namespace, name } = missing;
    const service = { group: '', kind: 'Service', namespace, name };
    return reportMissing(one, `there is no Service ${name} in namespace ${namespace}`, service);
  }
  if (target.found !== 'service') return false;
  const { service } = target;
  const ref = subjectOf(service);
  const reach = reachOf(ref, address.port, {
    ...inputs,
    isSettled: (time, item) => isOlder(context.age(time, item), SETTLED_SECONDS),
  });
  if (reach.state === 'portMissing')
    return reportMissing(one, `${service.metadata.name} has no port ${address.port}`, ref);
  if (reach.state !== 'noEndpoints') return false;
  context.report({
    message: 'controlPlaneDown',
    values: { pod: one.subject, service: ref },
    ...common(one, context.at(service, '/spec')),
    related: [ref, ...reach.behind],
  });
  return true;
};

function reportMissing(one: ProxyCase, problem: string, related: ObjectRef): true {
  const { inputs, proxy, context, address } = one;
  const { item, pointer } = proxy.discovery;
  const planes = inputs.planes.planes.map(({ revision, namespace }) => `${revision} (${namespace})`);
  context.report({
    message: 'controlPlaneMissing',
    values: {
      pod: one.subject,
      address: address.text,
      problem,
      planes: planes.length > 0 ? planes.slice(0, 10) : inputs.planes.complete ? 'none' : 'none seen',
    },
    ...common(one, context.at(item, pointer)),
    related: [related],
  });
  return true;
}

/** The fault of the link, if it is of these classes. */
export function faultIn({ fault }: ProxyCase, ...classes: readonly XdsFaultClass[]): LinkFault | undefined {
  return fault && classes.includes(fault.class) ? fault : undefined;
}

/** As {@link common}, with what shows the fault. */
export function ofFault(one: ProxyCase, fault: LinkFault, ...more: readonly EvidenceRef[]) {
  return {
    ...common(one, fault.cited, ...more),
    ...(fault.confidence ? { confidence: fault.confidence } : {}),
  };
}

/** 3: the name. */
export const name: Step = (one) => {
  const fault = faultIn(one, 'nameUnknown', 'dnsSilent');
  if (!fault) return false;
  const { context, address } = one;
  context.report({
    message: 'nameNotResolved',
    values: { ...names(one), address: address.text, detail: fault.detail },
    ...ofFault(one, fault),
    related: planesOf(one),
  });
  return true;
};

/** 4: the way. */
export const way: Step = (one) => {
  const fault = faultIn(one, 'refused', 'timedOut');
  if (!fault) return false;
  const { context, address, inputs, proxy, subject } = one;
  const target = inputs.hosts.find(address.host, proxy.pod.metadata.namespace ?? '');
  const { text, host, port } = address;
  const stop =
    target.found === 'service'
      ? inputs.policies.stopOf(proxy.pod, { service: target.service, port })
      : undefined;
  const [policy] = stop?.policies ?? [];
  if (policy) {
    context.report({
      message: 'policyBlocks',
      values: { pod: subject, policy: subjectOf(policy), address: text, detail: fault.detail },
      ...common(one, fault.cited, context.at(policy, '/spec')),
      related: [subjectOf(policy)],
    });
    return true;
  }
  context.report({
    message: 'unreachable',
    values: { ...names(one), address: text, host, port: String(port), detail: fault.detail },
    ...ofFault(one, fault),
    related: [...(target.found === 'service' ? [subjectOf(target.service)] : []), ...planesOf(one)],
  });
  return true;
};

/** 5: certificates and tokens. */
export const trust: Step = (one) => {
  const fault = faultIn(one, 'untrusted', 'nameMismatch', 'unauthenticated', 'notIssued');
  if (!fault) return false;
  const { context, address, behind } = one;
  const shown = { ...ofFault(one, fault), related: planesOf(one) };
  const values = { ...names(one), detail: fault.detail, home: behind[0]?.namespace ?? 'istio-system' };
  if (fault.class === 'unauthenticated') context.report({ message: 'notAuthenticated', values, ...shown });
  else if (fault.class === 'notIssued') context.report({ message: 'certificateNotIssued', values, ...shown });
  else {
    context.report({
      message: 'certificateUntrusted',
      values: { ...names(one), detail: fault.detail, address: address.text },
      ...shown,
      related: [...shown.related, rootRef(one)],
    });
  }
  return true;
};

/** 6: configuration that came and was refused. */
export const configuration: Step = (one) => {
  const { context, state } = one;
  const { rejection, notReady } = state;
  const counters = notReady?.counters;
  const refused = counters ? counters.cds.rejected + counters.lds.rejected : 0;
  if (refused === 0 && !(notReady && /was rejected/.test(notReady.reason))) return false;
  const filters = one.named(rejection?.detail ?? '').map((filter) => subjectOf(filter));
  const cited = [rejection, notReady].filter((cited) => cited !== undefined);
  context.report({
    message: 'configurationRejected',
    values: {
      ...names(one),
      counters: counters ? countersText(counters) : 'as its readiness line says',
      detail: rejection?.detail ?? 'the line that names the reason is not in its log',
      origin:
        filters.length > 0
          ? `The reason names what comes from ${filters.map((filter) => `EnvoyFilter ${filter.namespace}/${filter.name}`).join(', ')}.`
          : '',
    },
    ...common(one, ...cited.map(cite)),
    related: filters,
  });
  return true;
};

function countersText({ cds, lds }: XdsCounters): string {
  return `clusters ${cds.accepted} accepted and ${cds.rejected} rejected, listeners ${lds.accepted} and ${lds.rejected} rejected`;
}

/** The Deployments of the control planes behind its address. */
export function planesOf({ behind }: ProxyCase): ObjectRef[] {
  return behind.flatMap(({ deployment }) => (deployment ? [subjectOf(deployment)] : []));
}

/** The ConfigMap that holds the root its namespace trusts. */
export function rootRef({ proxy }: ProxyCase): ObjectRef {
  const { namespace = '' } = proxy.pod.metadata;
  return { group: '', kind: 'ConfigMap', namespace, name: ROOT_CONFIG_MAP };
}
