import type { EarlierBundle } from '../bundle/earlier.ts';
import type { BundleMetadata } from '../bundle/manifest.ts';
import type { CollectOptions } from '../model/collector.ts';
import { UserError } from '../model/errors.ts';
import type { RedactionId } from '../redact/redaction-id.ts';
import { type Finished, finishedParts, type LogOptions } from './finished.ts';

/** What the new collection is made with, as far as it decides what can be taken over. */
export interface ResumeTerms {
  readonly options: CollectOptions;
  readonly tool: BundleMetadata['tool'];
  readonly redaction: RedactionId | undefined;
  readonly knownSecrets: boolean;
  /** Whether names and addresses are replaced. */
  readonly obfuscated: boolean;
  /** The uid of kube-system and the host of the API server. */
  readonly cluster: { readonly id: string | undefined; readonly server: string };
}

/** What is taken over, and why it is nothing if it is. */
export interface Resumable {
  readonly finished: Finished;
  readonly again?: string;
  /** Whether what cannot be read any more is kept from it. */
  readonly keepsRest: boolean;
}

/** The process was killed, or the file is cut. */
const NO_RECORD =
  'it ends before its record, so nothing says what in it is whole; what cannot be read any more is kept from it';

const NOTHING: Finished = { rows: [], entries: new Set(), collectors: new Set() };

/**
 * What of an earlier bundle can stand in the new one. Throws UserError when it is of another cluster, of other
 * namespaces, or marks secrets by another key: whoever resumes it meant another file or forgot a flag.
 */
export function resumable(
  { file, manifest, metadata, recordless }: EarlierBundle,
  terms: ResumeTerms,
): Resumable {
  if (terms.obfuscated || manifest.obfuscation !== undefined)
    throw refused(
      'resume-obfuscated',
      `--resume ${file}: what is replaced in one bundle cannot stand beside what is not in another`,
      'Resume a bundle with the names of the cluster and without --obfuscate, and replace names at the end.',
    );
  refuseOtherCluster(file, metadata, terms.cluster);
  refuseOtherNamespaces(file, metadata, terms.options);
  refuseOtherKey(file, metadata, terms.redaction);
  const again = otherRedaction(metadata, terms);
  if (again !== undefined) return { finished: NOTHING, again, keepsRest: false };
  if (recordless) return { finished: NOTHING, again: NO_RECORD, keepsRest: true };
  const finished = finishedParts(manifest, logOptionsOf(metadata), terms.options);
  return { finished, keepsRest: true };
}

function refuseOtherCluster(
  file: string,
  { cluster = {} }: BundleMetadata,
  { id, server }: ResumeTerms['cluster'],
): void {
  const same = cluster.id !== undefined && id !== undefined ? cluster.id === id : cluster.server === server;
  if (same) return;
  const [theirs, ours] =
    cluster.id !== undefined && id !== undefined
      ? [`uid of kube-system ${cluster.id}`, id]
      : [`API server ${cluster.server ?? 'unknown'}`, server];
  throw refused(
    'resume-other-cluster',
    `--resume ${file}: is of another cluster (${theirs}, here ${ours})`,
    'Choose the cluster it is of with --kubeconfig and --context.',
  );
}

function refuseOtherNamespaces(
  file: string,
  { options }: BundleMetadata,
  { namespaces }: CollectOptions,
): void {
  const before = Array.isArray(options.namespaces) ? options.namespaces.map(String) : [];
  if ([...before].sort().join() === [...namespaces].sort().join()) return;
  throw refused(
    'resume-other-namespaces',
    `--resume ${file}: was collected from other namespaces (${before.length === 0 ? 'all' : before.join(', ')})`,
    before.length === 0 ? 'Leave out --namespace.' : `Give --namespace ${before.join(',')} again.`,
  );
}

function refuseOtherKey(file: string, metadata: BundleMetadata, redaction: RedactionId | undefined): void {
  const before = redactionOf(metadata)?.pseudonyms;
  if (before === redaction?.pseudonyms) return;
  const hint =
    before === undefined
      ? 'Leave out --key-file, or collect anew with it.'
      : 'Give the --key-file it was collected with.';
  const what = before === undefined ? 'by no key' : 'by another key';
  throw refused('resume-other-key', `--resume ${file}: marks equal secrets ${what}`, hint);
}

function refused(code: string, message: string, hint: string): UserError {
  return new UserError(code, message, { hint });
}

/** Why nothing can be taken over although it is the same cluster: other rules would have removed other things. */
function otherRedaction(metadata: BundleMetadata, terms: ResumeTerms): string | undefined {
  const before = redactionOf(metadata);
  const now = terms.redaction;
  if (before?.version !== now?.version || metadata.tool.version !== terms.tool.version)
    return `it was written by kubecase ${metadata.tool.version}, whose rules of redaction may be others`;
  if (before?.rules !== now?.rules) return 'it was redacted by other rules (`--redact-rules`)';
  if (terms.knownSecrets && !metadata.options.knownSecrets)
    return 'it was collected without `--known-secrets`';
  return undefined;
}

function redactionOf({ options }: BundleMetadata): Partial<RedactionId> | undefined {
  const { redaction } = options;
  return typeof redaction === 'object' && redaction !== null ? (redaction as RedactionId) : undefined;
}

function logOptionsOf({ options }: BundleMetadata): LogOptions {
  const { sinceSeconds, tailLines, maxLogBytes } = options;
  return {
    maxLogBytes: typeof maxLogBytes === 'number' ? maxLogBytes : 0,
    ...(typeof sinceSeconds === 'number' ? { sinceSeconds } : {}),
    ...(typeof tailLines === 'number' ? { tailLines } : {}),
  };
}
