import type { Coverage, CoverageRow, Lookup } from './coverage.ts';
import type { Json, Kept, ResourceIdentity, SelectNode, SelectTree } from './json.ts';
import type { LogComponent, LogPattern, LogSignals } from './log-signals.ts';
import type { Observation } from './observation.ts';
import type { Origin } from './origin.ts';
import type { Scope } from './scope.ts';

/** How the bytes of a document are to be read; redaction chooses its rules by it. */
export type ContentType = 'json' | 'yaml' | 'text' | 'pem';

/** A kind of Kubernetes object: fed item by item, reduced on arrival to the fields its select tree keeps. */
export interface ResourcesArtifact<T = unknown> {
  readonly type: 'resources';
  /** `resources:<group|core>/<Kind>`. */
  readonly id: string;
  readonly version: number;
  readonly title: string;
  /** API group; the empty string is the core group. */
  readonly group: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly select: SelectNode;
  /** The declaration this one keeps fewer fields of: for collectors that hold every object of a large cluster. */
  readonly partOf?: ResourcesArtifact<any>;
  /** Carries the item type for the compiler; never set. */
  readonly itemType?: T;
}

/** One small thing parsed whole, e.g. a reply of an endpoint. */
export interface DocumentArtifact<T = unknown> {
  readonly type: 'document';
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly contentType: ContentType;
  /** Set when the parsed value is arranged otherwise than the bytes: no pointer of it is shown then. */
  readonly rearranged?: boolean;
  /** Set when it holds counters: with `--sample 2` it is read twice. Analyzers are given the first sample. */
  readonly counters?: boolean;
  /** Whose bundles hold it, when no collector of ours makes it. */
  readonly foreign?: string;
  /** A document above this size (bytes) is `truncated`, never parsed. */
  readonly maxBytes: number;
  /** Parses the bytes; a throw makes the document an `error` row of the coverage. */
  parse(bytes: Uint8Array): T;
}

/** Signals searched for in all logs in one pass, declared as data by the analyzers that read them. */
export interface LogSignalsArtifact<P extends string = string> {
  readonly type: 'log-signals';
  readonly id: 'logs';
  readonly version: number;
  readonly title: string;
  readonly component: LogComponent;
  readonly patterns: Readonly<Record<P, LogPattern>>;
}

/** The record of the collection itself: coverage rows, collectors, completeness. */
export interface RecordArtifact {
  readonly type: 'record';
  readonly id: 'collection-record';
  readonly version: number;
  readonly title: string;
}

/** A value two or more analyzers share, computed once per run. */
export interface Derived<T = unknown, N extends Needs = Needs> {
  readonly type: 'derived';
  readonly id: string;
  readonly title: string;
  readonly needs: N;
  derive(inputs: Inputs<N>, context: DeriveContext): T;
  /** A table of facts (not judgements) for the report, made from the value. */
  table?(value: T, context: DeriveContext): FactTable;
}

/** The pure questions every derived value and analyzer may ask about where an item comes from. */
export interface DeriveContext {
  /** Seconds from a timestamp to the moment the item was observed; undefined when either is unknown. */
  age(timestamp: string | null | undefined, item: object): import('./observation.ts').Age | undefined;
  /** When the item was observed. */
  observed(item: object): Observation | undefined;
  /** What is made, or the other value where an object of wrong shape makes it throw. */
  safely<T>(make: () => T, otherwise: T): T;
}

export type Artifact =
  | ResourcesArtifact<any>
  | DocumentArtifact<any>
  | LogSignalsArtifact<any>
  | RecordArtifact
  | Derived<any, any>;

/** A need whose gaps do not make the analyzer `unknown`: it only explains. */
export interface OptionalNeed<A extends Artifact = Artifact> {
  readonly type: 'optional';
  readonly artifact: A;
}

/** A need for every sample of a list, oldest first, instead of the first only. */
export interface SamplesNeed<A extends ResourcesArtifact<any> = ResourcesArtifact<any>> {
  readonly type: 'samples';
  readonly artifact: A;
}

export type Need = Artifact | OptionalNeed | SamplesNeed;
export type Needs = Readonly<Record<string, Need>>;

/** Items of a kind with what is known of the kind's coverage. */
export interface Collection<T> {
  readonly items: readonly T[];
  readonly coverage: Coverage;
  /** The only way to ask for absence: `absent` is answered for fully covered scopes only. */
  lookup(ref: { readonly namespace?: string; readonly name: string }): Lookup<T>;
}

