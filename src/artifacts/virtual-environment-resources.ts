import { type ItemOf, resources } from '../model/artifact.ts';
import { WRITERS } from './resources.ts';

/**
 * VirtualEnvironment of env.alibaba.com/v1alpha2, which client-node has no types of. Fields as in
 * alibaba/virtual-environment pkg/apis/env/v1alpha2; all are optional, and its status is never written.
 */
interface VirtualEnvironment {
  readonly metadata?: {
    readonly managedFields?: readonly { manager?: string; apiVersion?: string; time?: string }[];
  };
  readonly spec?: {
    readonly envLabel?: {
      readonly name?: string;
      /** One character between the levels of an environment's name. */
      readonly splitter?: string;
      readonly defaultSubset?: string;
    };
    readonly envHeader?: {
      readonly name?: string;
      readonly autoInject?: boolean;
      readonly aliases?: readonly {
        readonly name?: string;
        readonly pattern?: string;
        readonly placeholder?: string;
      }[];
    };
  };
}

/** Virtual environments of KtEnv: how the requests of a namespace are routed by a header. */
export const virtualEnvironments = resources<VirtualEnvironment>()('env.alibaba.com', 'VirtualEnvironment', {
  metadata: { managedFields: WRITERS },
  spec: {
    envLabel: { name: true, splitter: true, defaultSubset: true },
    envHeader: {
      name: true,
      autoInject: true,
      aliases: { name: true, pattern: true, placeholder: true },
    },
  },
});
export type VirtualEnvironmentItem = ItemOf<typeof virtualEnvironments>;
