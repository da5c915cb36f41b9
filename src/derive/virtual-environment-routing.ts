import {
  type DestinationRuleItem,
  destinationRules,
  type VirtualServiceItem,
  virtualServices,
} from '../artifacts/istio-resources.ts';
import { type ServiceItem, services } from '../artifacts/network-resources.ts';
import {
  type EnvironmentOperatorStatus,
  virtualEnvironmentStatus,
} from '../artifacts/virtual-environment-status.ts';
import { deployments, statefulSets } from '../artifacts/workload-resources.ts';
import {
  type Collection,
  type DeriveContext,
  type DocumentItem,
  defineDerived,
  type Inputs,
  type ItemOf,
  optional,
} from '../model/artifact.ts';
import type { Gap, Lookup } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { type LabelIndex, labelIndex } from './label-index.ts';
import { type LastChange, lastChange, type Settling, settlingOf } from './virtual-environment-changes.ts';
import { routingTable } from './virtual-environment-routing-table.ts';
import { type ExpectedRules, expectedRules, type RoutedService } from './virtual-environment-rules.ts';
import {
  type EffectiveEnvironment,
  type EnvironmentNamespace,
  environmentNamespaces,
  environmentOwner,
} from './virtual-environments.ts';

/** Kinds whose templates the operator reads. */
export type RoutedWorkload = ItemOf<typeof deployments> | ItemOf<typeof statefulSets>;

/** A workload with the environment its template's labels name. */
export interface EnvironmentWorkload {
  readonly item: RoutedWorkload;
  readonly value: string;
}

/** A Service that selects workloads in environments: what is to be made of it, and what there is. */
export interface ServiceRouting {
  readonly service: ServiceItem;
  /** The workloads it selects, by their templates. */
  readonly related: readonly EnvironmentWorkload[];
  readonly expected: ExpectedRules;
  readonly virtualService: Lookup<VirtualServiceItem>;
  readonly destinationRule: Lookup<DestinationRuleItem>;
  /** Whether the operator has had the time to follow. */
  readonly settling: Settling;
}

/** A routing object of the operator that is for nothing now. */
export interface LeftBehind {
  readonly item: VirtualServiceItem | DestinationRuleItem;
  /** Undefined: there is no Service of its name. */
  readonly service: ServiceItem | undefined;
  readonly settling: Settling;
}

/** The routing of a namespace by its effective VirtualEnvironment. */
export interface NamespaceRouting {
  readonly environment: EnvironmentNamespace;
  readonly effective: EffectiveEnvironment;
  /** What was not seen of Services and workloads: then nothing can be told of what should be. */
  readonly gap: Gap | undefined;
  /** Every environment of the namespace. */
  readonly values: readonly string[];
  readonly services: readonly ServiceRouting[];
  /** Services without a selector: to the operator they select every workload of the namespace. */
  readonly unmeant: readonly ServiceRouting[];
  readonly leftBehind: readonly LeftBehind[];
  /** What the operator itself goes by. */
  readonly view: DocumentItem<EnvironmentOperatorStatus> | undefined;
}

const needs = {
  environments: environmentNamespaces,
  services: optional(services),
  deployments: optional(deployments),
  statefulSets: optional(statefulSets),
  virtualServices: optional(virtualServices),
  destinationRules: optional(destinationRules),
  statuses: optional(virtualEnvironmentStatus),
};
type In = Inputs<typeof needs>;

/** What the operators of KtEnv should have made of each Service, beside what exists. */
export const environmentRouting = defineDerived({
  id: 'virtual-environment-routing',
  title: 'Where requests of an environment go',
  needs,
  derive(inputs, context): readonly NamespaceRouting[] {
    const routed = inputs.environments.namespaces.filter(({ effective }) => effective !== undefined);
    if (routed.length === 0) return [];
    const index = indexOf(inputs);
    return routed.map((environment) => routingOf(environment, index, { inputs, context }));
  },
  table: routingTable,
});

interface Index {
  readonly services: ReadonlyMap<string | undefined, readonly ServiceItem[]>;
  readonly virtualServices: ReadonlyMap<string | undefined, readonly VirtualServiceItem[]>;
  readonly destinationRules: ReadonlyMap<string | undefined, readonly DestinationRuleItem[]>;
  readonly workloads: ReadonlyMap<string | undefined, readonly RoutedWorkload[]>;
}

interface Namespaced {
  readonly metadata: { readonly namespace?: string };
}

function byNamespace<T extends Namespaced>(...collections: readonly Collection<T>[]) {
  const found = new Map<string | undefined, T[]>();
  for (const { items } of collections)
    for (const item of items) getOrCreate(found, item.metadata.namespace, () => []).push(item);
  return found;
}

function indexOf(inputs: In): Index {
  return {
    services: byNamespace(inputs.services),
    virtualServices: byNamespace(inputs.virtualServices),
    destinationRules: byNamespace(inputs.destinationRules),
    workloads: byNamespace<RoutedWorkload>(inputs.deployments, inputs.statefulSets),
  };
}

interface Surroundings {
  readonly inputs: In;
  readonly context: DeriveContext;
}

