import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ReadOptions } from '../../../src/bundle/reader.ts';
import { createResourceItems, itemType } from '../../../src/layouts/items.ts';
import { type BundleReading, type ContentEntry, readBundle } from '../../../src/layouts/read.ts';
import { resourcesId } from '../../../src/model/artifact.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';
import { TAR_END, tarEntry } from '../bundle/tar-bytes.ts';

/** An entry as a reading gave it. */
export interface Seen {
  readonly path: string;
  readonly entry: ContentEntry;
  /** What the entry turned out to be: artifact and name per item, or the bytes. */
  readonly content: readonly string[];
}

/** Reads a bundle of any layout and keeps all it gave. */
export async function read(
  input: string,
  options: ReadOptions = {},
): Promise<{ reading: BundleReading; seen: Seen[] }> {
  const seen: Seen[] = [];
  const reading = await readBundle(
    input,
    {
      onEntry(entry, header) {
        const content: string[] = [];
        seen.push({ path: header.path, entry, content });
        if (entry.kind !== 'resources')
          return { chunk: (bytes) => void content.push(bytes.toString()), end: () => {} };
        return createResourceItems(entry, {
          item(bytes, _position, head) {
            const object = parsed(bytes);
            if (object === undefined) {
              content.push('? broken');
              return;
            }
            const type = itemType(object, head, entry.hint);
            content.push(`${type ? resourcesId(type.group, type.kind) : '?'} ${object?.metadata?.name}`);
          },
          end: () => {},
        });
      },
    },
    options,
  );
  return { reading, seen };
}

/** An item of a damaged list need not be JSON. */
function parsed(bytes: Uint8Array) {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
}

/** Writes files into a folder. */
export function unpack(files: Readonly<Record<string, string>>): string {
  const root = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** Packs files into a .tar.gz, sorted by name as most tools do. */
export function pack(files: Readonly<Record<string, string>>, extra: readonly Buffer[] = []): string {
  const file = join(temporaryFolder(), 'bundle.tar.gz');
  const entries = Object.keys(files)
    .sort()
    .map((path) => tarEntry(path, files[path] ?? ''));
  writeFileSync(file, gzipSync(Buffer.concat([...entries, ...extra, TAR_END])));
  return file;
}
