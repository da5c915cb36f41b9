import type { EarlierBundle } from '../bundle/earlier.ts';
import { listItems } from '../bundle/list-items.ts';
import type { Consistency, ManifestEntry } from '../bundle/manifest.ts';
import type { BundleWriter } from '../bundle/writer.ts';
import type { CoverageRow } from '../model/coverage.ts';
import type { Kube } from '../model/kube.ts';
import type { Observation } from '../model/observation.ts';
import { type Scope, scopeKey } from '../model/scope.ts';
import { type Finished, isList, isSameSubject, subjectKey, withoutCollector } from './finished.ts';
import type { Ledger } from './ledger.ts';
import type { Picture } from './picture.ts';
import type { Preflight } from './preflight.ts';
import type { OnProgress } from './progress.ts';
import { API_SERVER } from './reachability.ts';
import type { CollectRequest } from './request.ts';
import { type Resumable, resumable } from './resume-check.ts';

/** A list that was made by the earlier collection. */
export interface TakenList {
  readonly row: CoverageRow;
  readonly count: number;
  /** Why it is not of the moment of a picture. */
  momentOf(picture: Picture): { readonly apart?: string };
  /** Its objects as they were stored, with the time they were read at. */
  items(): AsyncGenerator<{ readonly value: object; readonly observedAt: Observation | undefined }>;
}

/** What a collection takes from the one it resumes. */
export interface Resume {
  readonly createdAt: string;
  readonly finished: Finished;
  /** The version of the store the lists are of, if they are of one. */
  readonly resourceVersion: string | undefined;
  list(artifact: string, scope: Scope, sample: number): TakenList | undefined;
  /** The row of what a collector has read before, under whatever sample it was stored; each once. */
  claim(wanted: Required<Omit<CoverageRow, 'outcome' | 'reason' | 'fix'>>): CoverageRow | undefined;
  /** Rows and entries in which more stands than was read now; the entries are copied. */
  rest(stored: readonly ManifestEntry[], rows: readonly CoverageRow[]): Pick<Finished, 'rows' | 'entries'>;
  readonly earlier: EarlierBundle;
  /** Why nothing is taken over, if it is nothing. */
  readonly again: string | undefined;
  /** Whether what cannot be read any more is kept. */
  readonly keepsRest: boolean;
}

/** Says behind the reason of a row that what it is about comes from the earlier bundle. */
const KEPT = 'kept from the bundle that was resumed, since nothing of it could be read any more';

/** The view of an earlier bundle a collection goes by. */
function createResume(earlier: EarlierBundle, { finished, again, keepsRest }: Resumable): Resume {
  const { manifest, metadata } = earlier;
  const kept = new Map(finished.rows.map((row) => [subjectKey(row), row]));
  const before = new Map(manifest.coverage.map((row) => [subjectKey(row), row]));
  const lists = Map.groupBy(
    [...finished.entries].filter(({ artifact }) => isList(artifact)),
    ({ artifact, sample }) => `${artifact}\n${sample}`,
  );
  const claimed = new Set<string>();

  return {
    createdAt: metadata.createdAt,
    finished,
    resourceVersion: manifest.consistency?.resourceVersion,
    earlier,
    again,
    keepsRest,
    list(artifact, scope, sample) {
      const row = kept.get(subjectKey({ artifact, scope, sample }));
      if (row?.outcome !== 'collected') return undefined;
      const all = lists.get(`${artifact}\n${sample}`) ?? [];
      const entries = all.filter(
        (entry) => scope.type === 'cluster' || scopeKey(entry.scope) === scopeKey(scope),
      );
      const count = entries.reduce((sum, { items = 0 }) => sum + items, 0);
      return {
        row,
        count,
        momentOf: (picture) => momentOf(manifest.consistency, picture, row),
        items: () => itemsOf(earlier, entries),
      };
    },
    claim({ artifact, scope, collector, sample: wanted }) {
      for (let sample = wanted; ; sample++) {
        const key = subjectKey({ artifact, scope, sample });
        const row = before.get(key);
        if (row === undefined) return undefined;
        // Two collectors may read one scope; which came first then need not come first now.
        if (row.collector !== collector || claimed.has(key)) continue;
        if (!kept.has(key) || !isSameSubject(row.scope, scope)) return undefined;
        claimed.add(key);
        return row;
      }
    },
    rest: (stored, rows) => restOf({ earlier, finished, before }, stored, rows),
  };
}

