import type {
  Collection,
  DeriveContext,
  DocumentArtifact,
  Input,
  Inputs,
  Needs,
  RecordArtifact,
  ResourcesArtifact,
} from './artifact.ts';
import type { CoverageFix, Outcome, PolicyRule } from './coverage.ts';
import type { ApiResource, Discovery, Kube, Reply } from './kube.ts';
import type { TemporaryObjects } from './kube-writes.ts';
import type { Observation } from './observation.ts';
import type { Scope } from './scope.ts';

/** Bytes a source gives: whole, or as a stream (logs). */
export interface SourceReply {
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
  readonly observedAt: Observation;
  /** Set when what came is known to be less than what is there: the row then says so. */
  readonly shortfall?: {
    readonly outcome: Extract<Outcome, 'partial' | 'truncated'>;
    readonly reason: string;
    readonly fix?: CoverageFix;
  };
}

/** The container logs, as the engine and layouts know them. */
export const LOGS_ARTIFACT = {
  type: 'logs',
  id: 'logs',
  version: 1,
  title: 'Container logs',
  contentType: 'text',
} as const;

/** What a collector may add: documents and logs. Resources come from `lists`. */
export type AddableArtifact = DocumentArtifact | typeof LOGS_ARTIFACT;

/**
 * The only way out of a collector. The engine calls the source, catches what it throws, redacts, writes
 * the entry and records the coverage row; the collector goes on whatever happened.
 */
export interface BundleSink {
  add(
    artifact: AddableArtifact,
    scope: Scope,
    source: () => Promise<SourceReply>,
    options?: { readonly sample?: number },
  ): Promise<Outcome>;
  /** Records a scope that was not read, with the reason, e.g. an opt-in that was not given. */
  unread(
    artifact: AddableArtifact,
    scope: Scope,
    outcome: Exclude<Outcome, 'collected'>,
    reason: string,
    fix?: CoverageFix,
  ): void;
}

/** One LIST the engine makes for a collector; each kind is listed once whoever asks. */
export interface ListPlan {
  readonly resource: ApiResource;
  /** Listed again at the end of the collection, for counters and leases. Default 1. */
  readonly samples?: 1 | 2;
  /** Lower is earlier: what changes fastest first. Default 50. */
  readonly priority?: number;
}

/** Options of `collect` a collector may read; flags of the CLI carry the same names. */
export interface CollectOptions {
  /** Namespaces asked for with `-n`; empty: all. */
  readonly namespaces: readonly string[];
  readonly sinceSeconds?: number;
  readonly tailLines?: number;
  /** Cap of one log, bytes. */
  readonly maxLogBytes: number;
  /** Admin API of the Kong control plane, when port-forward is not to be used. */
  readonly kongAdminUrl?: string;
  /** Value of `KONG_ADMIN_TOKEN`; sent as a header, never stored. */
  readonly kongAdminToken?: string;
  /** False with `--no-port-forward`. */
  readonly portForward: boolean;
  /** True with `--exec`: commands may be run in containers, each with a deadline and a cap. */
  readonly exec: boolean;
  /** Given with `--nodes`. */
  readonly nodes?: NodePodOptions;
}

/** How files of nodes are read: by a pod on each. */
export interface NodePodOptions {
  /** An image with a shell. */
  readonly image: string;
  /** Where the pods are made. */
  readonly namespace: string;
  /** The shell script that reads. */
  readonly script: string;
}

/** One GET of a URL outside the API server, e.g. an Admin API given with a flag. Certificates are verified. */
export interface UrlGetOptions {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body is cut here and `truncated` set; 16 MiB. */
  readonly maxBytes?: number;
  /** Deadline of the whole exchange; 30 s. */
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}

/** Any status is a Reply; no answer throws KubeError. Redirects are not followed: a header may be a credential. */
export type UrlGet = (options: UrlGetOptions) => Promise<Reply>;

/** What a collector is handed. */
export interface CollectContext<N extends Needs> {
  readonly inputs: Inputs<N>;
  readonly kube: Kube;
  readonly getUrl: UrlGet;
  readonly discovery: Discovery;
  readonly bundle: BundleSink;
  readonly signal: AbortSignal;
  readonly options: CollectOptions;
  /** Ends early when the collection is interrupted. */
  wait(seconds: number): Promise<void>;
  /** Only for collectors that declare `createsObjects`, and only when their flag was given. */
  readonly temporary?: TemporaryObjects;
}

/** A rule a collector needs, and why. */
export interface RequiredRule {
  readonly rule: PolicyRule;
  readonly why: string;
  /** The flag without which it is not used, e.g. `--exec`; the collector itself may run without. */
  readonly optIn?: string;
}

/** The item of a need for objects. */
export type KeptItem<A> = Input<A> extends Collection<infer T> ? T : never;

/** Reads one part of the cluster. Holds no try/catch, touches no file, prints nothing. */
export interface Collector<N extends Needs = Needs> {
  readonly meta: {
    /** `<domain>/<noun>`, equal to the path below `collectors/`. */
    readonly id: string;
    readonly title: string;
    readonly description: string;
    /** Documents and logs added by `collect`; kinds from `lists` are added to these by discovery. */
    readonly produces: readonly (AddableArtifact | ResourcesArtifact | RecordArtifact)[];
    /** True when it produces every listable kind the server has. */
    readonly producesAllKinds?: boolean;
    /** The flag without which it does not run. */
    readonly optIn?: string;
    /** True when it creates objects for the time of the collection; then it has an `optIn`. */
    readonly createsObjects?: true;
    /** Lower runs earlier. */
    readonly priority?: number;
  };
  readonly needs: N;
  /**
   * Which items of a need are of use, where one item alone tells: the others are dropped as they arrive, since a cluster
   * may have a hundred thousand pods. `lookup` of such a need does not know what was dropped.
   */
  readonly keeps?: { readonly [K in keyof N]?: (item: KeptItem<N[K]>) => boolean };
  /** The kinds this collector owns: their raw items go to the bundle. */
  lists?(discovery: Discovery): readonly ListPlan[];
  /**
   * Seconds that should lie between the first lists and the second samples, judged by what the first gave;
   * 0 when at once. Only for collectors that sample twice.
   */
  settle?(inputs: Inputs<N>, context: DeriveContext): number;
  /** The least rights it needs, kinds enumerated, no wildcards. */
  rbac(discovery: Discovery): readonly RequiredRule[];
  collect?(context: CollectContext<N>): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: the registry holds collectors of every shape.
export type AnyCollector = Collector<any>;

/** Declares a collector; the types of its inputs are inferred from its needs. */
export function defineCollector<const N extends Needs>(collector: Collector<N>): Collector<N> {
  return collector;
}
