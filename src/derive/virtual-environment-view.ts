import type { EnvironmentOperatorStatus } from '../artifacts/virtual-environment-status.ts';
import type { DeriveContext } from '../model/artifact.ts';
import type { ResourceIdentity } from '../model/json.ts';
import { isOlder } from '../model/observation.ts';
import { SETTLED_SECONDS } from './virtual-environment-changes.ts';
import type { NamespaceRouting } from './virtual-environment-routing.ts';

/**
 * The instance, Services to be routed and their workloads that an operator does not know although they are there for more than a
 * minute, by its own word (`inspector status`).
 */
export function unknownObjects(
  { services, effective }: NamespaceRouting,
  view: EnvironmentOperatorStatus,
  { age }: Pick<DeriveContext, 'age'>,
): readonly ResourceIdentity[] {
  const { services: known, labels } = view;
  if (!known || !labels) return [];
  const unknown = new Set<ResourceIdentity>(view.instance === null ? [effective.instance] : []);
  for (const { service, related } of services) {
    if (!Object.hasOwn(known, service.metadata.name)) unknown.add(service);
    for (const { item, value } of related) {
      const recorded = labels[`${item.kind}#${item.metadata.name}`];
      if (recorded?.[effective.spec.label] !== value) unknown.add(item);
    }
  }
  return [...unknown].filter((item) => isOlder(age(lastWritten(item), item), SETTLED_SECONDS) === true);
}

interface Written extends ResourceIdentity {
  readonly metadata: ResourceIdentity['metadata'] & {
    readonly managedFields?: readonly { readonly subresource?: string; readonly time?: string }[];
  };
}

function lastWritten({ metadata }: Written): string | undefined {
  const times = (metadata.managedFields ?? [])
    .filter(({ subresource }) => !subresource)
    .map(({ time }) => time);
  return [metadata.creationTimestamp, ...times]
    .filter((time) => time !== undefined)
    .sort()
    .at(-1);
}
