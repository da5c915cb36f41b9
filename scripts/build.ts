import { existsSync } from 'node:fs';
import { chmod, cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { TEXTS_BY_HAND } from './licence-texts.ts';
import { ROOT } from './units.ts';

const DIST = join(ROOT, 'dist');
const ENTRY = 'kubecase';

// Bundled CommonJS packages ask for Node's own modules through `require`, which an ES module lacks.
const BANNER = [
  "import { createRequire as createRequireHere } from 'node:module';",
  'const require = createRequireHere(import.meta.url);',
].join('\n');

/** Files found at run time through src/packaged.ts, at the same paths below dist/. */
const PACKAGED: readonly { readonly folder: string; readonly suffixes: readonly string[] }[] = [
  { folder: 'analyzers', suffixes: ['.md'] },
  { folder: 'collectors', suffixes: ['.md', '.sh'] },
  // What `kubecase demo` serves; the other samples stay in the checkout.
  { folder: 'samples/kong-data-plane-disconnected/bundle', suffixes: ['.json', '.log', '.txt'] },
  { folder: 'report-templates', suffixes: ['.hbs', '.css', '.js', '.html', '.svg', '.json'] },
];

/**
 * commander can run subcommands as programs of their own and loads node:child_process, with the network stack
 * behind it, at its start; and importing node:process runs every getter of it. Together a third of the time of
 * `--help`. Our subcommands are all in one program, and the global process is the same object.
 */
const LIGHT: Readonly<Record<string, string>> = {
  'node:child_process': 'export default {};',
  'node:process': 'export default globalThis.process;',
};
const lightCommander: Plugin = {
  name: 'light-commander',
  setup(setup) {
    setup.onResolve({ filter: /^node:(child_process|process)$/ }, ({ path, importer }) =>
      importer.includes('/node_modules/commander/') ? { path, namespace: 'light' } : undefined,
    );
    setup.onLoad({ filter: /.*/, namespace: 'light' }, ({ path }) => ({ contents: LIGHT[path] }));
  },
};

/** `npm run build`: the published dist/, one executable module with lazily loaded chunks and its data files. */
async function main(): Promise<void> {
  await rm(DIST, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: { [ENTRY]: 'src/cli/main.ts' },
    outdir: DIST,
    bundle: true,
    splitting: true,
    metafile: true,
    format: 'esm',
    platform: 'node',
    // CommonJS forms lose their named exports behind `import()`.
    mainFields: ['module', 'main'],
    target: 'node22',
    chunkNames: 'chunks/[name]-[hash]',
    banner: { js: BANNER },
    // Identifiers stay, so that the stack of a bug can be read.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [lightCommander],
  });
  await dropNeedlessBanners(Object.keys(metafile.outputs));
  const entry = join(DIST, `${ENTRY}.js`);
  await writeFile(entry, `#!/usr/bin/env node\n${await readFile(entry, 'utf8')}`);
  await chmod(entry, 0o755);
  for (const { folder, suffixes } of PACKAGED) await copyPackaged(folder, suffixes);
  await writeFile(join(DIST, 'THIRD-PARTY-LICENSES.txt'), await licences(metafile));
  const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
  console.log(`dist/: ${Object.keys(metafile.outputs).length} modules, ${Math.ceil(bytes / 1024)} KiB`);
}

/** A module that requires nothing does not pay for loading node:module. */
async function dropNeedlessBanners(outputs: readonly string[]): Promise<void> {
  for (const output of outputs) {
    const file = join(ROOT, output);
    const text = await readFile(file, 'utf8');
    const own = text.replace(BANNER, '');
    if (own !== text && !/\brequire\b/.test(own)) await writeFile(file, own.replace(/^\n+/, ''));
  }
}

async function copyPackaged(folder: string, suffixes: readonly string[]): Promise<void> {
  const from = join(ROOT, folder);
  if (!existsSync(from)) return;
  for (const path of await readdir(from, { recursive: true })) {
    if (suffixes.some((suffix) => path.endsWith(suffix)))
      await cp(join(from, path), join(DIST, folder, path));
  }
}

/** The licence texts of every package that was bundled, sorted by name. */
async function licences(metafile: Metafile): Promise<string> {
  const folders = new Set<string>();
  for (const input of Object.keys(metafile.inputs)) {
    const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
    if (folder !== undefined) folders.add(join(ROOT, folder));
  }
  const parts: string[] = [];
  for (const folder of [...folders].sort()) {
    const name = relative(ROOT, folder).replace('node_modules/', '');
    const texts = await licenceTexts(folder, name);
    if (texts.length === 0)
      throw new Error(`${name} ships no licence text: put it into scripts/licence-texts.ts`);
    parts.push([name, ...texts].join('\n\n'));
  }
  return `${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/** The licence files of a package; else the chapter of its README, else what was put together by hand. */
async function licenceTexts(folder: string, name: string): Promise<readonly string[]> {
  const files = (await readdir(folder)).sort();
  const own = files.filter((file) => /^(?:(?:un)?licen[cs]e|notice)/i.test(file));
  if (own.length > 0) return Promise.all(own.map((file) => readFile(join(folder, file), 'utf8')));
  const readme = files.find((file) => /^readme/i.test(file));
  const text = readme === undefined ? '' : await readFile(join(folder, readme), 'utf8');
  const chapter = /^#+ *licen[cs]e\s*\n([\s\S]*?)(?=^#|$(?![\s\S]))/im.exec(text)?.[1]?.trim() ?? '';
  if (/permission is hereby granted/i.test(chapter)) return [chapter];
  const byHand = TEXTS_BY_HAND.get(name);
  return byHand === undefined ? [] : [byHand];
}

try {
  await main();
} catch (error) {
  // What esbuild found wrong it has printed itself, with file and line.
  if (!(error instanceof Error && 'errors' in error)) throw error;
  process.exitCode = 1;
}
