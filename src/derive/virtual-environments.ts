import {
  type DestinationRuleItem,
  destinationRules,
  type VirtualServiceItem,
  virtualServices,
} from '../artifacts/istio-resources.ts';
import {
  type VirtualEnvironmentItem,
  virtualEnvironments,
} from '../artifacts/virtual-environment-resources.ts';
import type { Applicability } from '../model/analyzer.ts';
import { type Collection, defineDerived, type Inputs, logSignals, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { ResourceIdentity } from '../model/json.ts';
import type { LogSignals } from '../model/log-signals.ts';
import {
  COMPONENT_NEEDS,
  type EnvironmentComponent,
  type EnvironmentWebhook,
  environmentComponents,
} from './virtual-environment-components.ts';
import { type EnvironmentSpec, environmentSpec } from './virtual-environment-spec.ts';

/** How it is known which of several instances the operator goes by. */
export type EffectiveBy =
  /** There is one only. */
  | 'only'
  /** The operator says so itself. */
  | 'operator'
  /** The last line of the operator's log that names one. */
  | 'log'
  /** The owner of all VirtualServices and DestinationRules it has made. */
  | 'owner';

/** The VirtualEnvironment a namespace is routed by. */
export interface EffectiveEnvironment {
  readonly instance: VirtualEnvironmentItem;
  readonly spec: EnvironmentSpec;
  readonly by: EffectiveBy;
}

/** A namespace with a VirtualEnvironment or an operator. */
export interface EnvironmentNamespace {
  readonly namespace: string;
  readonly instances: readonly VirtualEnvironmentItem[];
  /** Undefined without an instance, and where nobody tells which of several it is. */
  readonly effective: EffectiveEnvironment | undefined;
  /** Undefined when neither a Deployment nor a pod of it is seen. */
  readonly operator: EnvironmentComponent | undefined;
}

/** KtEnv in the cluster. */
export interface VirtualEnvironments {
  /** By name. */
  readonly namespaces: readonly EnvironmentNamespace[];
  of(namespace: string | undefined): EnvironmentNamespace | undefined;
  readonly webhook: EnvironmentWebhook | undefined;
  /** Whether an analyzer of KtEnv has anything to look at: its `appliesTo`. */
  readonly applies: Applicability;
}

/** Lines of an operator that name the instance it works on (virtualenv/reconcile_trigger.go). */
const operatorRequests = logSignals({
  component: { id: 'virtual-env-operator', container: /^virtual-env-operator$/ },
  patterns: {
    request: {
      any: ['Receive reconcile request with name: '],
      re: /Receive reconcile request with name: (?<name>\S+)/,
    },
  },
});

const needs = {
  instances: virtualEnvironments,
  ...COMPONENT_NEEDS,
  virtualServices: optional(virtualServices),
  destinationRules: optional(destinationRules),
  log: optional(operatorRequests),
};

/** Namespaces with virtual environments, which instance each is routed by, and the components of KtEnv. */
export const environmentNamespaces = defineDerived({
  id: 'virtual-environments',
  title: 'Virtual environments',
  needs,
  derive(inputs): VirtualEnvironments {
    const parts = environmentComponents(inputs);
    const instances = new Map<string, VirtualEnvironmentItem[]>();
    for (const item of inputs.instances.items)
      getOrCreate(instances, item.metadata.namespace ?? '', () => []).push(item);
    const isClear =
      [...instances.values()].every(({ length }) => length === 1) && inputs.instances.coverage.complete;
    const owners = isClear ? new Map() : ownersIn(inputs);
    const names = [...new Set([...instances.keys(), ...parts.operators.keys()])].sort();
    const namespaces = names.map((namespace): EnvironmentNamespace => {
      const own = instances.get(namespace) ?? [];
      const operator = parts.operators.get(namespace) ?? (own.length > 0 ? parts.everywhere : undefined);
      return {
        namespace,
        instances: own,
        effective: effectiveOf(namespace, own, operator, { inputs, owners }),
        operator,
      };
    });
    const byName = new Map(namespaces.map((one) => [one.namespace, one]));
    return {
      namespaces,
      of: (namespace) => byName.get(namespace ?? ''),
      webhook: parts.webhook,
      applies: appliesOf(namespaces, parts.webhook, inputs),
    };
  },
});

type In = Inputs<typeof needs>;

/**
 * A cluster without KtEnv does not serve its kind, and has none of its programs. A kind that was asked for and not
 * read is served: then there may be instances without an operator.
 */
function appliesOf(
  namespaces: readonly EnvironmentNamespace[],
  webhook: EnvironmentWebhook | undefined,
  { instances, pods: podItems }: In,
): Applicability {
  if (namespaces.length > 0 || webhook) return true;
  const { complete, gaps } = instances.coverage;
  const asked = gaps.some(({ outcome }) => outcome !== 'skipped' && outcome !== 'absent-from-layout');
  if (complete || (!asked && podItems.coverage.complete))
    return { applies: false, reason: 'no virtual environment of KtEnv is seen' };
  return { applies: 'unseen', gaps };
}

function effectiveOf(
  namespace: string,
  instances: readonly VirtualEnvironmentItem[],
  operator: EnvironmentComponent | undefined,
  { inputs, owners }: { readonly inputs: In; readonly owners: ReadonlyMap<string, string> },
): EffectiveEnvironment | undefined {
  const as = (name: string | undefined, by: EffectiveBy): EffectiveEnvironment | undefined => {
    const instance = instances.find(({ metadata }) => metadata.name === name);
    return instance && { instance, spec: environmentSpec(instance), by };
  };
  const [first] = instances;
  // A list that was cut short may hide the one that is in effect.
  const isOnly = instances.length === 1 && inputs.instances.coverage.covers(namespace) === true;
  if (!first || isOnly) return as(first?.metadata.name, 'only');
  return (
    as(toldInstance(namespace, inputs), 'operator') ??
    as(loggedInstance(operator, inputs.log), 'log') ??
    as(owners.get(namespace), 'owner')
  );
}

function toldInstance(namespace: string, { statuses }: In): string | undefined {
  const told = statuses.items.flatMap(({ value }) => value.instance ?? []);
  return told.find((one) => one.namespace === namespace)?.name;
}

function loggedInstance(
  operator: EnvironmentComponent | undefined,
  log: LogSignals<'request'>,
): string | undefined {
  const lines = (operator?.pods ?? []).flatMap(({ metadata: { namespace = '', name } }) =>
    log.matches('request', { namespace, pod: name, container: operator?.container ?? '' }),
  );
  return lines.at(-1)?.hits.at(-1)?.captures.name;
}

/** Instances by the namespaces whose routing objects all belong to them. */
function ownersIn({ virtualServices: routes, destinationRules: rules }: In): ReadonlyMap<string, string> {
  const owners = new Map<string, Set<string>>();
  const collections: readonly Collection<VirtualServiceItem | DestinationRuleItem>[] = [routes, rules];
  for (const item of collections.flatMap(({ items }) => items)) {
    const owner = environmentOwner(item);
    if (owner !== undefined) getOrCreate(owners, item.metadata.namespace ?? '', () => new Set()).add(owner);
  }
  const sole = [...owners].filter(
    ([namespace, names]) =>
      names.size === 1 && collections.every(({ coverage }) => coverage.covers(namespace) === true),
  );
  return new Map(sole.map(([namespace, names]) => [namespace, [...names].join('')]));
}

/** Name of the VirtualEnvironment that owns an object; undefined when none does. */
export function environmentOwner({ metadata }: ResourceIdentity): string | undefined {
  const owner = metadata.ownerReferences?.find(
    ({ kind, apiVersion }) => kind === 'VirtualEnvironment' && apiVersion.startsWith('env.alibaba.com/'),
  );
  return owner?.name;
}
