import { execFileSync, spawnSync } from 'node:child_process';
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGunzip, gunzipSync } from 'node:zlib';
import { list } from 'tar';
import { expect, it } from 'vitest';
import { containerScope, openWriter, podList, temporaryFolder } from './bundle-fixture.ts';

const LOG = 'a line of a log\n'.repeat(400_000);

/** Prints name, announced size and bytes read of every entry. */
const PYTHON = `
import json, sys, tarfile
with tarfile.open(sys.argv[1]) as archive:
    print(json.dumps([[m.name, len(archive.extractfile(m).read())] for m in archive]))
`;

type Listing = readonly (readonly [name: string, size: number])[];

/** Readers other people use, and how each is asked for names and sizes. */
const TOOLS: readonly { readonly name: string; readonly command: string; list(file: string): Listing }[] = [
  { name: 'GNU tar', command: 'tar', list: (file) => verboseListing('tar', file, 2) },
  { name: 'bsdtar', command: 'bsdtar', list: (file) => verboseListing('bsdtar', file, 4) },
  {
    name: 'Python tarfile',
    command: 'python3',
    list: (file) => JSON.parse(execFileSync('python3', ['-c', PYTHON, file], { encoding: 'utf8' })),
  },
];

function verboseListing(command: string, file: string, sizeField: number): Listing {
  const lines = execFileSync(command, ['-tvzf', file], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => {
    const fields = line.split(/\s+/);
    return [fields.at(-1) ?? '', Number(fields[sizeField])] as const;
  });
}

/** A bundle with long names (pax), an entry over several members, and an empty list; and what is in it. */
async function writeBundle(): Promise<{ file: string; expected: Listing }> {
  const file = join(temporaryFolder(), 'b.tar.gz');
  const writer = await openWriter(file);
  const results = [
    await writer.add(podList('shop', [])),
    await writer.add({
      type: 'log',
      scope: containerScope('n'.repeat(63), 'p'.repeat(190), 'c'.repeat(63)),
      chunks: [Buffer.from(LOG)],
    }),
    await writer.add({
      type: 'log',
      scope: containerScope('shop', 'p'.repeat(253), 'app'),
      chunks: [Buffer.from('x')],
    }),
  ];
  await writer.finish({ complete: true });
  const stored = results.map((result) =>
    result.stored ? ([result.path, result.size] as const) : (['', 0] as const),
  );
  return { file, expected: stored };
}

function withoutOwn(listing: Listing): Listing {
  return listing.filter(([name]) => name !== 'metadata.json' && name !== 'manifest.json');
}

it('a bundle is read alike by Node alone and by the tar readers this machine has', async () => {
  const { file, expected } = await writeBundle();
  const byPackage: [string, number][] = [];
  const parser = list({ onReadEntry: (entry) => void byPackage.push([entry.path, entry.size]) });
  createReadStream(file).pipe(createGunzip()).pipe(parser);
  await new Promise((resolve) => parser.on('end', resolve));

  expect(withoutOwn(byPackage)).toEqual(expected);
  expect(gunzipSync(readFileSync(file)).includes(LOG)).toBe(true);
  for (const tool of TOOLS) {
    if (spawnSync(tool.command, ['--version']).status !== 0) {
      process.stdout.write(`${tool.name} is not on this machine: not compared\n`);
      continue;
    }
    expect(withoutOwn(tool.list(file)), tool.name).toEqual(expected);
  }
});

it('the footer does not disturb gzip', async () => {
  const { file } = await writeBundle();

  if (spawnSync('gzip', ['--version']).status === 0) {
    const { status, stderr } = spawnSync('gzip', ['-t', file], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }
  expect(gunzipSync(readFileSync(file)).length % 512).toBe(0);
});
