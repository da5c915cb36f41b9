import { join } from 'node:path';
import type { Manifest } from '../../src/bundle/manifest.ts';
import { readEntries } from '../../src/bundle/reader.ts';
import type { Redaction } from '../../src/bundle/redaction.ts';
import { type BundleWriter, openBundleWriter } from '../../src/bundle/writer.ts';
import type { CollectRequest, CollectResult } from '../../src/collect/request.ts';
import { runCollect } from '../../src/collect/run.ts';
import type { AnyCollector, CollectOptions } from '../../src/model/collector.ts';
import type { CoverageRow } from '../../src/model/coverage.ts';
import type { Kube } from '../../src/model/kube.ts';
import { scopeKey } from '../../src/model/scope.ts';
import type { RedactionId } from '../../src/redact/redaction-id.ts';
import { keepAll, passThrough, temporaryFolder } from '../src/bundle/bundle-fixture.ts';

/** What a collection wrote, read back from its file. */
export interface CollectedBundle {
  readonly result: CollectResult;
  readonly manifest: Manifest;
  /** Text of each entry by its path. */
  readonly entries: ReadonlyMap<string, string>;
  /** The row of an artifact and scope (as `scopeKey` prints it) of the manifest. */
  row(artifact: string, scope?: string, sample?: number): CoverageRow | undefined;
  /** The parsed entry; throws when it is not there. */
  json(path: string): unknown;
}

/** Options of `collect` as its flags leave them. */
export const DEFAULT_OPTIONS: CollectOptions = {
  namespaces: [],
  maxLogBytes: 10 * 1024 * 1024,
  portForward: true,
  exec: false,
};

/** What a test changes of a collection. */
export interface CollectChanges
  extends Partial<
    Pick<
      CollectRequest,
      | 'only'
      | 'skip'
      | 'optIns'
      | 'signal'
      | 'getUrl'
      | 'onProgress'
      | 'wait'
      | 'connectWrites'
      | 'limits'
      | 'counterSeconds'
      | 'resume'
      | 'consistent'
      | 'knownSecrets'
    >
  > {
  readonly options?: Partial<CollectOptions>;
  readonly redaction?: Redaction;
  /** By what the bundle says it was redacted. */
  readonly redactionId?: RedactionId;
  /** Changes what the writer says or does. */
  readonly wrapWriter?: (writer: BundleWriter) => BundleWriter;
}

function same(writer: BundleWriter): BundleWriter {
  return writer;
}

/** Runs a collection of a fake cluster with the real writer and reads its bundle back. */
export async function collectBundle(
  kube: Kube,
  collectors: readonly AnyCollector[],
  changes: CollectChanges = {},
): Promise<CollectedBundle> {
  const file = join(temporaryFolder(), 'bundle.tar.gz');
  const { options, redaction = passThrough(), redactionId, wrapWriter = same, ...request } = changes;
  const result = await runCollect({
    connect: async () => kube,
    collectors,
    tool: { name: 'kubecase', version: '0.0.0' },
    openWriter: async (metadata) => wrapWriter(await openBundleWriter({ file, metadata, redaction })),
    signal: new AbortController().signal,
    now: () => new Date('2026-03-01T12:00:00Z'),
    wait: async () => {},
    ...request,
    redaction: redactionId,
    options: { ...DEFAULT_OPTIONS, ...options },
  });
  const { handler, entries: read } = keepAll();
  await readEntries(file, handler);
  const entries = new Map(read.map(({ header, text }) => [header.path, text]));
  const manifest = JSON.parse(entries.get('manifest.json') ?? '') as Manifest;
  return {
    result,
    manifest,
    entries,
    row: (artifact, scope = 'cluster', sample = 0) =>
      manifest.coverage.find(
        (one) => one.artifact === artifact && scopeKey(one.scope) === scope && (one.sample ?? 0) === sample,
      ),
    json(path) {
      const text = entries.get(path);
      if (text === undefined) throw new Error(`no ${path} among ${[...entries.keys()].join(', ')}`);
      return JSON.parse(text);
    },
  };
}
