import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { dump, load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { readInputs } from '../../../src/analyze/read-inputs.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { bitFlips, cuts } from '../../support/damaged.ts';
import { randomOf } from '../../support/damaged-objects.ts';
import { type BundleFile, tarGz } from '../../support/foreign-bundles.ts';
import { OBJECT_LAYOUTS } from '../../support/object-layouts.ts';
import { troubledCluster } from '../../support/shop-cluster.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';
import { TAR_END, tarEntry } from '../bundle/tar-bytes.ts';
import { read, type Seen } from './layout-fixture.ts';
import { seenLines } from './seen-lines.ts';

const NODE_ARCHIVE: readonly BundleFile[] = Object.freeze([
  [
    'node-archive.json',
    '{"format":"kubecase-node-archive","formatVersion":1,"node":"n1","time":"2026-03-01T12:00:00Z"}\n',
  ],
  ['logs/_node/n1/kubelet.log', '2026-03-01T11:59:59.000000Z n1 kubelet[7]: one\n'],
  ['logs/_node/n1/kernel.log', '2026-03-01T11:59:59.000000Z n1 kernel: two\n'],
]);

/** Every layout a tool writes several files of, and its files for the same cluster. */
const LAYOUTS: readonly (readonly [id: string, files: () => Promise<readonly BundleFile[]>])[] = [
  ...Object.entries(OBJECT_LAYOUTS).map(
    ([id, filesOf]) =>
      [id, async () => Object.freeze(onceEach(filesOf(await troubledCluster(['shop', 'bank']))))] as const,
  ),
  ['node-archive', async () => NODE_ARCHIVE],
];

function onceEach(files: readonly BundleFile[]): BundleFile[] {
  return [...new Map(files)];
}

function put(bytes: Buffer): string {
  const file = join(temporaryFolder(), 'bundle');
  writeFileSync(file, bytes);
  return file;
}

function tar(files: readonly (readonly [string, string | Buffer])[]): string {
  return put(Buffer.concat([...files.map(([path, text]) => tarEntry(path, text)), TAR_END]));
}

/** What each file gave, by its path; a file of several entries is one. */
function byPath(seen: readonly Seen[]): Map<string, string[]> {
  const paths = new Map<string, Seen[]>();
  for (const one of seen) paths.set(one.path, [...(paths.get(one.path) ?? []), one]);
  return new Map([...paths].map(([path, all]) => [path, seenLines(all)]));
}

/** The error when it is one for the user; any other fails the test. */
async function readOrRefuse(input: string): Promise<Awaited<ReturnType<typeof read>> | undefined> {
  try {
    return await read(input);
  } catch (error) {
    expect(error).toMatchObject({ name: 'UserError' });
    return undefined;
  }
}

describe.each(LAYOUTS)('a bundle of %s', (id, make) => {
  it('cut anywhere gives a part of what it holds, and is said to be cut', async () => {
    const files = await make();
    const whole = byPath((await read(put(tarGz(files)))).seen);
    for (const [index, bytes] of cuts(tarGz(files), 14).entries()) {
      const result = await readOrRefuse(put(bytes));
      if (result === undefined) continue;
      expect([id, 'kubectl-get'], String(index)).toContain(result.reading.layout.id);
      expect(bytes.length < tarGz(files).length - 16 ? result.reading.incomplete : 'cut').toBeDefined();
      if (result.reading.layout.id !== id) continue;
      const got = byPath(result.seen);
      expect([...whole.keys()], String(index)).toEqual(expect.arrayContaining([...got.keys()]));
      // Only the file it is cut in is less than it was.
      const other = [...got].filter(([path, lines]) => lines.join() !== whole.get(path)?.join());
      expect(other.length, String(index)).toBeLessThanOrEqual(1);
    }
  });

  it('with a turned bit anywhere in its archive is read or refused', async () => {
    const files = await make();
    const known = new Set((await read(put(tarGz(files)))).seen.map(({ path }) => path));
    const whole = Buffer.concat([...files.map(([path, text]) => tarEntry(path, text)), TAR_END]);
    for (const bytes of [...bitFlips(tarGz(files), 24), ...bitFlips(whole, 24)]) {
      const result = await readOrRefuse(put(bytes));
      if (result?.reading.layout.id !== id) continue;
      for (const { path } of result.seen) expect(known).toContain(path);
    }
  });

  it('with a turned bit in one file gives the same of all others', async () => {
    const files = await make();
    const whole = byPath((await read(tar(files))).seen);
    const random = randomOf(7);
    for (let time = 0; time < 30; time++) {
      const index = random(files.length);
      const [path, text] = files[index]!;
      if (text === '') continue;
      const bytes = Buffer.from(text);
      const at = random(bytes.length);
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random(8)), at);
      const result = await readOrRefuse(tar(files.with(index, [path, bytes] as never)));
      if (result?.reading.layout.id !== id) continue;

      const others = ([other]: readonly [string, unknown]) => !path.endsWith(other);
      expect([...byPath(result.seen)].filter(others), `${path} ${at}`).toEqual([...whole].filter(others));
    }
  });
});

/** A list with `items: null` in its own form, as Go writes a list nobody filled. */
function withNullItems(id: string, [path, text]: BundleFile): BundleFile {
  if (!/^\s*(?:\{|apiVersion:|items:|kind:)/.test(text)) return [path, text];
  const value = load(text) as { items?: unknown };
  if (!Array.isArray(value.items)) return [path, text];
  const empty = { ...value, items: null };
  if (text.trimStart().startsWith('{')) return [path, JSON.stringify(empty)];
  // This tool writes every null as a text.
  return [path, id === 'support-bundle-kit' ? dump(empty).replace(': null', ': "null"') : dump(empty)];
}

describe.each(Object.entries(OBJECT_LAYOUTS))('lists of nothing in a bundle of %s', (id, filesOf) => {
  it('are lists that were read, and no damage', async () => {
    const files = onceEach(filesOf(await troubledCluster(['shop'])));
    const empty = files.map((file) => withNullItems(id, file));
    expect(empty.filter(([, text], index) => text !== files[index]?.[1]).length).toBeGreaterThan(0);

    const { reading, seen } = await read(tar(empty));
    const { store } = await readInputs(
      [put(gzipSync(Buffer.concat([...empty.map(([path, text]) => tarEntry(path, text)), TAR_END])))],
      [pods],
    );

    expect(reading.layout.id).toBe(id);
    expect(reading.incomplete).toBeUndefined();
    const lists = seen.filter(
      ({ entry, path }) => entry.kind === 'resources' && /pods\.(?:ya?ml|json)$/.test(path),
    );
    expect(lists.flatMap(({ content }) => content)).toEqual([]);
    const rows = store.rows.filter(({ artifact }) => artifact === pods.id);
    expect(rows.filter(({ outcome }) => outcome === 'truncated' || outcome === 'partial')).toEqual([]);
  });
});
