import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { encodeFooter } from '../../src/bundle/footer.ts';
import { writeSmallBundle } from '../src/bundle/bundle-fixture.ts';
import { TAR_END } from '../src/bundle/tar-bytes.ts';
import { between, podJson, rawEntry } from './hostile-tar.ts';

/** A hostile input that is more than a tar: gzip, a bundle of ours that lies, a folder. */
export interface HostileFile {
  readonly make: (folder: string) => string | Promise<string>;
  readonly outcome: RegExp;
}

function put(folder: string, bytes: Buffer): string {
  const file = join(folder, 'input.tar.gz');
  writeFileSync(file, bytes);
  return file;
}

/** A bundle of ours, sealed again with other entries: each is changed by the function, or left out. */
async function resealed(
  folder: string,
  change: (path: string, body: string) => string | undefined,
  footer?: { offset?: number; size?: number },
): Promise<string> {
  const tar = gunzipSync(readFileSync(await writeSmallBundle(folder)));
  const parts: Buffer[] = [];
  let manifestSize = 0;
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const path = tar.toString('utf8', at, tar.indexOf(0, at));
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8);
    const changed = change(path, tar.toString('utf8', at + 512, at + 512 + size));
    if (changed !== undefined) parts.push(rawEntry({ name: path }, changed));
    if (path === 'manifest.json') manifestSize = Buffer.byteLength(changed ?? '');
    at += 512 + Math.ceil(size / 512) * 512;
  }
  const members = gzipSync(Buffer.concat([...parts, TAR_END]));
  const end = footer && encodeFooter({ offset: footer.offset ?? 0, size: footer.size ?? manifestSize });
  return put(folder, Buffer.concat([members, ...(end ? [end] : [])]));
}

type Manifest = { entries: Record<string, unknown>[]; members: Record<string, unknown>[] } & Record<
  string,
  unknown
>;

function manifest(change: (manifest: Manifest) => void) {
  return (path: string, body: string): string => {
    if (path !== 'manifest.json') return body;
    const value = JSON.parse(body) as Manifest;
    change(value);
    return JSON.stringify(value);
  };
}

function eachEntry(fields: Record<string, unknown>) {
  return manifest(({ entries }) => {
    for (const entry of entries) Object.assign(entry, fields);
  });
}

const SOUND = (_path: string, body: string) => body;

/** Tricks with gzip and with what is no archive. */
export const PACKED: Readonly<Record<string, HostileFile>> = {
  'no bytes': { make: (folder) => put(folder, Buffer.alloc(0)), outcome: /refused: .*is empty/ },
  'one byte': { make: (folder) => put(folder, Buffer.from([0x1f])), outcome: /refused|incomplete/ },
  'random bytes': {
    make: (folder) => put(folder, Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 251))),
    outcome: /refused: .*neither gzip nor tar/,
  },
  'a ZIP archive': {
    make: (folder) => put(folder, Buffer.from('PK\x03\x04rest of it')),
    outcome: /refused: .*ZIP/,
  },
  'gzip of gzip of gzip': {
    make: (folder) => put(folder, gzipSync(gzipSync(gzipSync(between())))),
    outcome: /refused: .*no tar archive inside/,
  },
  'gzip of nothing': { make: (folder) => put(folder, gzipSync(Buffer.alloc(0))), outcome: /refused/ },
  'gzip of zeros': {
    make: (folder) => put(folder, gzipSync(Buffer.alloc(64 * 1024 * 1024))),
    outcome: /refused|incomplete|whole/,
  },
  'a header of gzip with a name that never ends': {
    make: (folder) =>
      put(
        folder,
        Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0x08, 0, 0, 0, 0, 0, 3]), Buffer.alloc(300_000, 'A')]),
      ),
    outcome: /refused|incomplete/,
  },
  'gzip with a wrong checksum': {
    make: (folder) => {
      const bytes = gzipSync(between());
      bytes.writeUInt32LE(0xdeadbeef, bytes.length - 8);
      return put(folder, bytes);
    },
    outcome: /incomplete|whole/,
  },
  'a thousand empty members of gzip': {
    make: (folder) =>
      put(folder, Buffer.concat([...new Array(1000).fill(gzipSync('')), gzipSync(between())])),
    outcome: /whole|refused/,
  },
  'garbage behind gzip': {
    make: (folder) => put(folder, Buffer.concat([gzipSync(between()), Buffer.alloc(100_000, 0xab)])),
    outcome: /whole|incomplete/,
  },
  'gzip cut in the middle': {
    make: (folder) => {
      const bytes = gzipSync(between(rawEntry({ name: 'x.json' }, podJson('x').padEnd(90_000, ' '))));
      return put(folder, bytes.subarray(0, bytes.length / 2));
    },
    outcome: /incomplete/,
  },
};

