import { type ItemOf, resources } from '../model/artifact.ts';
import type { Condition } from '../model/condition.ts';
import { CONDITIONS, WRITERS } from './resources.ts';

// Kinds of networking.istio.io (v1alpha3, v1beta1, v1: one schema), which client-node has no types of. Fields as in
// the protobuf of istio/api networking/v1alpha3, in the camel case the API server serves.

const GROUP = 'networking.istio.io';

interface Metadata {
  readonly labels?: Readonly<Record<string, string>>;
  readonly managedFields?: readonly {
    readonly manager?: string;
    readonly apiVersion?: string;
    readonly time?: string;
  }[];
}

interface Status {
  readonly conditions?: readonly Condition[];
}

/** Exactly one of the three is set. */
export interface StringMatch {
  readonly exact?: string;
  readonly prefix?: string;
  readonly regex?: string;
}

/** Labels of the pods a configuration object is for. */
export interface WorkloadSelector {
  /** Sidecar, EnvoyFilter, ServiceEntry, DestinationRule: `labels`; policies, Telemetry, WasmPlugin: `matchLabels`. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly matchLabels?: Readonly<Record<string, string>>;
}

/** Where a route leads: a host of the registry, a subset of its DestinationRule, a port of the Service. */
export interface Destination {
  readonly host?: string;
  readonly subset?: string;
  readonly port?: { readonly number?: number };
}

/** One of the destinations of a rule, with its share of the traffic in percent. */
export interface RouteDestination {
  readonly destination?: Destination;
  readonly weight?: number;
}

/** Conditions of one match, which all have to hold. */
export interface HttpMatch {
  readonly name?: string;
  readonly uri?: StringMatch;
  readonly scheme?: StringMatch;
  readonly method?: StringMatch;
  readonly authority?: StringMatch;
  readonly headers?: Readonly<Record<string, StringMatch>>;
  readonly withoutHeaders?: Readonly<Record<string, StringMatch>>;
  readonly queryParams?: Readonly<Record<string, StringMatch>>;
  readonly port?: number;
  readonly sourceLabels?: Readonly<Record<string, string>>;
  readonly sourceNamespace?: string;
  readonly gateways?: readonly string[];
  readonly ignoreUriCase?: boolean;
  readonly statPrefix?: string;
}

/** A rule of `http`: what it matches and what is done then. */
export interface HttpRule {
  readonly name?: string;
  readonly match?: readonly HttpMatch[];
  readonly route?: readonly RouteDestination[];
  readonly redirect?: { readonly uri?: string; readonly authority?: string };
  readonly directResponse?: { readonly status?: number };
  readonly delegate?: { readonly name?: string; readonly namespace?: string };
  readonly mirror?: Destination;
  readonly mirrors?: readonly { readonly destination?: Destination }[];
  readonly rewrite?: { readonly uri?: string; readonly authority?: string };
  readonly timeout?: string;
  readonly retries?: { readonly attempts?: number; readonly perTryTimeout?: string };
}

/** A match of a `tcp` rule, or of a `tls` rule, which has `sniHosts`. */
export interface L4Match {
  readonly destinationSubnets?: readonly string[];
  readonly port?: number;
  readonly sourceLabels?: Readonly<Record<string, string>>;
  readonly sourceNamespace?: string;
  readonly gateways?: readonly string[];
  readonly sniHosts?: readonly string[];
}

/** A rule of `tcp` or `tls`. */
export interface L4Rule {
  readonly match?: readonly L4Match[];
  readonly route?: readonly RouteDestination[];
}

interface VirtualService {
  readonly metadata?: Metadata;
  readonly spec?: {
    readonly hosts?: readonly string[];
    /** Empty: `mesh` only. */
    readonly gateways?: readonly string[];
    readonly exportTo?: readonly string[];
    readonly http?: readonly HttpRule[];
    readonly tls?: readonly L4Rule[];
    readonly tcp?: readonly L4Rule[];
  };
}

export const virtualServices = resources<VirtualService>()(GROUP, 'VirtualService', {
  metadata: {
    labels: true,
    managedFields: WRITERS,
  },
  spec: {
    hosts: true,
    gateways: true,
    exportTo: true,
    http: {
      name: true,
      match: true,
      route: { destination: true, weight: true },
      redirect: { uri: true, authority: true },
      directResponse: { status: true },
      delegate: true,
      mirror: true,
      mirrors: { destination: true },
      rewrite: { uri: true, authority: true },
      timeout: true,
      retries: { attempts: true, perTryTimeout: true },
    },
    tls: { match: true, route: { destination: true, weight: true } },
    tcp: { match: true, route: { destination: true, weight: true } },
  },
});
export type VirtualServiceItem = ItemOf<typeof virtualServices>;

/** How a client connects: `DISABLE`, `SIMPLE`, `MUTUAL`, `ISTIO_MUTUAL`. */
export interface ClientTls {
  readonly mode?: string;
  readonly caCertificates?: string;
  readonly credentialName?: string;
  readonly subjectAltNames?: readonly string[];
  readonly sni?: string;
  readonly insecureSkipVerify?: boolean;
}

/** How clients connect to a host, and to single ports of it. */
export interface TrafficPolicy {
  readonly tls?: ClientTls;
  readonly portLevelSettings?: readonly {
    readonly port?: { readonly number?: number };
    readonly tls?: ClientTls;
  }[];
}

interface DestinationRule {
  readonly metadata?: Metadata;
  readonly spec?: {
    readonly host?: string;
    readonly exportTo?: readonly string[];
    readonly workloadSelector?: WorkloadSelector;
    readonly trafficPolicy?: TrafficPolicy;
    readonly subsets?: readonly {
      readonly name?: string;
      readonly labels?: Readonly<Record<string, string>>;
      readonly trafficPolicy?: TrafficPolicy;
    }[];
  };
}

const CLIENT_TLS = {
  mode: true,
  caCertificates: true,
  credentialName: true,
  subjectAltNames: true,
  sni: true,
  insecureSkipVerify: true,
} as const;
const TRAFFIC_POLICY = {
  tls: CLIENT_TLS,
  portLevelSettings: { port: true, tls: CLIENT_TLS },
} as const;

export const destinationRules = resources<DestinationRule>()(GROUP, 'DestinationRule', {
  metadata: { labels: true, managedFields: WRITERS },
  spec: {
    host: true,
    exportTo: true,
    workloadSelector: true,
    trafficPolicy: TRAFFIC_POLICY,
    subsets: { name: true, labels: true, trafficPolicy: TRAFFIC_POLICY },
  },
});
export type DestinationRuleItem = ItemOf<typeof destinationRules>;

interface Gateway {
  readonly metadata?: Metadata;
  readonly spec?: {
    /** Empty: every proxy of the mesh. */
    readonly selector?: Readonly<Record<string, string>>;
    readonly servers?: readonly {
      readonly name?: string;
      readonly hosts?: readonly string[];
      readonly bind?: string;
      readonly port?: { readonly number?: number; readonly name?: string; readonly protocol?: string };
      readonly tls?: {
        /** `PASSTHROUGH`, `SIMPLE` (unset), `MUTUAL`, `OPTIONAL_MUTUAL`, `AUTO_PASSTHROUGH`, `ISTIO_MUTUAL`. */
        readonly mode?: string;
        readonly httpsRedirect?: boolean;
        readonly credentialName?: string;
        readonly credentialNames?: readonly string[];
        readonly serverCertificate?: string;
        readonly privateKey?: string;
      };
    }[];
  };
}

export const istioGateways = resources<Gateway>()(GROUP, 'Gateway', {
  metadata: { labels: true },
  spec: {
    selector: true,
    servers: {
      name: true,
      hosts: true,
      bind: true,
      port: { number: true, name: true, protocol: true },
      tls: {
        mode: true,
        httpsRedirect: true,
        credentialName: true,
        credentialNames: true,
        serverCertificate: true,
        privateKey: true,
      },
    },
  },
});
export type IstioGatewayItem = ItemOf<typeof istioGateways>;

interface ServiceEntry {
  readonly metadata?: Metadata;
  readonly spec?: {
    readonly hosts?: readonly string[];
    readonly addresses?: readonly string[];
    readonly exportTo?: readonly string[];
    readonly location?: string;
    /** `NONE`, `STATIC`, `DNS`, `DNS_ROUND_ROBIN`, `DYNAMIC_DNS`. */
    readonly resolution?: string;
    readonly workloadSelector?: WorkloadSelector;
    readonly ports?: readonly {
      readonly number?: number;
      readonly name?: string;
      readonly protocol?: string;
      readonly targetPort?: number;
    }[];
    readonly endpoints?: readonly {
      readonly address?: string;
      readonly labels?: Readonly<Record<string, string>>;
    }[];
  };
  readonly status?: Status & { readonly addresses?: readonly { readonly value?: string }[] };
}

export const serviceEntries = resources<ServiceEntry>()(GROUP, 'ServiceEntry', {
  metadata: { labels: true },
  spec: {
    hosts: true,
    addresses: true,
    exportTo: true,
    location: true,
    resolution: true,
    workloadSelector: true,
    ports: { number: true, name: true, protocol: true, targetPort: true },
    endpoints: { address: true, labels: true },
  },
  status: { addresses: { value: true }, conditions: CONDITIONS },
});
export type ServiceEntryItem = ItemOf<typeof serviceEntries>;