/** A list that was of the moment then is of it now, where the moment is the same. */
function momentOf(
  before: Consistency | undefined,
  picture: Picture,
  { artifact, scope }: CoverageRow,
): { readonly apart?: string } {
  const same =
    before?.resourceVersion !== undefined && before.resourceVersion === picture.record().resourceVersion;
  const then = before?.apart.find(
    (one) => one.artifact === artifact && scopeKey(one.scope) === scopeKey(scope),
  );
  if (same && then === undefined) return {};
  return { apart: then?.reason ?? 'it was made by the collection that was resumed, at another moment' };
}

async function* itemsOf(earlier: EarlierBundle, entries: readonly ManifestEntry[]) {
  for (const { path, observedAt } of entries)
    for await (const value of listItems(earlier.chunks(path))) yield { value, observedAt };
}

function restOf(
  {
    earlier,
    finished,
    before,
  }: { earlier: EarlierBundle; finished: Finished; before: ReadonlyMap<string, CoverageRow> },
  stored: readonly ManifestEntry[],
  rows: readonly CoverageRow[],
): Pick<Finished, 'rows' | 'entries'> {
  const paths = new Set(stored.map(({ path }) => path));
  const read = new Set([
    ...stored.map(({ artifact, sample }) => `${artifact}\n${sample}`),
    ...rows
      .filter(({ outcome }) => outcome === 'collected')
      .map(({ artifact, sample = 0 }) => `${artifact}\n${sample}`),
  ]);
  const entries = earlier.manifest.entries.filter((entry) => {
    if (finished.entries.has(entry) || paths.has(entry.path)) return false;
    if (isList(entry.artifact)) return !read.has(`${entry.artifact}\n${entry.sample}`);
    return before.has(subjectKey(entry));
  });
  const lost = new Set(entries.filter(({ artifact }) => isList(artifact)).map(({ artifact }) => artifact));
  const keys = new Set(entries.map(subjectKey));
  const kept = [...before.values()].filter((row) => lost.has(row.artifact) || keys.has(subjectKey(row)));
  return {
    entries: new Set(entries),
    rows: kept.map((row) => ({ ...row, reason: row.reason === undefined ? KEPT : `${row.reason}; ${KEPT}` })),
  };
}

/** What taking over needs of the run. */
interface Target {
  readonly writer: BundleWriter;
  readonly ledger: Ledger;
  readonly onProgress: OnProgress;
}

/** Puts what is finished into the new bundle, before anything is read. */
export async function takeOver(
  { finished, earlier, createdAt, again }: Resume,
  { writer, ledger, onProgress }: Target,
): Promise<void> {
  const bytes = await writer.carry(earlier, finished.entries);
  for (const row of finished.rows) ledger.keep(row);
  const event = { type: 'resumed', from: createdAt, entries: finished.entries.size, bytes } as const;
  onProgress(again === undefined ? event : { ...event, again });
}

/** Keeps what the earlier bundle had of things that are gone or out of reach by now: nothing is lost by trying again. */
export async function keepRest(resume: Resume, { writer, ledger }: Target): Promise<void> {
  if (!resume.keepsRest) return;
  const { entries, rows } = resume.rest(writer.entries(), ledger.rows());
  if (entries.size === 0) return;
  await writer.carry(resume.earlier, entries);
  for (const row of rows) ledger.keep(row);
}

/** What is taken from the bundle a collection is to resume, if it is to. Throws UserError as `resumable`. */
export function resumeOf(
  request: ResumeRequest,
  kube: Pick<Kube, 'server'>,
  before: Preflight,
): Resume | undefined {
  const { resume: earlier, options, tool, redaction, knownSecrets = false, obfuscation } = request;
  if (earlier === undefined) return undefined;
  const cluster = { id: before.id, server: new URL(kube.server).host };
  const obfuscated = obfuscation !== undefined;
  const found = resumable(earlier, { options, tool, redaction, knownSecrets, cluster, obfuscated });
  if (before.unreachable === undefined) return createResume(earlier, found);
  // How the API server cannot be reached now counts, not that it once could.
  return createResume(earlier, { ...found, finished: withoutCollector(found.finished, API_SERVER) });
}

type ResumeRequest = Pick<
  CollectRequest,
  'resume' | 'options' | 'tool' | 'redaction' | 'knownSecrets' | 'obfuscation'
>;
