import { type PodItem, pods } from '../artifacts/resources.ts';
import { type DeriveContext, defineDerived, optional } from '../model/artifact.ts';
import type { Gap } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { isOlder } from '../model/observation.ts';
import { type LabelIndex, labelIndex } from './label-index.ts';
import { hasEnded, isReady, readinessSince } from './pod-readiness.ts';
import { SETTLED_SECONDS } from './virtual-environment-changes.ts';
import type { EnvironmentWorkload, NamespaceRouting, ServiceRouting } from './virtual-environment-routing.ts';
import { subsetName } from './virtual-environment-rules.ts';
import { environmentNamespaces } from './virtual-environments.ts';

/** A subset that several workloads of a Service give. */
export interface SharedSubset {
  readonly name: string;
  /** Environments it stands for: more than one when their names differ in `_`, `.` and `-` only. */
  readonly values: readonly string[];
  readonly workloads: readonly EnvironmentWorkload[];
}

/** Subsets the operator would write more than once: one per workload, whatever its environment. */
export function sharedSubsets({ related }: ServiceRouting): readonly SharedSubset[] {
  const byName = new Map<string, EnvironmentWorkload[]>();
  for (const one of related) getOrCreate(byName, subsetName(one.value), () => []).push(one);
  return [...byName]
    .filter(([, workloads]) => workloads.length > 1)
    .map(([name, workloads]) => ({
      name,
      values: [...new Set(workloads.map(({ value }) => value))],
      workloads,
    }));
}

/** Names Istio takes for a subset (pkg/config/validation, ValidateSubsetName: a DNS-1123 label of any case). */
const NAME = /^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$/;

/** Why Istio refuses the name a value gives; undefined when it does not. */
export function refusedName(value: string): string | undefined {
  const name = subsetName(value);
  if (name === '') return 'subset name cannot be empty';
  if (name.length > 63) return 'subset name is longer than 63 characters';
  return NAME.test(name) ? undefined : `subset name is invalid: ${name}`;
}

/** Whether the default route leads to a subset no workload of the Service gives. */
export function lacksDefault(
  { expected, related }: ServiceRouting,
  { effective }: NamespaceRouting,
): boolean {
  const { defaultSubset } = effective.spec;
  if (defaultSubset === '' || !expected.routes.some(({ header }) => !header)) return false;
  const name = subsetName(defaultSubset);
  return !related.some(({ value }) => subsetName(value) === name);
}

/** An environment of a Service that no ready pod stands for. */
export interface EmptySubset {
  readonly value: string;
  /** `asleep`: its workloads want none. `noPods`: they want some, and there is none. */
  readonly state: 'unready' | 'asleep' | 'noPods';
  readonly workloads: readonly EnvironmentWorkload[];
  readonly pods: readonly PodItem[];
}

/** Pods of namespaces with virtual environments. */
export interface EnvironmentPods {
  /** Environments without a ready pod; why not all pods of the namespace were seen. */
  empty(
    one: ServiceRouting,
    namespace: NamespaceRouting,
    context: Pick<DeriveContext, 'age'>,
  ): readonly EmptySubset[] | Gap;
}

/** Pods behind the subsets of virtual environments. */
export const environmentPods = defineDerived({
  id: 'virtual-environment-pods',
  title: 'Pods in virtual environments',
  needs: { environments: environmentNamespaces, pods: optional(pods) },
  derive({ environments, pods: collection }): EnvironmentPods {
    const routed = new Set(
      environments.namespaces.flatMap(({ namespace, effective }) => (effective ? [namespace] : [])),
    );
    const isOwn = (pod: PodItem) => routed.has(pod.metadata.namespace ?? '') && !hasEnded(pod);
    const own = routed.size > 0 ? collection.items.filter(isOwn) : [];
    const index: LabelIndex<PodItem> = labelIndex(own);
    return {
      empty(one, namespace, context) {
        const covered = collection.coverage.covers(namespace.environment.namespace);
        return covered === true ? emptyOf(one, namespace, { index, context }) : covered;
      },
    };
  },
});

interface Pods {
  readonly index: LabelIndex<PodItem>;
  readonly context: Pick<DeriveContext, 'age'>;
}

/** A Service without any pod is told by its own analyzer; a cluster of tests sleeps at night. */
function emptyOf(
  { service, related }: ServiceRouting,
  { effective }: NamespaceRouting,
  { index, context }: Pods,
): readonly EmptySubset[] {
  const { namespace } = service.metadata;
  const selector = service.spec?.selector ?? {};
  if (index.matching(namespace, { matchLabels: selector }).length === 0) return [];
  const byValue = new Map<string, EnvironmentWorkload[]>();
  for (const one of related) getOrCreate(byValue, one.value, () => []).push(one);
  return [...byValue].flatMap(([value, workloads]) => {
    const matchLabels = { ...selector, [effective.spec.label]: value };
    const found = index.matching(namespace, { matchLabels });
    const state = stateOf(found, workloads, context);
    return state === undefined ? [] : [{ value, state, workloads, pods: found }];
  });
}

/** Pods that became unready a moment ago may be those of a rollout. */
function stateOf(
  found: readonly PodItem[],
  workloads: readonly EnvironmentWorkload[],
  { age }: Pick<DeriveContext, 'age'>,
): EmptySubset['state'] | undefined {
  if (found.length === 0)
    return workloads.every(({ item }) => item.spec?.replicas === 0) ? 'asleep' : 'noPods';
  const isDown = (pod: PodItem): boolean =>
    !isReady(pod) && isOlder(age(readinessSince(pod), pod), SETTLED_SECONDS) === true;
  return found.every(isDown) ? 'unready' : undefined;
}