/** One parsed document with the scope it was read from. */
export interface DocumentItem<T> {
  readonly value: T;
  readonly scope: Scope;
}

/** The documents of one artifact with what is known of their coverage. */
export interface Documents<T> {
  readonly items: readonly DocumentItem<T>[];
  readonly coverage: Coverage;
  /** Rows of this artifact that did not end `collected`, to say why a scope is missing. */
  readonly rows: readonly CoverageRow[];
}

/** What is known of the collection as a whole. */
export interface CollectionRecord {
  readonly layouts: readonly string[];
  readonly complete: boolean;
  readonly incompleteReason?: string;
  readonly rows: readonly CoverageRow[];
  readonly collectors: readonly { readonly id: string; readonly outcome: string }[];
}

export type Input<A> =
  A extends OptionalNeed<infer B>
    ? Input<B>
    : A extends SamplesNeed<infer B>
      ? readonly Input<B>[]
      : A extends ResourcesArtifact<infer T>
        ? Collection<T>
        : A extends DocumentArtifact<infer T>
          ? Documents<T>
          : A extends LogSignalsArtifact<infer P>
            ? LogSignals<P>
            : A extends RecordArtifact
              ? CollectionRecord
              : A extends { readonly type: 'derived'; derive(...args: never[]): infer T }
                ? T
                : never;

export type Inputs<N extends Needs> = { readonly [K in keyof N]: Input<N[K]> };

/** The item type of a resources token. */
export type ItemOf<A> = A extends ResourcesArtifact<infer T> ? T : never;

/** A table of facts in the report; cells are plain JSON values read by the column's tag. */
export interface FactTable {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly {
    readonly id: string;
    readonly title: string;
    readonly tag: import('./message.ts').Tag;
  }[];
  readonly rows: readonly (readonly import('./message.ts').Value[])[];
}

/** The artifact id of a kind. */
export function resourcesId(group: string, kind: string): string {
  return `resources:${group === '' ? 'core' : group}/${kind}`;
}

/**
 * Declares a kind and the fields kept of it: `resources<V1Pod>()('', 'Pod', { spec: { nodeName: true } })`.
 * The item type of the token is exactly the kept fields plus identity.
 */
export function resources<T>() {
  return function declare<const S extends SelectTree<Json<T>>>(
    group: string,
    kind: string,
    select: S,
    options: {
      readonly title?: string;
      readonly namespaced?: boolean;
      readonly partOf?: ResourcesArtifact<any>;
    } = {},
  ): ResourcesArtifact<ResourceIdentity & Kept<Json<T>, S> & Origin> {
    return {
      type: 'resources',
      id: resourcesId(group, kind),
      version: 1,
      title: options.title ?? `${kind} objects`,
      group,
      kind,
      namespaced: options.namespaced ?? true,
      select: select as SelectNode,
      ...(options.partOf ? { partOf: options.partOf } : {}),
    };
  };
}

/** 16 MiB: the default limit of a document. */
export const DOCUMENT_MAX_BYTES = 16 * 1024 * 1024;

/** Declares a document. */
export function document<T>(
  declaration: Omit<DocumentArtifact<T>, 'type' | 'maxBytes' | 'version'> & {
    maxBytes?: number;
    version?: number;
  },
): DocumentArtifact<T> {
  return { type: 'document', version: 1, maxBytes: DOCUMENT_MAX_BYTES, ...declaration };
}

/** Declares log signals: names are typed, literals are shared with every other analyzer's in one matcher. */
export function logSignals<const P extends string>(declaration: {
  readonly component: LogComponent;
  readonly patterns: Readonly<Record<P, LogPattern>>;
}): LogSignalsArtifact<P> {
  return { type: 'log-signals', id: 'logs', version: 1, title: 'Container logs', ...declaration };
}

/** Declares a derived value. */
export function defineDerived<T, const N extends Needs>(
  declaration: Omit<Derived<T, N>, 'type'>,
): Derived<T, N> {
  return { type: 'derived', ...declaration };
}

/** Marks a need as one that only explains. */
export function optional<A extends Artifact>(artifact: A): OptionalNeed<A> {
  return { type: 'optional', artifact };
}

/** Asks for every sample of a list. */
export function samples<A extends ResourcesArtifact<any>>(artifact: A): SamplesNeed<A> {
  return { type: 'samples', artifact };
}

export const collectionRecord: RecordArtifact = {
  type: 'record',
  id: 'collection-record',
  version: 1,
  title: 'Record of the collection',
};
