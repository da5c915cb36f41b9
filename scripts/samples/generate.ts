import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyzers } from '../../analyzers/index.ts';
import { collectors } from '../../collectors/index.ts';
import { analyzeInputs } from '../../src/analysis.ts';
import { builtInRedaction } from '../../src/bundle/built-in-redaction.ts';
import { collectSink } from '../../src/bundle/collect-sink.ts';
import {
  MANIFEST_PATH,
  type Manifest,
  type ManifestEntry,
  METADATA_PATH,
} from '../../src/bundle/manifest.ts';
import { manifestText } from '../../src/bundle/manifest-text.ts';
import { readEntries } from '../../src/bundle/reader.ts';
import { openBundleWriter } from '../../src/bundle/writer.ts';
import { runCollect } from '../../src/collect/run.ts';
import type { Report } from '../../src/model/report.ts';
import { scopeKey } from '../../src/model/scope.ts';
import { text } from '../../src/report/formats/text.ts';
import { golden } from './golden.ts';
import { archiveFiles } from './node-archive.ts';
import type { Scenario } from './scenario.ts';
import { scenarioKube } from './scenario-kube.ts';

/** The tool version in the samples: they do not change with each release. */
const TOOL = { name: 'kubecase', version: '0.1.0' } as const;

/** Collects a scenario with the real collectors and writer, and gives the entries unpacked: path → bytes. */
export async function sampleBundle(scenario: Scenario): Promise<Map<string, Buffer>> {
  const folder = await mkdtemp(join(tmpdir(), 'kubecase-sample-'));
  const file = join(folder, 'bundle.tar.gz');
  try {
    await runCollect({
      connect: async () => scenarioKube(scenario),
      collectors,
      options: { namespaces: [], maxLogBytes: 10 * 1024 * 1024, portForward: true, exec: true },
      tool: TOOL,
      openWriter: (metadata) => openBundleWriter({ file, metadata, redaction: builtInRedaction() }),
      signal: new AbortController().signal,
      now: () => new Date(scenario.time),
    });
    return settled(await unpack(file));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What `analyze` is given of a sample, by folder: the bundle, and files of nodes taken by hand. */
export async function sampleInputs(scenario: Scenario): Promise<Map<string, Map<string, Buffer>>> {
  const archives = (scenario.archives ?? []).map(
    (archive) => [`${ARCHIVE_PREFIX}${archive.node}`, archiveFiles(archive)] as const,
  );
  return new Map([[BUNDLE, await sampleBundle(scenario)], ...archives]);
}

const BUNDLE = 'bundle';
const ARCHIVE_PREFIX = 'node-';

/** The folders of a sample that are inputs, the bundle first. */
export function inputFolders(sample: string): string[] {
  const present = existsSync(sample) ? readdirSync(sample) : [];
  const archives = present.filter((name) => name.startsWith(ARCHIVE_PREFIX));
  return [BUNDLE, ...archives.sort()].map((name) => join(sample, name));
}

/** The report `analyze` makes of the inputs of a sample. */
export function sampleReport(sample: string): Promise<Report> {
  return analyzeInputs(inputFolders(sample), { analyzers, collectors });
}

/** What a sample keeps of its report: path → content. */
export function expectedFiles(report: Report): Map<string, string> {
  return new Map([
    ['report.json', golden(report)],
    ['report.txt', text(report, { color: false })],
  ]);
}

async function unpack(file: string): Promise<Map<string, Buffer>> {
  const entries = new Map<string, Buffer>();
  await readEntries(file, {
    onEntry: ({ path, size }) => collectSink(size, (bytes) => entries.set(path, Buffer.from(bytes))),
  });
  return entries;
}

/**
 * Makes the manifest independent of how the entries happened to be written: sorted, and its index that of an
 * archive with them in this order and nothing compressed, since zlib compresses differently on every machine.
 */
function settled(entries: Map<string, Buffer>): Map<string, Buffer> {
  const manifest = JSON.parse(entries.get(MANIFEST_PATH)!.toString()) as Manifest;
  const rest = manifest.entries
    .filter(({ path }) => path !== METADATA_PATH)
    .sort((a, b) => order(a.path, b.path));
  const first = manifest.entries.filter(({ path }) => path === METADATA_PATH);
  const metadataSize = sizeInTar(first[0]!);
  let offset = 0;
  const placed = rest.map((row) => {
    const place = { ...row, member: 1, offset };
    offset += sizeInTar(row);
    return place;
  });
  const text = manifestText({
    ...manifest,
    redactions: Object.fromEntries(Object.entries(manifest.redactions).sort(([a], [b]) => order(a, b))),
    expected: [...manifest.expected].sort((a, b) => order(a.artifact, b.artifact)),
    coverage: [...manifest.coverage].sort((a, b) => order(rowKey(a), rowKey(b))),
    members: [
      { offset: 0, length: metadataSize, size: metadataSize },
      { offset: metadataSize, length: offset, size: offset },
    ],
    entries: [{ ...first[0]!, member: 0, offset: 0 }, ...placed],
  });
  const result = new Map([...entries].sort(([a], [b]) => order(a, b)));
  return result.set(MANIFEST_PATH, Buffer.from(text));
}

const BLOCK = 512;

function sizeInTar({ size }: ManifestEntry): number {
  return BLOCK + Math.ceil(size / BLOCK) * BLOCK;
}

function rowKey({ artifact, scope, sample = 0 }: Manifest['coverage'][number]): string {
  return `${artifact} ${scopeKey(scope)} ${sample}`;
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
