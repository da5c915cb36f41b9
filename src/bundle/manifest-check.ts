import type { CoverageFix, CoverageRow, Outcome, PolicyRule } from '../model/coverage.ts';
import type { Observation } from '../model/observation.ts';
import type { Scope } from '../model/scope.ts';
import { checkJsonBounds } from './json-bounds.ts';
import {
  amount,
  type Check,
  count,
  FormatError,
  fields,
  flag,
  list,
  object,
  oneOf,
  optionally,
  record,
  text,
  time,
} from './json-check.ts';
import { checkedPath, READ_LIMITS } from './limits.ts';
import {
  type BundleMetadata,
  type CollectorRow,
  type Consistency,
  type ExpectedScopes,
  FORMAT_NAME,
  FORMAT_VERSION,
  type ListApart,
  type Manifest,
  type ManifestEntry,
  type MemberInfo,
  type ObfuscationNote,
  type Truncation,
} from './manifest.ts';

/** The bundle was written by a newer kubecase than this one can read. */
export class FormatVersionError extends Error {
  readonly formatVersion: number;

  constructor(formatVersion: number) {
    super(`bundle format ${formatVersion} is newer than this kubecase reads (${FORMAT_VERSION})`);
    this.name = 'FormatVersionError';
    this.formatVersion = formatVersion;
  }
}

const outcome: Check<Outcome> = oneOf([
  'collected',
  'partial',
  'forbidden',
  'not-found',
  'timed-out',
  'truncated',
  'error',
  'skipped',
]);

const observation: Check<Observation> = fields<Observation>({
  time,
  source: oneOf(['server-date', 'collector', 'newest-timestamp', 'file-time']),
  errorSeconds: amount,
});

type Form<T extends Scope['type']> = Extract<Scope, { type: T }>;

const SCOPES: { readonly [T in Scope['type']]: Check<Form<T>> } = {
  cluster: fields<Form<'cluster'>>({ type: oneOf(['cluster']) }),
  namespace: fields<Form<'namespace'>>({ type: oneOf(['namespace']), namespace: text }),
  container: fields<Form<'container'>>({
    type: oneOf(['container']),
    namespace: text,
    pod: text,
    uid: optionally(text),
    container: text,
    previous: optionally(flag),
  }),
  node: fields<Form<'node'>>({ type: oneOf(['node']), node: text }),
  unit: fields<Form<'unit'>>({ type: oneOf(['unit']), node: text, unit: text }),
  endpoint: fields<Form<'endpoint'>>({ type: oneOf(['endpoint']), endpoint: text }),
  object: fields<Form<'object'>>({
    type: oneOf(['object']),
    kind: text,
    namespace: optionally(text),
    name: text,
  }),
};

const scopeType: Check<Scope['type']> = oneOf([
  'cluster',
  'namespace',
  'unit',
  'container',
  'node',
  'endpoint',
  'object',
]);

const scope: Check<Scope> = (value, pointer) =>
  SCOPES[scopeType(object(value, pointer).type, `${pointer}/type`)](value, pointer);

const policyRule: Check<PolicyRule> = fields<PolicyRule>({
  apiGroups: optionally(list(text)),
  resources: optionally(list(text)),
  resourceNames: optionally(list(text)),
  nonResourceURLs: optionally(list(text)),
  verbs: list(text),
});

const fix: Check<CoverageFix> = fields<CoverageFix>({
  rule: optionally(policyRule),
  namespace: optionally(text),
  flag: optionally(text),
});

const coverageRow: Check<CoverageRow> = fields<CoverageRow>({
  artifact: text,
  scope,
  outcome,
  reason: optionally(text),
  fix: optionally(fix),
  collector: optionally(text),
  sample: optionally(count),
});

const truncation: Check<Truncation> = fields<Truncation>({
  reason: text,
  headBytes: optionally(count),
  tailBytes: optionally(count),
  droppedBytes: optionally(count),
});

