import { type ItemOf, type ResourcesArtifact, resources } from '../model/artifact.ts';
import { CONDITIONS } from './resources.ts';

// Kinds of configuration.konghq.com and gateway-operator.konghq.com, which client-node has no types of: only their
// conditions. Specs of plugins may hold secrets and are not kept. Fields as in Kong's CRD reference.

interface Conditioned {
  readonly spec?: { readonly plugin?: string };
  readonly plugin?: string;
  readonly disabled?: boolean;
  readonly username?: string;
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
      readonly lastTransitionTime?: string;
      readonly observedGeneration?: number;
    }[];
  };
}

const CONFIGURATION = 'configuration.konghq.com';
const OPERATOR = 'gateway-operator.konghq.com';
const STATUS = { status: { conditions: CONDITIONS } } as const;

export const kongPlugins = resources<Conditioned>()(CONFIGURATION, 'KongPlugin', { plugin: true, ...STATUS });
export type KongObjectItem = ItemOf<typeof kongPlugins>;

export const kongClusterPlugins: ResourcesArtifact<KongObjectItem> = resources<Conditioned>()(
  CONFIGURATION,
  'KongClusterPlugin',
  { plugin: true, ...STATUS },
  { namespaced: false },
);

function conditioned(group: string, kind: string, namespaced = true): ResourcesArtifact<KongObjectItem> {
  return resources<Conditioned>()(group, kind, { plugin: true, ...STATUS }, { namespaced });
}

export const kongConsumers = conditioned(CONFIGURATION, 'KongConsumer');
export const kongConsumerGroups = conditioned(CONFIGURATION, 'KongConsumerGroup');
export const kongUpstreamPolicies = conditioned(CONFIGURATION, 'KongUpstreamPolicy');
export const kongVaults = conditioned(CONFIGURATION, 'KongVault', false);
export const kongCustomEntities = conditioned(CONFIGURATION, 'KongCustomEntity');
export const tcpIngresses = conditioned(CONFIGURATION, 'TCPIngress');
export const udpIngresses = conditioned(CONFIGURATION, 'UDPIngress');
/** Of the gateway operator: what it deploys. */
export const operatorDataPlanes = conditioned(OPERATOR, 'DataPlane');
export const operatorControlPlanes = conditioned(OPERATOR, 'ControlPlane');
