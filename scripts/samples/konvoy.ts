import { definition } from './definitions.ts';
import { type ClusterPart, DAY, objectOf, type Parts } from './object.ts';
import type { ApiObject } from './scenario.ts';
import { deployment } from './workloads.ts';

const GROUP = 'kubeaddons.mesosphere.io';
/** Where Konvoy keeps its controller, and releases addons that name no other namespace. */
export const KUBEADDONS = 'kubeaddons';
/** The cluster was made so long before the collection, and its addons with it. */
export const INSTALLED = 40 * DAY;

/** An addon, as far as it differs from one that is deployed. */
export interface Addon {
  readonly name: string;
  readonly chart: string;
  readonly revision: string;
  /** Names of the addons it requires. */
  readonly requires?: readonly string[];
  readonly namespace?: string;
  /** Seconds since it was enabled. */
  readonly age?: number;
  readonly stage?: string;
  readonly ready?: boolean;
}

/** A ClusterAddon with the status its controller gives it. */
export function clusterAddon(addon: Addon): ApiObject {
  const { name, chart, revision, requires = [], namespace = KUBEADDONS } = addon;
  const { age = INSTALLED, stage = 'deployed', ready = true } = addon;
  const nameLabel = (value: string) => ({ [`${GROUP}/name`]: value });
  return objectOf(
    {
      apiVersion: `${GROUP}/v1beta2`,
      kind: 'ClusterAddon',
      name,
      age,
      labels: nameLabel(name),
      annotations: { [`catalog.${GROUP}/addon-revision`]: revision },
    },
    {
      spec: {
        namespace,
        chartReference: { chart, repo: 'https://charts.example/stable', version: revision.split('-')[0] },
        requires: requires.map((one): Parts => ({ matchLabels: nameLabel(one) })),
      },
      status: { ready, stage },
    },
  );
}

/** The controller of the addons with its definition and namespace. */
export function addonController(): ClusterPart {
  const name = 'kubeaddons-controller-manager';
  const objects = deployment({
    namespace: KUBEADDONS,
    name,
    hash: '7b6f8d5c9d',
    age: INSTALLED,
    labels: { 'control-plane': 'controller-manager' },
    container: {
      name: 'manager',
      image: 'registry.example/mesosphere/kubeaddons:v0.26.0',
      resources: { requests: { cpu: '100m', memory: '64Mi' } },
    },
    replicas: [{ suffix: 'x5v9c', node: 'worker-1', ip: '10.244.1.80' }],
  });
  return {
    objects: [
      objectOf({ kind: 'Namespace', name: KUBEADDONS, age: INSTALLED }, { status: { phase: 'Active' } }),
      definition(GROUP, 'ClusterAddon', 'v1beta2', 'Cluster'),
      ...objects,
    ],
    logs: [],
  };
}