/** A name that is already what reading makes of it. */
const path: Check<string> = (value, pointer) => {
  const checked = text(value, pointer);
  try {
    if (checked !== '' && checkedPath(checked, READ_LIMITS) === checked) return checked;
  } catch {
    // Said below.
  }
  throw new FormatError(pointer, 'a relative path');
};

const sha256: Check<string> = (value, pointer) => {
  if (typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value)) throw new FormatError(pointer, 'a SHA-256');
  return value;
};

const entry: Check<ManifestEntry> = fields<ManifestEntry>({
  path,
  artifact: text,
  version: count,
  scope,
  sample: count,
  whole: optionally(flag),
  observedAt: optionally(observation),
  size: count,
  sha256,
  member: count,
  offset: count,
  items: optionally(count),
  truncation: optionally(truncation),
  redactions: optionally(record(count)),
});

const member: Check<MemberInfo> = fields<MemberInfo>({ offset: count, length: count, size: count });
const expected: Check<ExpectedScopes> = fields<ExpectedScopes>({ artifact: text, scopes: list(scope) });
const collector: Check<CollectorRow> = fields<CollectorRow>({
  id: text,
  outcome,
  reason: optionally(text),
  startedAt: optionally(time),
  seconds: optionally(amount),
});

const apart: Check<ListApart> = fields<ListApart>({ artifact: text, scope, reason: text });
const consistency: Check<Consistency> = fields<Consistency>({
  resourceVersion: optionally(text),
  reason: optionally(text),
  lists: count,
  apart: list(apart),
});

const obfuscation: Check<ObfuscationNote> = fields<ObfuscationNote>({ kinds: list(text), key: text });

const manifest: Check<Manifest> = fields<Manifest>({
  formatVersion: count,
  complete: flag,
  incompleteReason: optionally(text),
  members: list(member),
  entries: list(entry),
  coverage: list(coverageRow),
  expected: list(expected),
  consistency: optionally(consistency),
  collectors: list(collector),
  redactions: record(count),
  obfuscation: optionally(obfuscation),
});

const metadata: Check<BundleMetadata> = fields<BundleMetadata>({
  format: oneOf([FORMAT_NAME]),
  formatVersion: count,
  tool: fields<BundleMetadata['tool']>({ name: text, version: text }),
  createdAt: time,
  cluster: optionally(
    fields<NonNullable<BundleMetadata['cluster']>>({
      context: optionally(text),
      server: optionally(text),
      id: optionally(text),
      version: optionally(text),
    }),
  ),
  options: object,
});

/**
 * Reads manifest.json. Throws FormatError when it is not what format 1 says, FormatVersionError when it
 * is of a newer format. Fields format 1 does not know are left out.
 */
export function parseManifest(bytes: Uint8Array): Manifest {
  const value = parseVersioned(bytes);
  const checked = manifest(value, '');
  for (const [index, { member, offset }] of checked.entries.entries()) {
    const holder = checked.members[member];
    if (holder === undefined || offset >= holder.size)
      throw new FormatError(`/entries/${index}`, 'a position inside a member');
  }
  for (const [index, row] of checked.members.entries()) {
    const before = checked.members[index - 1];
    if (row.offset !== (before === undefined ? 0 : before.offset + before.length))
      throw new FormatError(`/members/${index}`, 'members without gaps');
  }
  return checked;
}

/** Reads metadata.json; throws as {@link parseManifest}. */
export function parseMetadata(bytes: Uint8Array): BundleMetadata {
  return metadata(parseVersioned(bytes), '');
}

function parseVersioned(bytes: Uint8Array): unknown {
  let value: unknown;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkJsonBounds(text, READ_LIMITS);
  try {
    value = JSON.parse(text.toString());
  } catch {
    throw new FormatError('', 'JSON');
  }
  const version = count(object(value, '').formatVersion, '/formatVersion');
  if (version > FORMAT_VERSION) throw new FormatVersionError(version);
  return value;
}
