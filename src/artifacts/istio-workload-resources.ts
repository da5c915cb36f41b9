import { type ItemOf, resources } from '../model/artifact.ts';
import type { Condition } from '../model/condition.ts';
import type { WorkloadSelector } from './istio-resources.ts';
import { CONDITIONS } from './resources.ts';

// Istio's kinds that set up single workloads and who may call them: networking.istio.io (Sidecar, EnvoyFilter,
// WorkloadEntry, WorkloadGroup), security.istio.io, telemetry.istio.io, extensions.istio.io. Fields as
// in the protobuf of istio/api, in the camel case the API server serves.

const NETWORKING = 'networking.istio.io';
const SECURITY = 'security.istio.io';

interface Metadata {
  readonly labels?: Readonly<Record<string, string>>;
}

const METADATA = { labels: true } as const;

interface Status {
  readonly conditions?: readonly Condition[];
}

/** A Gateway, Service or other object a policy is attached to instead of selecting pods. */
export interface PolicyTarget {
  readonly group?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

interface Sidecar {
  readonly metadata?: Metadata;
  readonly spec?: {
    readonly workloadSelector?: WorkloadSelector;
    readonly egress?: readonly {
      readonly hosts?: readonly string[];
      readonly port?: { readonly number?: number };
    }[];
    readonly outboundTrafficPolicy?: { readonly mode?: string };
  };
}

export const istioSidecars = resources<Sidecar>()(NETWORKING, 'Sidecar', {
  metadata: METADATA,
  spec: {
    workloadSelector: true,
    egress: { hosts: true, port: { number: true } },
    outboundTrafficPolicy: { mode: true },
  },
});

/** One change an EnvoyFilter makes to the configuration of the proxies. */
export interface EnvoyConfigPatch {
  /** `HTTP_FILTER`, `NETWORK_FILTER`, `CLUSTER`, `ROUTE_CONFIGURATION`, … */
  readonly applyTo?: string;
  readonly match?: {
    readonly context?: string;
    readonly proxy?: { readonly proxyVersion?: string; readonly metadata?: Readonly<Record<string, string>> };
    readonly listener?: {
      readonly name?: string;
      readonly portNumber?: number;
      readonly filterChain?: {
        readonly filter?: {
          readonly name?: string;
          readonly subFilter?: { readonly name?: string };
        };
      };
    };
  };
  readonly patch?: {
    /** `MERGE`, `ADD`, `REMOVE`, `INSERT_BEFORE`, `INSERT_AFTER`, `INSERT_FIRST`, `REPLACE`. */
    readonly operation?: string;
    readonly value?: {
      readonly name?: string;
      readonly typed_config?: Readonly<Record<string, unknown>>;
      readonly config?: Readonly<Record<string, unknown>>;
    };
  };
}

interface EnvoyFilter {
  readonly metadata?: Metadata;
  readonly spec?: {
    readonly priority?: number;
    readonly workloadSelector?: WorkloadSelector;
    readonly targetRefs?: readonly PolicyTarget[];
    readonly configPatches?: readonly EnvoyConfigPatch[];
  };
}

export const envoyFilters = resources<EnvoyFilter>()(NETWORKING, 'EnvoyFilter', {
  metadata: METADATA,
  spec: {
    priority: true,
    workloadSelector: true,
    targetRefs: true,
    configPatches: {
      applyTo: true,
      match: {
        context: true,
        proxy: true,
        listener: {
          name: true,
          portNumber: true,
          filterChain: { filter: { name: true, subFilter: { name: true } } },
        },
      },
      patch: { operation: true, value: { name: true, typed_config: true, config: true } },
    },
  },
});
export type EnvoyFilterItem = ItemOf<typeof envoyFilters>;

interface WorkloadEntry {
  readonly metadata?: Metadata;
  readonly spec?: {
    readonly address?: string;
    readonly ports?: Readonly<Record<string, number>>;
    readonly labels?: Readonly<Record<string, string>>;
    readonly network?: string;
    readonly serviceAccount?: string;
  };
  readonly status?: Status;
}

export const workloadEntries = resources<WorkloadEntry>()(NETWORKING, 'WorkloadEntry', {
  metadata: METADATA,
  spec: { address: true, ports: true, labels: true, network: true, serviceAccount: true },
  status: { conditions: CONDITIONS },
});

interface WorkloadGroup {
  readonly metadata?: Metadata;
  readonly spec?: {
    readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
    readonly template?: { readonly labels?: Readonly<Record<string, string>> };
  };
}

export const workloadGroups = resources<WorkloadGroup>()(NETWORKING, 'WorkloadGroup', {
  metadata: METADATA,
  spec: { metadata: { labels: true }, template: { labels: true } },
});

interface PeerAuthentication {
  readonly metadata?: Metadata;
  readonly spec?: {
    readonly selector?: WorkloadSelector;
    /** Mode `STRICT`, `PERMISSIVE`, `DISABLE` or `UNSET`. */
    readonly mtls?: { readonly mode?: string };
    readonly portLevelMtls?: Readonly<Record<string, { readonly mode?: string }>>;
  };
  readonly status?: Status;
}

export const peerAuthentications = resources<PeerAuthentication>()(SECURITY, 'PeerAuthentication', {
  metadata: METADATA,
  spec: { selector: true, mtls: { mode: true }, portLevelMtls: true },
  status: { conditions: CONDITIONS },
});
export type PeerAuthenticationItem = ItemOf<typeof peerAuthentications>;

interface RequestAuthentication {
  readonly metadata?: Metadata;
  readonly spec?: {
    readonly selector?: WorkloadSelector;
    readonly targetRef?: PolicyTarget;
    readonly targetRefs?: readonly PolicyTarget[];
    readonly jwtRules?: readonly { readonly issuer?: string; readonly jwksUri?: string }[];
  };
  readonly status?: Status;
}

export const requestAuthentications = resources<RequestAuthentication>()(SECURITY, 'RequestAuthentication', {
  metadata: METADATA,
  spec: {
    selector: true,
    targetRef: true,
    targetRefs: true,
    jwtRules: { issuer: true, jwksUri: true },
  },
  status: { conditions: CONDITIONS },
});

interface AuthorizationPolicy {
  readonly metadata?: Metadata;
  readonly spec?: {
    readonly selector?: WorkloadSelector;
    readonly targetRef?: PolicyTarget;
    readonly targetRefs?: readonly PolicyTarget[];
    /** `ALLOW` (unset), `DENY`, `AUDIT`, `CUSTOM`. */
    readonly action?: string;
    readonly rules?: readonly {
      readonly from?: readonly {
        readonly source?: {
          readonly namespaces?: readonly string[];
          readonly notNamespaces?: readonly string[];
          readonly principals?: readonly string[];
        };
      }[];
    }[];
  };
  readonly status?: Status;
}

export const authorizationPolicies = resources<AuthorizationPolicy>()(SECURITY, 'AuthorizationPolicy', {
  metadata: METADATA,
  spec: {
    selector: true,
    targetRef: true,
    targetRefs: true,
    action: true,
    rules: { from: { source: { namespaces: true, notNamespaces: true, principals: true } } },
  },
  status: { conditions: CONDITIONS },
});
export type AuthorizationPolicyItem = ItemOf<typeof authorizationPolicies>;

interface Telemetry {
  readonly metadata?: Metadata;
  readonly spec?: {
    readonly selector?: WorkloadSelector;
    readonly targetRef?: PolicyTarget;
    readonly targetRefs?: readonly PolicyTarget[];
    readonly accessLogging?: readonly {
      readonly disabled?: boolean;
      readonly providers?: readonly { readonly name?: string }[];
    }[];
  };
  readonly status?: Status;
}

export const telemetries = resources<Telemetry>()('telemetry.istio.io', 'Telemetry', {
  metadata: METADATA,
  spec: {
    selector: true,
    targetRef: true,
    targetRefs: true,
    accessLogging: { disabled: true, providers: { name: true } },
  },
  status: { conditions: CONDITIONS },
});

interface WasmPlugin {
  readonly metadata?: Metadata;
  readonly spec?: {
    readonly selector?: WorkloadSelector;
    readonly targetRef?: PolicyTarget;
    readonly targetRefs?: readonly PolicyTarget[];
    readonly url?: string;
    readonly phase?: string;
  };
  readonly status?: Status;
}

export const wasmPlugins = resources<WasmPlugin>()('extensions.istio.io', 'WasmPlugin', {
  metadata: METADATA,
  spec: { selector: true, targetRef: true, targetRefs: true, url: true, phase: true },
  status: { conditions: CONDITIONS },
});
