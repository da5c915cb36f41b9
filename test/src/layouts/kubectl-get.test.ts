import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readInputs } from '../../../src/analyze/read-inputs.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { scopeKey } from '../../../src/model/scope.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';
import { pack, read, unpack } from './layout-fixture.ts';
import { seenLines } from './seen-lines.ts';

function pod(name: string, namespace: string, uid: string | undefined = `u-${name}`) {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, uid } };
}

function printed(...items: object[]): string {
  return JSON.stringify(
    { apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } },
    null,
    4,
  );
}

const YAML = `apiVersion: v1
items:
- apiVersion: v1
  kind: Service
  metadata:
    name: web
kind: List
metadata:
  resourceVersion: ""
`;
const FILES = {
  'pods.json': printed(pod('a', 'shop'), pod('b', 'other')),
  'svc/services.yaml': YAML,
  'all.txt': printed(pod('c', 'shop')),
  'node.yaml': 'apiVersion: v1\nkind: Node\nmetadata:\n  name: n1\n',
  'both.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\n---\n${YAML}`,
  'web.log': 'apiVersion: v1\n',
  'notes.json': '{"hello": "world"}',
  'README.md': 'apiVersion: v1\nkind: Pod\n',
  'broken.yaml': 'apiVersion: v1\nkind: List\nitems:\n- {',
};

async function rows(files: Record<string, string>) {
  const { store } = await readInputs([unpack(files)], [pods]);
  return store.rows.map((row) => `${row.artifact} ${scopeKey(row.scope)} ${row.outcome}`);
}

describe('files of kubectl get', () => {
  it.each([
    ['a folder', () => unpack(FILES)],
    ['an archive', () => pack(FILES)],
  ])('are resources wherever they lie in %s, lists whole', async (_name, make) => {
    const { reading, seen } = await read(make());

    expect(reading.layout.id).toBe('kubectl-get');
    expect(seenLines(seen)).toEqual(
      [
        'by items whole: ',
        'by items whole: resources:core/Pod a,resources:core/Pod b',
        'by items whole: resources:core/Pod c',
        'by items whole: resources:core/Service web',
        'cluster part: resources:core/ConfigMap one,resources:core/Service web',
        'cluster part: resources:core/Node n1',
      ].sort(),
    );
  });

  it.each([
    ['a file', 'pods.json'],
    ['a file of any name', 'output'],
    ['standard input', '-'],
  ])('are read from %s', async (_name, name) => {
    const file = join(temporaryFolder(), name);
    if (name !== '-') writeFileSync(file, FILES['pods.json']);

    const stdin = Readable.from([Buffer.from(FILES['pods.json'])]);
    const { reading, seen } = await read(name === '-' ? '-' : file, { stdin });

    expect(reading.layout.id).toBe('kubectl-get');
    expect(seenLines(seen)).toEqual(['by items whole: resources:core/Pod a,resources:core/Pod b']);
  });

  it('cover what their items span', async () => {
    expect(await rows({ 'p.json': printed(pod('a', 'shop'), pod('b', 'shop')) })).toEqual([
      'resources:core/Pod namespace/shop collected',
    ]);
    expect(await rows({ 'p.json': printed(pod('a', 'shop'), pod('b', 'other')) })).toEqual([
      'resources:core/Pod cluster collected',
    ]);
  });

  it('cover nothing when they are empty, single, cut, or nothing a server wrote', async () => {
    expect(await rows({ 'p.json': printed() })).toEqual([]);
    expect(await rows({ 'p.json': JSON.stringify(pod('a', 'shop')) })).toEqual([]);
    expect(await rows({ 'p.json': printed(pod('a', 'shop')).slice(0, -30) })).toEqual([
      'resources:core/Pod cluster truncated',
    ]);
    const manifest = { ...pod('a', 'shop'), metadata: { name: 'a', namespace: 'shop' } };
    expect(await rows({ 'p.json': printed(manifest, pod('b', 'shop')) })).toEqual([]);
  });

  it('of one object twice give it once, as it was last', async () => {
    const older = { ...pod('a', 'shop'), metadata: { ...pod('a', 'shop').metadata, resourceVersion: '5' } };
    const newer = { ...older, metadata: { ...older.metadata, resourceVersion: '12' } };

    const { store } = await readInputs(
      [unpack({ '1.json': printed(newer), '2.json': JSON.stringify(older) })],
      [pods],
    );

    expect(store.resources.get(pods.id)?.get(0)).toMatchObject([{ metadata: { resourceVersion: '12' } }]);
  });
});
