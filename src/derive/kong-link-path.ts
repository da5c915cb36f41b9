import type { Tried } from '../artifacts/kong-plane-probes.ts';
import type { EvidenceRef } from '../model/finding.ts';
import { subjectOf } from '../model/subject.ts';
import { type DataPlaneCase, evidenceOf, relatedOf } from './kong-data-plane-case.ts';
import { type LinkStep, stepOf } from './kong-link-failure.ts';
import { networkPath } from './kong-target.ts';
import type { PolicyStop } from './policy-world.ts';

const WAY = ['dns', 'tcp', 'tls'] as const satisfies readonly LinkStep[];
type WayStep = (typeof WAY)[number];

const CONNECTED = 'the data plane is connected';
const REACHED: Readonly<Record<WayStep, string>> = {
  dns: 'a connection is tried, so the name resolves',
  tcp: 'TLS begins, so the port answers',
  tls: 'the connection was made, so TLS works',
};

/** A step of the way that was tried from inside in vain. */
export interface TriedInVain {
  readonly step: WayStep;
  readonly detail: string;
  readonly evidence: EvidenceRef;
}

/** The first step that fails when it is tried from the data plane's own container. */
export function triedInVain({ probes, context }: DataPlaneCase): TriedInVain | undefined {
  if (!probes) return undefined;
  for (const step of WAY) {
    const tried = probes.value[step];
    if (tried.state === 'fails') return { step, detail: tried.detail, evidence: context.at(probes) };
  }
  return undefined;
}

/** Plugins that leave NetworkPolicies to others. */
const NOT_ENFORCING = new Set(['Flannel']);

function areEnforced({ inputs }: DataPlaneCase): boolean {
  const plugins = inputs.agents.filter((agent) => agent.role === 'plugin');
  return plugins.length === 0 || plugins.some(({ name }) => !NOT_ENFORCING.has(name));
}

/** What keeps a data plane from its control plane, of the NetworkPolicies that were seen. */
export function policyStop(one: DataPlaneCase): PolicyStop | undefined {
  const { plane, inputs } = one;
  const { target, pod } = plane;
  if (!areEnforced(one)) return undefined;
  if (target.found === 'service')
    return inputs.world.stopOf(pod, { service: target.service, port: target.port });
  return target.found === 'outside'
    ? inputs.world.stopOf(pod, { outside: target.host, port: portOf(plane.address) })
    : undefined;
}

/** Cluster listener where the address names no port (kong_defaults.lua). */
const CLUSTER_PORT = 8005;

function portOf(address: string | undefined): number {
  return Number(/:(\d+)$/.exec(address ?? '')?.[1] ?? CLUSTER_PORT);
}

/** Fills the rows about name, port, TLS, Service and policies that no finding has filled. */
export function answerNetwork(one: DataPlaneCase): void {
  for (const step of WAY) answerStep(one, step);
  answerService(one);
  answerPolicy(one);
}

function answerStep(one: DataPlaneCase, step: WayStep): void {
  const { subject, context, answered, connection, probes } = one;
  if (answered.has(step)) return;
  const evidence = probes ? [context.at(probes)] : [];
  const fine = (detail: string) => context.looked({ check: step, subject, values: { detail }, evidence });
  const unseen = (reason: string) => context.looked({ check: step, subject, unseen: reason, evidence });
  const tried: Tried | undefined = probes?.value[step];
  if (connection === 'up' || connection === 'late') fine(CONNECTED);
  else if (tried?.state === 'works') fine(`tried from its container: ${tried.detail}`);
  else if (tried?.state === 'fails') unseen(`tried from its container: ${tried.detail}`);
  else {
    const failed = one.link.failing && one.link.last ? stepOf(one.link.last.class) : undefined;
    if (failed === undefined) unseen(whyNotTried(one, tried));
    else if (isPast(step, failed, one)) fine(REACHED[step]);
    else unseen('an earlier step fails');
  }
}

/** Whether a failure at one step shows that another was taken; behind a proxy the proxy resolves the name. */
function isPast(step: WayStep, failed: LinkStep, { link }: DataPlaneCase): boolean {
  if (step === 'dns' && link.last?.class === 'proxyFailed') return false;
  return failed === 'link' || WAY.indexOf(step) < WAY.indexOf(failed);
}

function whyNotTried({ life, link }: DataPlaneCase, tried: Tried | undefined): string {
  if (life.is === 'not running') return 'its container does not run';
  const nothing = link.seen ? 'its log names no failure' : 'its log was not read';
  const why = tried?.state === 'untried' ? tried.reason : 'no command was run in the container (`--exec`)';
  return `${nothing}, and ${why}`;
}

function answerService(one: DataPlaneCase): void {
  const { plane, subject, context, answered, connection, report } = one;
  if (answered.has('service')) return;
  const { target } = plane;
  const path = networkPath(target, plane.controlPlanes);
  const evidence = [
    target.found === 'service'
      ? context.at(target.service, '/spec/ports')
      : context.at(plane.pod, plane.addressPointer),
  ];
  if ('problem' in path) {
    report({
      message: 'serviceUnusable',
      severity: 'warning',
      values: { pod: subject, address: plane.address ?? '', problem: path.problem },
      subject,
      related: relatedOf(plane, 'network'),
      evidence: evidenceOf(one, ...evidence),
      checks: ['service'],
    });
  } else if ('fine' in path) {
    context.looked({ check: 'service', subject, values: { path: path.fine }, evidence });
  } else if (connection === 'up') {
    const values = { path: 'the data plane is connected, so there is a way' };
    context.looked({ check: 'service', subject, values, evidence });
  } else context.looked({ check: 'service', subject, unseen: path.unseen, evidence });
}

function answerPolicy(one: DataPlaneCase): void {
  const { plane, subject, context, answered, connection, inputs } = one;
  if (answered.has('policy')) return;
  const { policies } = inputs;
  const covered = policies.coverage.covers(plane.pod.metadata.namespace);
  const stop = policyStop(one);
  const evidence = stop?.policies[0] ? [context.at(stop.policies[0])] : [];
  const unseen = (reason: string) => context.looked({ check: 'policy', subject, unseen: reason, evidence });
  const fine = (detail: string) => context.looked({ check: 'policy', subject, values: { detail }, evidence });
  if (connection === 'up') fine(CONNECTED);
  else if (stop) {
    const { name, namespace } = subjectOf(stop.policies[0]!);
    unseen(`\`${namespace}/${name}\` allows no such connection, if policies are enforced here`);
  } else if (covered !== true) unseen(`NetworkPolicies were not seen: ${covered.reason}`);
  else if (policies.items.length === 0) fine('there are none');
  else if (!areEnforced(one)) fine('the network plugin enforces none');
  else if (plane.target.found === 'service') fine('nothing in the way of the Service');
  else unseen('the address leads to no Service that was seen');
}
