import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { EntryHandler, EntryHeader } from '../../../src/bundle/entry-sink.ts';
import { openIndexed } from '../../../src/bundle/indexed.ts';
import { type BundleMetadata, FORMAT_NAME, type Manifest } from '../../../src/bundle/manifest.ts';
import { readEntries } from '../../../src/bundle/reader.ts';
import type { Redaction } from '../../../src/bundle/redaction.ts';
import { type BundleWriter, openBundleWriter } from '../../../src/bundle/writer.ts';
import type { Scope } from '../../../src/model/scope.ts';

export const METADATA: BundleMetadata = {
  format: FORMAT_NAME,
  formatVersion: 1,
  tool: { name: 'kubecase', version: '0.0.0' },
  createdAt: '2026-01-31T08:00:00Z',
  options: {},
};

const NOTHING = new Uint8Array(0);

/** Lets everything through unchanged, except what a test overrides. */
export function passThrough(override: Partial<Redaction> = {}): Redaction {
  return {
    item: () => ({ counts: {} }),
    document: (bytes) => ({ bytes, counts: {} }),
    createTextRedactor: () => ({ push: (chunk) => chunk, end: () => NOTHING, counts: () => ({}) }),
    ...override,
  };
}

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kubecase-test-'));
  folders.push(folder);
  return folder;
}

export async function openWriter(file: string, redaction: Redaction = passThrough()): Promise<BundleWriter> {
  return openBundleWriter({ file, metadata: METADATA, redaction });
}

export function namespaceScope(namespace: string): Scope {
  return { type: 'namespace', namespace };
}

export function containerScope(namespace: string, pod: string, container: string, previous = false) {
  return { type: 'container', namespace, pod, container, ...(previous ? { previous } : {}) } as const;
}

export function itemOf(object: unknown): { readonly bytes: Buffer } {
  return { bytes: Buffer.from(JSON.stringify(object)) };
}

/** A list entry of pods of one namespace. */
export function podList(namespace: string, pods: readonly unknown[]) {
  return {
    type: 'resources',
    group: '',
    apiVersion: 'v1',
    kind: 'Pod',
    resource: 'pods',
    scope: namespaceScope(namespace),
    whole: true,
    items: [pods.map(itemOf)],
  } as const;
}

/** Writes a small bundle of one list, one log and one document; returns its path. */
export async function writeSmallBundle(folder: string): Promise<string> {
  const file = join(folder, 'small.tar.gz');
  const writer = await openWriter(file);
  await writer.add(podList('shop', [{ metadata: { name: 'web-1' } }, { metadata: { name: 'web-2' } }]));
  await writer.add({
    type: 'log',
    scope: containerScope('shop', 'web-1', 'app'),
    chunks: [Buffer.from('one\ntwo\n'), Buffer.from('three\n')],
  });
  await writer.add({
    type: 'document',
    artifact: 'api-server-version',
    contentType: 'json',
    scope: { type: 'cluster' },
    bytes: Buffer.from('{"gitVersion":"v1.36.2"}'),
  });
  writer.coverage({ artifact: 'resources:core/Pod', scope: namespaceScope('shop'), outcome: 'collected' });
  await writer.finish({ complete: true });
  return file;
}

/** An entry as a reading gave it. */
export interface ReadEntry {
  readonly header: EntryHeader;
  readonly text: string;
  readonly complete: boolean;
}

/** A handler that keeps everything it is given. */
export function keepAll(): { handler: EntryHandler; entries: ReadEntry[] } {
  const entries: ReadEntry[] = [];
  const handler: EntryHandler = {
    onEntry(header) {
      const parts: Buffer[] = [];
      return {
        chunk: (bytes) => void parts.push(Buffer.from(bytes)),
        end: (complete) => void entries.push({ header, text: Buffer.concat(parts).toString(), complete }),
      };
    },
  };
  return { handler, entries };
}

/** The texts of all entries of a bundle, by path. */
export async function readAll(file: string): Promise<Map<string, string>> {
  const { handler, entries } = keepAll();
  await readEntries(file, handler);
  return new Map(entries.map((entry) => [entry.header.path, entry.text]));
}

/** The manifest of a bundle, found through its index. */
export async function manifestOf(file: string): Promise<Manifest> {
  const indexed = await openIndexed(file);
  await indexed?.close();
  if (indexed === undefined) throw new Error('no index');
  return indexed.manifest;
}
