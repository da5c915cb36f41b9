import type { EarlierBundle } from '../bundle/earlier.ts';
import type { BundleMetadata, CollectorRow } from '../bundle/manifest.ts';
import type { BundleWriter, FinishedBundle } from '../bundle/writer.ts';
import type { AnyCollector, CollectOptions, UrlGet } from '../model/collector.ts';
import { type CoverageRow, isShortfall } from '../model/coverage.ts';
import type { Kube } from '../model/kube.ts';
import type { KubeWrites } from '../model/kube-writes.ts';
import type { Obfuscation } from '../redact/obfuscate.ts';
import type { RedactionId } from '../redact/redaction-id.ts';
import type { RunLimits } from './limits.ts';
import type { OnProgress } from './progress.ts';
import type { SelectionOptions } from './selection.ts';

/** What a collection is started with. */
export interface CollectRequest extends SelectionOptions {
  /** Reads the kubeconfig; makes no request yet. Throws UserError when it cannot be used. */
  connect(): Promise<Kube>;
  /** Opens write access; given only with a flag of a collector that creates objects. */
  connectWrites?(): Promise<KubeWrites>;
  /** The registry. */
  readonly collectors: readonly AnyCollector[];
  readonly options: CollectOptions;
  readonly tool: { readonly name: string; readonly version: string };
  /** With `--obfuscate`: learns the names of the cluster before the bundle is opened. */
  readonly obfuscation?: Obfuscation;
  /** With `--known-secrets`: values of Secrets are read first and removed wherever they reappear. */
  readonly knownSecrets?: boolean;
  /**
   * Opens the bundle; called once the cluster is known (or known to be out of reach). `known` are the values of
   * Secrets that were asked for.
   */
  openWriter(metadata: BundleMetadata, known: readonly string[]): Promise<BundleWriter>;
  /** Fires on SIGINT and SIGTERM: the bundle is then closed with what is there. */
  readonly signal: AbortSignal;
  now(): Date;
  /** Waits before second samples; a real timer unless given. */
  wait?(seconds: number, signal: AbortSignal): Promise<void>;
  readonly onProgress?: OnProgress;
  /** Counters are read a second time after this many seconds; once unless given. */
  readonly counterSeconds?: number;
  /** An earlier bundle of the same cluster: what is finished in it is copied and not read again. */
  readonly resume?: EarlierBundle;
  /** By what `openWriter` redacts; told in the metadata, so that the bundle can be resumed. */
  readonly redaction?: RedactionId;
  /** All lists are to be of one moment. */
  readonly consistent?: boolean;
  /** Bounds of time and size; none unless given. */
  readonly limits?: RunLimits;
  /** GET outside the API server; the one of src/kube unless given. */
  readonly getUrl?: UrlGet;
}

/** What came of it. */
export interface CollectResult extends FinishedBundle {
  /** False when the collection did not run to its end: interrupted, or no API server to ask. */
  readonly complete: boolean;
  readonly incompleteReason?: string;
  /** Whether the API server answered. */
  readonly reachable: boolean;
  readonly rows: readonly CoverageRow[];
  readonly collectors: readonly CollectorRow[];
}

/**
 * Whether something that was to be read is missing from the bundle: interrupted, refused, cut or failed.
 * What does not exist, was deselected or cut on request does not count (architecture.md §11).
 */
export function isIncomplete({
  complete,
  rows,
  leaks = [],
}: Pick<CollectResult, 'complete' | 'rows' | 'leaks'>): boolean {
  return !complete || leaks.length > 0 || rows.some(isShortfall);
}

/** The first entry of the bundle. */
export function metadataOf(
  request: CollectRequest,
  kube: Kube,
  cluster: { readonly id?: string; readonly version?: string },
): BundleMetadata {
  const { namespaces, sinceSeconds, tailLines, maxLogBytes, portForward, exec, kongAdminUrl, nodes } =
    request.options;
  return {
    format: 'kubecase-bundle',
    formatVersion: 1,
    tool: request.tool,
    createdAt: request.now().toISOString(),
    cluster: { context: kube.context, server: new URL(kube.server).host, ...cluster },
    options: {
      namespaces,
      sinceSeconds,
      tailLines,
      maxLogBytes,
      portForward,
      exec,
      optIns: request.optIns,
      knownSecrets: request.knownSecrets,
      obfuscate: request.obfuscation && [...request.obfuscation.kinds],
      nodes: nodes === undefined ? undefined : { image: nodes.image, namespace: nodes.namespace },
      kongAdminUrl: kongAdminUrl === undefined ? undefined : hostOf(kongAdminUrl),
      counterSeconds: request.counterSeconds,
      consistent: request.consistent,
      redaction: request.redaction,
      resumed: request.resume && resumedOf(request.resume.metadata),
      timeoutSeconds: request.limits?.seconds,
      maxBytes: request.limits?.bytes,
      collectorSeconds: request.limits?.collectorSeconds,
      maxCollectorBytes: request.limits?.collectorBytes,
      only: request.only,
      skip: request.skip,
    },
  };
}

/** When the collections were begun that this one goes on with, the first one first. */
function resumedOf({ createdAt, options }: BundleMetadata): readonly string[] {
  const before = Array.isArray(options.resumed) ? options.resumed.map(String) : [];
  return [...before, createdAt];
}

/** Scheme, host and port: a URL may carry a password or a token elsewhere. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : '';
}