/** Tricks with the index and the manifest of a bundle of ours. */
export const SEALED: Readonly<Record<string, HostileFile>> = {
  'a footer that points behind the file': {
    make: (folder) => resealed(folder, SOUND, { offset: 2 ** 40 }),
    outcome: /whole|incomplete/,
  },
  'a footer that claims a manifest of a petabyte': {
    make: (folder) => resealed(folder, SOUND, { size: 2 ** 50 }),
    outcome: /whole|incomplete/,
  },
  'a footer that points to the first entry': {
    make: (folder) => resealed(folder, SOUND, { offset: 0 }),
    outcome: /whole|incomplete/,
  },
  'a manifest that is no JSON': {
    make: (folder) => resealed(folder, (path, body) => (path === 'manifest.json' ? '{{{' : body)),
    outcome: /incomplete/,
  },
  'a manifest of half a million brackets': {
    make: (folder) =>
      resealed(folder, (path, body) => (path === 'manifest.json' ? '['.repeat(500_000) : body)),
    outcome: /incomplete/,
  },
  'a manifest of another time': {
    make: (folder) =>
      resealed(
        folder,
        manifest((value) => Object.assign(value, { formatVersion: 999 })),
      ),
    outcome: /refused: .*newer/,
  },
  'entries that lead upwards': {
    make: (folder) => resealed(folder, eachEntry({ path: '../../../etc/passwd' })),
    outcome: /incomplete/,
  },
  'entries of negative sizes': {
    make: (folder) => resealed(folder, eachEntry({ size: -1 })),
    outcome: /incomplete/,
  },
  'entries in members that are not there': {
    make: (folder) => resealed(folder, eachEntry({ member: 99_999 })),
    outcome: /incomplete/,
  },
  'entries at offsets that are none': {
    make: (folder) => resealed(folder, eachEntry({ offset: 2 ** 52 })),
    outcome: /incomplete/,
  },
  'members that claim terabytes': {
    make: (folder) =>
      resealed(
        folder,
        manifest(({ members }) => {
          for (const member of members) Object.assign(member, { size: 2 ** 42 });
        }),
      ),
    outcome: /whole|incomplete/,
  },
  'entries with the meaning of others': {
    make: (folder) =>
      resealed(
        folder,
        eachEntry({ artifact: 'api-server-metrics', scope: { type: 'cluster' }, type: 'document' }),
      ),
    outcome: /whole|incomplete/,
  },
  'entries that are not there': {
    make: (folder) => resealed(folder, (path, body) => (path.startsWith('logs/') ? undefined : body)),
    outcome: /incomplete: .*is missing/,
  },
  'entries the manifest does not list': {
    make: (folder) =>
      resealed(
        folder,
        manifest((value) => Object.assign(value, { entries: [] })),
      ),
    outcome: /whole|incomplete/,
  },
  'a list whose head is a lie': {
    make: (folder) =>
      resealed(folder, (path, body) =>
        path.startsWith('resources/') ? `{"kind":7,"items":[\n${body}` : body,
      ),
    outcome: /incomplete/,
  },
  'metadata of another shape': {
    make: (folder) => resealed(folder, (path, body) => (path === 'metadata.json' ? '[[[]]]' : body)),
    outcome: /whole|incomplete/,
  },
};

/** Tricks with folders: what an archive that another tool unpacked may have left. */
export const FOLDERS: Readonly<Record<string, HostileFile>> = {
  'a folder with links out of it': {
    make(folder) {
      const root = join(folder, 'unpacked');
      mkdirSync(root);
      writeFileSync(join(root, 'pod.json'), podJson('inside'));
      symlinkSync('/etc/passwd', join(root, 'passwd.json'));
      symlinkSync('../../..', join(root, 'up'));
      symlinkSync('loop', join(root, 'loop'));
      return root;
    },
    outcome: /whole/,
  },
  'a folder deeper than the limit': {
    make(folder) {
      const deep = join(folder, ...new Array(80).fill('d'));
      mkdirSync(deep, { recursive: true });
      writeFileSync(join(deep, 'pod.json'), podJson('deep'));
      writeFileSync(join(folder, 'pod.json'), podJson('top'));
      return folder;
    },
    outcome: /incomplete: .*deeper/,
  },
  'a sparse file of 40 GB': {
    make(folder) {
      writeFileSync(join(folder, 'pod.json'), podJson('top'));
      writeFileSync(join(folder, 'sparse.json'), '');
      truncateSync(join(folder, 'sparse.json'), 40 * 1024 ** 3);
      return folder;
    },
    outcome: /incomplete: .*above the limit of one entry/,
  },
};
