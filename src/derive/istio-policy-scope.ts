import type { AuthorizationPolicyItem } from '../artifacts/istio-workload-resources.ts';
import type { Coverage } from '../model/coverage.ts';
import { type ObjectRef, subjectOf } from '../model/subject.ts';
import { type IstioFault, unseen } from './istio-fault.ts';
import { hasTargets, labelsText, type ScopedItem, scopeLabels } from './istio-scope-conflicts.ts';
import type { IstioSidecars } from './istio-sidecars.ts';
import type { IstioWorkloads } from './istio-workloads.ts';

/** A policy that is for nothing, or names nobody. */
export type PolicyFinding =
  | {
      readonly message: 'noPods' | 'notInMesh';
      readonly values: { readonly policy: ObjectRef; readonly selector: string };
    }
  | {
      readonly message: 'namespaceUnknown';
      readonly values: {
        readonly policy: ObjectRef;
        readonly names: readonly string[];
        readonly effect: string;
      };
    };

/** What policies are for. */
export interface PolicyWorld {
  readonly workloads: IstioWorkloads;
  readonly sidecars: IstioSidecars;
  readonly namespacesSeen: Coverage;
  readonly namespaceNames: readonly string[];
  readonly rootNamespace: string;
  readonly isRootKnown: boolean;
  /** ztunnel enforces policies for pods that have no proxy of their own. */
  readonly hasAmbient: boolean;
  /** Namespaces may exist in other clusters of the mesh only. */
  readonly hasOtherClusters: boolean;
}

/** Whether the pods an object of Istio selects are there and in the mesh. */
export function* scopeFaults(item: ScopedItem, world: PolicyWorld): Generator<IstioFault<PolicyFinding>> {
  const { namespace } = item.metadata;
  const labels = scopeLabels(item);
  if (hasTargets(item)) return;
  const policy = subjectOf(item);
  const selector = labels ? labelsText(labels) : 'every label';
  const pointer = labels ? `/spec/${item.spec?.workloadSelector ? 'workloadSelector' : 'selector'}` : '/spec';
  if (namespace === world.rootNamespace) {
    if (!labels || world.hasAmbient || world.workloads.proxiesAnywhere(labels).length > 0) return;
    if (world.workloads.templatesAnywhere(labels).length > 0) return;
    const gap = world.workloads.gapOfWorkloads();
    if (gap) yield unseen(gap);
    else yield { kind: 'fault', finding: { message: 'noPods', values: { policy, selector } }, pointer };
    return;
  }
  // Where the mesh configuration was not seen this may be the root namespace.
  if (!world.isRootKnown && (!labels || world.workloads.proxiesAnywhere(labels).length > 0)) return;
  const { pods, asleep, machines } = world.workloads.selected(namespace, labels ?? {});
  if (machines.length > 0) return;
  const gap = world.workloads.gap(namespace);
  if (pods.length === 0) {
    if (!labels || asleep.length > 0) return;
    const missing = world.workloads.gapOfWorkloads(namespace);
    if (missing) yield unseen(missing);
    else yield { kind: 'fault', finding: { message: 'noPods', values: { policy, selector } }, pointer };
    return;
  }
  if (gap || !pods.every((pod) => world.sidecars.isInMesh(pod) === false)) return;
  const [pod] = pods;
  yield {
    kind: 'fault',
    finding: { message: 'notInMesh', values: { policy, selector } },
    pointer,
    ...(pod ? { shown: [{ item: pod, pointer: '/spec' }] } : {}),
  };
}

/** Namespaces an AuthorizationPolicy names as sources and which do not exist. */
export function* namespaceFaults(
  item: AuthorizationPolicyItem,
  { namespacesSeen, namespaceNames, hasOtherClusters }: PolicyWorld,
): Generator<IstioFault<PolicyFinding>> {
  const sources = (item.spec?.rules ?? []).flatMap(({ from = [] }, rule) =>
    from.flatMap(({ source }, place) =>
      (source?.namespaces ?? []).map((text) => ({
        text,
        pointer: `/spec/rules/${rule}/from/${place}/source`,
      })),
    ),
  );
  if (sources.length === 0 || hasOtherClusters) return;
  const [gap] = namespacesSeen.gaps;
  if (gap) {
    yield unseen(gap);
    return;
  }
  const unknown = sources.filter(({ text }) => !namespaceNames.some((name) => matchesPattern(name, text)));
  const [first] = unknown;
  if (!first) return;
  const names = [...new Set(unknown.map(({ text }) => `\`${text}\``))];
  const effect = item.spec?.action === 'DENY' ? 'nobody there is refused' : 'nobody there is let in';
  const values = { policy: subjectOf(item), names, effect };
  yield { kind: 'fault', finding: { message: 'namespaceUnknown', values }, pointer: first.pointer };
}

/** `*`, `prefix*`, `*suffix` or a name; case does not matter (istio analyzers/authz). */
function matchesPattern(name: string, pattern: string): boolean {
  const text = pattern.toLowerCase();
  if (text === '*') return true;
  if (text.startsWith('*')) return name.endsWith(text.slice(1));
  return text.endsWith('*') ? name.startsWith(text.slice(0, -1)) : name === text;
}
