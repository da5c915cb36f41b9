import { kongClusteringStatus } from '../artifacts/kong-clustering-status.ts';
import { services } from '../artifacts/network-resources.ts';
import { networkPolicies } from '../artifacts/policy-resources.ts';
import { secrets } from '../artifacts/resources.ts';
import type { AnalyzeContext, EvidenceRefs, ReportArgument } from '../model/analyzer.ts';
import { type Inputs, optional } from '../model/artifact.ts';
import type { EvidenceRef } from '../model/finding.ts';
import { checksOf, type Message } from '../model/message.ts';
import { type ObjectRef, type Subject, subjectKey, subjectOf } from '../model/subject.ts';
import { certificateInventory } from './certificate-inventory.ts';
import { clusterCertificate, clusterSecret, type Leaves } from './kong-cluster-certificate.ts';
import { type DataPlaneView, kongDataPlanes } from './kong-data-planes.ts';
import { kongLog } from './kong-link-failure.ts';
import { LINK_MESSAGES } from './kong-link-messages.ts';
import { kongPlaneLog, lastLine } from './kong-plane-log.ts';
import { type PLANE_CHECKS, PLANE_MESSAGES } from './kong-plane-messages.ts';
import { type KongDataPlane, kongPlanes } from './kong-planes.ts';
import { hostNameOf, type KongRegistry, type RegistryRow } from './kong-registry.ts';
import { networkAgents } from './network-agents.ts';
import { policyWorld } from './policy-world.ts';

/** All that is said of data planes. */
export const DATA_PLANE_MESSAGES = { ...LINK_MESSAGES, ...PLANE_MESSAGES } as const;

/** What data planes are judged by; only pods and the lists of control planes can accuse or acquit. */
export const DATA_PLANE_NEEDS = {
  planes: kongPlanes,
  views: kongDataPlanes,
  log: optional(kongLog),
  planeLog: optional(kongPlaneLog),
  secrets: optional(secrets),
  certificates: optional(certificateInventory),
  policies: optional(networkPolicies),
  world: policyWorld,
  agents: optional(networkAgents),
} as const;

/** The context of an analyzer that says it. */
export type DataPlaneContext = AnalyzeContext<typeof DATA_PLANE_MESSAGES, typeof PLANE_CHECKS>;

interface Surroundings {
  readonly inputs: Inputs<typeof DATA_PLANE_NEEDS>;
  readonly leaves: Leaves;
  readonly context: DataPlaneContext;
}

/** One data plane on its way through the checks. */
export interface DataPlaneCase extends DataPlaneView, Surroundings {
  readonly subject: ObjectRef;
  /** Rows of the checklist a finding has filled. */
  readonly answered: ReadonlySet<string>;
  report(argument: ReportArgument<typeof DATA_PLANE_MESSAGES>): void;
}

/** Opens the case of a data plane; remembers which rows its findings fill. */
export function dataPlaneCase(view: DataPlaneView, surroundings: Surroundings): DataPlaneCase {
  const answered = new Set<string>();
  return {
    ...view,
    ...surroundings,
    subject: subjectOf(view.plane.pod),
    answered,
    report(argument) {
      const message: Message = DATA_PLANE_MESSAGES[argument.message];
      for (const check of argument.checks ?? checksOf(message)) answered.add(check);
      surroundings.context.report(argument);
    },
  };
}

/** The control plane a list comes from: its pod, or the host that was asked. */
export function controlPlaneOf({ controlPlane: from }: KongRegistry): Subject {
  if (from && 'pod' in from) return { group: '', kind: 'Pod', namespace: from.namespace, name: from.pod };
  return { external: 'host', name: from ? from.url : 'Kong control plane' };
}

/** What the list says of a data plane, cited; empty when there is none. */
export function registryEvidence({ plane, context }: DataPlaneCase): EvidenceRef[] {
  const { registration } = plane;
  if ('entry' in registration) {
    const { registry, pointer } = registration.entry;
    return [context.at(registry.document, pointer)];
  }
  if (registration.state === 'unseen') return [];
  const { scope } = registration.registry.document;
  return [context.absent({ artifact: kongClusteringStatus, scope, name: plane.pod.metadata.name })];
}

