import type { V1IngressClass } from '@kubernetes/client-node';
import { type ItemOf, resources } from '../model/artifact.ts';
import { CONDITIONS } from './resources.ts';

export const ingressClasses = resources<V1IngressClass>()(
  'networking.k8s.io',
  'IngressClass',
  {
    metadata: { annotations: { 'ingressclass.kubernetes.io/is-default-class': true } },
    spec: { controller: true },
  },
  { namespaced: false },
);
export type IngressClassItem = ItemOf<typeof ingressClasses>;

// Kinds of gateway.networking.k8s.io/v1, which client-node has no types of. Fields as in the Gateway API reference.

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
  readonly observedGeneration?: number;
}

interface ParentReference {
  readonly group?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
  readonly sectionName?: string;
}

interface GatewayClass {
  readonly spec?: { readonly controllerName?: string };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

interface Gateway {
  readonly spec?: {
    readonly gatewayClassName?: string;
    readonly listeners?: readonly {
      readonly name: string;
      readonly hostname?: string;
      readonly port?: number;
      readonly protocol?: string;
      readonly tls?: {
        readonly mode?: string;
        readonly certificateRefs?: readonly { kind?: string; namespace?: string; name: string }[];
      };
    }[];
  };
  readonly status?: {
    readonly addresses?: readonly { readonly type?: string; readonly value?: string }[];
    readonly conditions?: readonly Condition[];
    readonly listeners?: readonly {
      readonly name: string;
      readonly attachedRoutes?: number;
      readonly conditions?: readonly Condition[];
    }[];
  };
}

interface HttpRoute {
  readonly spec?: {
    readonly hostnames?: readonly string[];
    readonly parentRefs?: readonly ParentReference[];
    readonly rules?: readonly {
      readonly backendRefs?: readonly {
        readonly group?: string;
        readonly kind?: string;
        readonly namespace?: string;
        readonly name: string;
        readonly port?: number;
      }[];
    }[];
  };
  readonly status?: {
    readonly parents?: readonly {
      readonly parentRef: ParentReference;
      readonly controllerName?: string;
      readonly conditions?: readonly Condition[];
    }[];
  };
}

export const gatewayClasses = resources<GatewayClass>()(
  'gateway.networking.k8s.io',
  'GatewayClass',
  { spec: true, status: { conditions: { ...CONDITIONS, observedGeneration: true } } },
  { namespaced: false },
);
export type GatewayClassItem = ItemOf<typeof gatewayClasses>;

export const gateways = resources<Gateway>()('gateway.networking.k8s.io', 'Gateway', {
  spec: true,
  status: true,
});
export type GatewayItem = ItemOf<typeof gateways>;

export const httpRoutes = resources<HttpRoute>()('gateway.networking.k8s.io', 'HTTPRoute', {
  spec: {
    hostnames: true,
    parentRefs: true,
    rules: { backendRefs: { group: true, kind: true, namespace: true, name: true, port: true } },
  },
  status: true,
});
export type HttpRouteItem = ItemOf<typeof httpRoutes>;
