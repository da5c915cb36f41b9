import { posix } from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { SourceTree } from './source-tree.ts';

/** A run-time import of one module by another; `import type` is gone before this is made. */
export interface ValueImport {
  readonly from: string;
  /** Path in the tree, or the package's or built-in module's name. */
  readonly to: string;
  /** True for `import()`. */
  readonly dynamic: boolean;
}

/** All run-time imports among and out of the tree's TypeScript files, found by a real parser. */
export async function valueImports(tree: SourceTree): Promise<readonly ValueImport[]> {
  const modules = [...tree.keys()].filter((path) => path.endsWith('.ts'));
  const found: ValueImport[] = [];
  await build({
    entryPoints: modules,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    outdir: 'unused',
    logLevel: 'silent',
    // Keeps imports of names nothing uses, as Node does when it strips types.
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    plugins: [recorder(tree, found)],
  });
  return found;
}

function recorder(tree: SourceTree, found: ValueImport[]): Plugin {
  return {
    name: 'record-imports',
    setup(setup) {
      setup.onResolve({ filter: /.*/ }, ({ path, importer, kind }) => {
        // An entry that also exists on disk comes as `./src/x.ts`.
        if (kind === 'entry-point') return { path: posix.normalize(path), namespace: 'tree' };
        found.push({ from: importer, to: resolved(importer, path), dynamic: kind === 'dynamic-import' });
        return { path, external: true };
      });
      setup.onLoad({ filter: /.*/, namespace: 'tree' }, ({ path }) => ({
        contents: contentsOf(tree, path),
        loader: 'ts',
      }));
    },
  };
}

function contentsOf(tree: SourceTree, path: string): string {
  const contents = tree.get(path);
  if (contents === undefined) throw new Error(`${path} is not in the tree: its imports would go unseen`);
  return contents;
}

/** `../model/json.ts` seen from `src/bundle/x.ts` → `src/model/json.ts`; packages lose their subpath. */
function resolved(importer: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.normalize(posix.join(posix.dirname(importer), specifier));
  if (specifier.startsWith('node:')) return specifier;
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}