/** Evidence of a data plane's own settings, with whatever else there is. */
export function evidenceOf(one: DataPlaneCase, ...more: EvidenceRef[]): EvidenceRefs {
  const { plane, context } = one;
  return [
    ...more,
    ...registryEvidence(one),
    context.at(plane.pod, plane.addressPointer),
  ] as unknown as EvidenceRefs;
}

/** Control planes named beside a data plane whose own one cannot be told. */
const OPPOSITE_MAX = 10;

/** What lies between a data plane and its control plane, or what the two show each other. */
export function relatedOf(plane: KongDataPlane, by: 'network' | 'certificate' | 'both'): Subject[] {
  const service = plane.target.found === 'service' ? [subjectOf(plane.target.service)] : [];
  const opposite = plane.controlPlanes.slice(0, OPPOSITE_MAX);
  const network = [...service, ...opposite.map(({ pod }) => subjectOf(pod))];
  const holders = [plane, ...opposite].map(clusterSecret);
  const certificates = distinct(holders.filter((secret) => secret !== undefined));
  if (by === 'network') return network;
  return by === 'certificate' ? certificates : [...network, ...certificates];
}

function distinct(subjects: readonly Subject[]): Subject[] {
  return [...new Map(subjects.map((subject) => [subjectKey(subject), subject])).values()];
}

/** Since when its control plane has not heard of it, where the list says so. */
export function sinceOf(entry: RegistryRow | undefined): { since?: string } {
  const seen = entry?.row.lastSeen;
  return seen === undefined ? {} : { since: new Date(seen * 1000).toISOString().replace('.000Z', 'Z') };
}

/** Whole seconds of an age, never below zero. */
export function wholeSeconds(age: RegistryRow['age']): number {
  return Math.max(0, Math.round(age?.seconds ?? 0));
}

/** The Service an address leads to, or that there is none. */
export function serviceEvidence({ plane: { target }, context }: DataPlaneCase): EvidenceRef[] {
  if (target.found === 'service') return [context.at(target.service, '/spec')];
  if (target.found !== 'nothing') return [];
  const { namespace, name } = target;
  return [context.absent({ artifact: services, scope: { type: 'namespace', namespace }, name })];
}

/** The certificates of both sides, and what the control plane wrote when it refused this one. */
export function certificateEvidence({ plane, leaves, inputs, context }: DataPlaneCase): EvidenceRef[] {
  const { name } = plane.pod.metadata;
  const held = [plane, ...plane.controlPlanes].flatMap((one) => {
    const seen = clusterCertificate(one, leaves, inputs.secrets);
    return 'leaf' in seen ? [seen.leaf] : [];
  });
  const distinct = [...new Map(held.map((leaf) => [leaf.holder, leaf])).values()];
  const refusals = plane.controlPlanes.flatMap(({ pod, container }): EvidenceRef[] => {
    const from = { namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name, container };
    const matches = inputs.log.matches('certificateRefused', from)[0];
    const hit = matches?.hits.findLast(({ text }) => text.includes(name));
    return matches && hit ? [{ cite: 'matches', matches, hit }] : [];
  });
  return [...refusals, ...distinct.map(({ holder, pointer }) => context.at(holder, pointer))];
}

/** What its control plane wrote of a link with this data plane that did not last. */
export function handshakeEvidence({ plane, inputs }: DataPlaneCase): EvidenceRef[] {
  const host = hostNameOf(plane.pod);
  return plane.controlPlanes.flatMap(({ pod, container }): EvidenceRef[] => {
    const owner = { namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name, container };
    const line = lastLine(inputs.planeLog, 'handshakeBroken', owner, ({ text }) =>
      text.includes(`host: ${host}`),
    );
    return line ? [{ cite: 'matches', ...line }] : [];
  });
}
