import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { expectedFiles, inputFolders, sampleInputs, sampleReport } from './samples/generate.ts';
import { SCENARIOS } from './samples/scenarios.ts';
import { ROOT } from './units.ts';

const SAMPLES = join(ROOT, 'samples');

/**
 * `npm run samples [name…]`: makes samples/<name>/bundle, and node-<node> where there are files of nodes, from
 * its scenario, and samples/<name>/expected from what `analyze` says of them. With `--check` only says what
 * differs.
 */
async function main(args: readonly string[]): Promise<void> {
  const check = args.includes('--check');
  const names = args.filter((arg) => !arg.startsWith('--'));
  const unknown = names.find((name) => !SCENARIOS.has(name));
  if (unknown !== undefined) {
    console.error(`${unknown}: there is no such sample; there are ${[...SCENARIOS.keys()].join(', ')}`);
    process.exitCode = 2;
    return;
  }
  for (const name of names.length > 0 ? names : SCENARIOS.keys()) {
    const changed = await makeSample(name, check);
    for (const path of changed) console.log(`${check ? 'differs' : 'written'}: samples/${name}/${path}`);
    if (check && changed.length > 0) process.exitCode = 1;
  }
  if (process.exitCode === 1) console.error('run `npm run samples` and look at what changed');
}

async function makeSample(name: string, check: boolean): Promise<string[]> {
  const folder = join(SAMPLES, name);
  const inputs = await sampleInputs(await SCENARIOS.get(name)!());
  const changed: string[] = [];
  for (const [below, files] of inputs)
    changed.push(...(await settle(folder, below, prefixed(below, files), check)));
  for (const gone of inputFolders(folder).filter((path) => !inputs.has(basename(path))))
    changed.push(...(await settle(folder, basename(gone), new Map(), check)));
  // The reports of a bundle that is out of step would only say so again.
  if (check && changed.length > 0) return changed;
  const reports = prefixed('expected', expectedFiles(await sampleReport(folder)));
  return [...changed, ...(await settle(folder, 'expected', reports, check))];
}

function prefixed(below: string, files: ReadonlyMap<string, Buffer | string>): Map<string, Buffer> {
  return new Map([...files].map(([path, content]) => [`${below}/${path}`, Buffer.from(content)]));
}

/** Brings the files below a folder in step with what they should be; returns what was not. */
async function settle(
  folder: string,
  below: string,
  files: ReadonlyMap<string, Buffer>,
  check: boolean,
): Promise<string[]> {
  const present = await filesBelow(folder, below);
  const changed: string[] = [];
  for (const path of present) {
    if (files.has(path)) continue;
    changed.push(path);
    if (!check) await rm(join(folder, path));
  }
  for (const [path, content] of files) {
    const old = present.includes(path) ? await readFile(join(folder, path)) : undefined;
    if (old?.equals(content)) continue;
    changed.push(path);
    if (check) continue;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return changed.sort();
}

async function filesBelow(folder: string, below: string): Promise<string[]> {
  const found = await readdir(join(folder, below), { recursive: true, withFileTypes: true }).catch(() => []);
  return found
    .filter((one) => one.isFile())
    .map((one) =>
      join(one.parentPath, one.name)
        .slice(folder.length + 1)
        .split(sep)
        .join('/'),
    );
}

await main(process.argv.slice(2));
