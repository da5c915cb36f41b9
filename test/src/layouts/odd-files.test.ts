import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readInputs } from '../../../src/analyze/read-inputs.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { APPLE_FILES } from '../../../src/layouts/apple-files.ts';
import type { BundleFile } from '../../support/foreign-bundles.ts';
import { OBJECT_LAYOUTS } from '../../support/object-layouts.ts';
import { troubledCluster } from '../../support/shop-cluster.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';
import { TAR_END, tarEntry, tarHeader } from '../bundle/tar-bytes.ts';
import { read } from './layout-fixture.ts';
import { seenLines } from './seen-lines.ts';

/** What macOS puts in front of the attributes of a file. */
const APPLE_DOUBLE = Buffer.from('\0\u0005\u0016\u0007\0\u0002\0\0Mac OS X        ', 'latin1').toString(
  'latin1',
);

function tar(parts: readonly BundleFile[], extra: readonly Buffer[] = []): string {
  const file = join(temporaryFolder(), 'bundle.tar');
  const entries = parts.map(([path, text]) => tarEntry(path, text));
  writeFileSync(file, Buffer.concat([...entries, ...extra, TAR_END]));
  return file;
}

function beside(path: string): string {
  const at = path.lastIndexOf('/') + 1;
  return `${path.slice(0, at)}._${path.slice(at)}`;
}

describe.each(Object.entries(OBJECT_LAYOUTS))('odd files in a bundle of %s', (id, filesOf) => {
  it('of macOS are left out, said to be, and no loss', async () => {
    const files = filesOf(await troubledCluster(['shop']));
    const apples = files.map(([path]) => [beside(path), APPLE_DOUBLE] as const);
    const others = files.map(([path]) => [`__MACOSX/${beside(path)}`, APPLE_DOUBLE] as const);

    const plain = await read(tar(files));
    const odd = await read(tar([...apples, ...files, ...others]));

    expect(odd.reading.layout.id).toBe(id);
    expect(seenLines(odd.seen)).toEqual(seenLines(plain.seen));
    expect(odd.reading.incomplete).toBeUndefined();
    expect(odd.reading.summary.problems.map(({ code }) => code)).toEqual([APPLE_FILES]);
  });

  it('that are in it twice are read once, and said to be', async () => {
    const files = filesOf(await troubledCluster(['shop'])).filter(([path], index, all) => {
      return all.findIndex(([other]) => other === path) === index;
    });
    const twice = files.map(([path, text]) => [path, text.replaceAll('web', 'wob')] as const);

    const plain = await read(tar(files));
    const odd = await read(tar([...files, ...twice]));

    expect(seenLines(odd.seen)).toEqual(seenLines(plain.seen));
    expect(odd.reading.incomplete).toMatch(/is in the bundle twice, the first is read/);
  });

  it('that are links lead nowhere', async () => {
    const files = filesOf(await troubledCluster(['shop']));
    const [[path]] = files as [BundleFile];
    const links = [
      tarHeader({ name: `${path}.link`, type: '2', link: '/etc/passwd' }),
      tarHeader({ name: `${path}.other`, type: '2', link: path.slice(path.lastIndexOf('/') + 1) }),
    ];

    const [plain, odd] = [await read(tar(files)), await read(tar(files, links))];

    expect(seenLines(odd.seen)).toEqual(seenLines(plain.seen));
    expect(odd.reading.incomplete).toBeUndefined();
    expect(odd.reading.summary.problems.map(({ code }) => code)).toEqual(['link']);
  });

  it('that are not what their name says are not read as if they were', async () => {
    const files = filesOf(await troubledCluster(['shop']));
    const broken = files.map(([path, text]): BundleFile => {
      const isPods = /pods|k8s-resources/.test(path) && !/logs?[/.]/.test(path);
      return isPods
        ? [path, `${text.slice(0, Math.floor(text.length / 2))}\n}{ "not: [this\n`]
        : [path, text];
    });

    const { store } = await readInputs([tar(broken)], [pods]);

    const whole = store.rows.filter(
      ({ artifact, outcome, scope }) =>
        artifact === pods.id &&
        outcome === 'collected' &&
        (scope.type !== 'namespace' || scope.namespace === 'shop'),
    );
    expect(whole).toEqual([]);
    const told = store.rows.some(({ outcome }) => outcome === 'truncated' || outcome === 'partial');
    expect(told || !store.complete).toBe(true);
  });
});
