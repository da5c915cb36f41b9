import { roleBindings, roles, serviceAccounts } from '../artifacts/access-resources.ts';
import {
  apiServices,
  customResourceDefinitions,
  mutatingWebhookConfigurations,
  validatingWebhookConfigurations,
} from '../artifacts/extension-resources.ts';
import { gateways, httpRoutes } from '../artifacts/gateway-resources.ts';
import { ingresses, services } from '../artifacts/network-resources.ts';
import { horizontalPodAutoscalers, podDisruptionBudgets } from '../artifacts/policy-resources.ts';
import { configMaps, pods, secrets } from '../artifacts/resources.ts';
import { persistentVolumeClaims, persistentVolumes } from '../artifacts/storage-resources.ts';
import {
  cronJobs,
  daemonSets,
  deployments,
  jobs,
  replicaSets,
  statefulSets,
} from '../artifacts/workload-resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { ResourceIdentity } from '../model/json.ts';

/** Objects whose deletion was asked for and that are still there. */
export interface DeletingObjects {
  readonly all: readonly ResourceIdentity[];
  /** Those of one namespace. */
  within(namespace: string): readonly ResourceIdentity[];
}

/**
 * Objects being deleted, of every kind the analyzers read. Custom resources are among them only where a kind
 * of theirs is known here: what a namespace still holds of others, its own conditions say.
 */
export const deletingObjects = defineDerived({
  id: 'deleting-objects',
  title: 'Objects being deleted',
  needs: {
    deployments,
    statefulSets,
    daemonSets,
    replicaSets,
    jobs,
    services,
    claims: persistentVolumeClaims,
    volumes: persistentVolumes,
    definitions: customResourceDefinitions,
    pods: optional(pods),
    cronJobs: optional(cronJobs),
    ingresses: optional(ingresses),
    gateways: optional(gateways),
    routes: optional(httpRoutes),
    configMaps: optional(configMaps),
    secrets: optional(secrets),
    serviceAccounts: optional(serviceAccounts),
    roles: optional(roles),
    roleBindings: optional(roleBindings),
    autoscalers: optional(horizontalPodAutoscalers),
    budgets: optional(podDisruptionBudgets),
    apiServices: optional(apiServices),
    validating: optional(validatingWebhookConfigurations),
    mutating: optional(mutatingWebhookConfigurations),
  },
  derive(inputs): DeletingObjects {
    const lists = Object.values(inputs).map(({ items }) => items as readonly ResourceIdentity[]);
    const all = lists.flatMap((items) =>
      items.filter((item) => item.metadata.deletionTimestamp !== undefined),
    );
    const byNamespace = new Map<string, ResourceIdentity[]>();
    for (const item of all) {
      const { namespace } = item.metadata;
      if (namespace !== undefined) getOrCreate(byNamespace, namespace, () => []).push(item);
    }
    return { all, within: (namespace) => byNamespace.get(namespace) ?? [] };
  },
});