function routingOf(
  environment: EnvironmentNamespace,
  index: Index,
  { inputs, context }: Surroundings,
): NamespaceRouting {
  const { namespace } = environment;
  const effective = environment.effective as EffectiveEnvironment;
  const own = index.services.get(namespace) ?? [];
  const labelled = workloadsOf(index.workloads.get(namespace) ?? [], effective.spec.label);
  const values = [...new Set(labelled.map(({ value }) => value))].sort();
  const changed = lastChange([effective.instance, ...labelled.map(({ item }) => item)], context);
  const place = {
    namespace,
    effective,
    values,
    changed,
    workloads: templateIndex(labelled),
    inputs,
    context,
  };
  const routings = own.flatMap((service) => serviceRouting(service, place) ?? []);
  const kinds = [inputs.services, inputs.deployments, inputs.statefulSets];
  const gaps = kinds.map(({ coverage }) => coverage.covers(namespace)).filter((one) => one !== true);
  const objects = [
    ...(index.virtualServices.get(namespace) ?? []),
    ...(index.destinationRules.get(namespace) ?? []),
  ];
  const names = new Set(environment.operator?.pods.map(({ metadata }) => metadata.name));
  return {
    environment,
    effective,
    gap: gaps[0],
    values,
    services: routings.filter(({ service }) => selects(service)),
    unmeant: routings.filter(({ service }) => !selects(service)),
    leftBehind: leftBehindOf(objects, own, routings, { changed, context }),
    view: inputs.statuses.items.find(
      ({ value }) => value.services && value.operator && names.has(value.operator.pod),
    ),
  };
}

/** An ExternalName stands for no pods, whatever its selector. */
function selects({ spec }: ServiceItem): boolean {
  return spec?.type !== 'ExternalName' && Object.keys(spec?.selector ?? {}).length > 0;
}

function workloadsOf(items: readonly RoutedWorkload[], label: string): readonly EnvironmentWorkload[] {
  return items.flatMap((item) => {
    const value = item.spec?.template?.metadata?.labels?.[label];
    return typeof value !== 'string' || item.metadata.deletionTimestamp ? [] : [{ item, value }];
  });
}

/** Workloads as their templates' labels have them. */
function templateIndex(workloads: readonly EnvironmentWorkload[]): LabelIndex<Templated> {
  return labelIndex(
    workloads.map((workload) => ({
      workload,
      metadata: { labels: workload.item.spec?.template?.metadata?.labels ?? {} },
    })),
  );
}

interface Templated {
  readonly workload: EnvironmentWorkload;
  readonly metadata: { readonly namespace?: string; readonly labels: Readonly<Record<string, string>> };
}

interface Place extends Surroundings {
  readonly namespace: string;
  readonly effective: EffectiveEnvironment;
  readonly values: readonly string[];
  readonly changed: LastChange | undefined;
  readonly workloads: LabelIndex<Templated>;
}

function serviceRouting(service: ServiceItem, place: Place): ServiceRouting | undefined {
  const { name } = service.metadata;
  // The operator leaves this one out by its name, whatever the namespace.
  if (name === 'kubernetes' || service.metadata.deletionTimestamp) return undefined;
  const { namespace, effective, values, changed, inputs, context } = place;
  const matching = place.workloads.matching(undefined, { matchLabels: service.spec?.selector ?? {} });
  const related = matching.map(({ workload }) => workload);
  const expected = expectedRules(
    routedService(service),
    related.map(({ value }) => value),
    values,
    effective.spec,
  );
  if (!expected) return undefined;
  const virtualService = inputs.virtualServices.lookup({ namespace, name });
  const destinationRule = inputs.destinationRules.lookup({ namespace, name });
  const found = [virtualService, destinationRule].flatMap((one) =>
    one.state === 'present' ? [one.item] : [],
  );
  const settling = settlingOf([service, ...found], changed, context);
  return { service, related, expected, virtualService, destinationRule, settling };
}

/** A Service as the operator records it; a list in an annotation is split at its commas, nothing trimmed. */
export function routedService({ metadata, spec }: ServiceItem): RoutedService {
  const { annotations = {} } = metadata;
  return {
    name: metadata.name,
    ports: (spec?.ports ?? []).map(({ name = '', port }) => ({ name, port })),
    gateways: annotations['kt-virtual-environment/gateways']?.split(',') ?? [],
    hosts: annotations['kt-virtual-environment/hosts']?.split(',') ?? [],
  };
}

/** Objects of the operator whose Service is gone, selects nothing any more, or is not routed any more. */
function leftBehindOf(
  objects: readonly (VirtualServiceItem | DestinationRuleItem)[],
  own: readonly ServiceItem[],
  routings: readonly ServiceRouting[],
  { changed, context }: { readonly changed: LastChange | undefined; readonly context: DeriveContext },
): readonly LeftBehind[] {
  const made = new Set(
    routings.filter(({ expected }) => expected.made).map(({ service }) => service.metadata.name),
  );
  const byName = new Map(own.map((service) => [service.metadata.name, service]));
  return objects
    .filter((item) => environmentOwner(item) !== undefined && !made.has(item.metadata.name))
    .filter(({ metadata }) => !metadata.deletionTimestamp)
    .map((item) => {
      const service = byName.get(item.metadata.name);
      const settling = settlingOf(service ? [item, service] : [item], changed, context);
      return { item, service, settling };
    });
}
