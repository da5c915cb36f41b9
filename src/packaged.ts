import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const read = new Map<string, string>();

/**
 * Text of a file that ships with kubecase, by its path from the package root: `report-templates/report.css`,
 * `analyzers/node/not-ready.md`. The one place that knows where such files lie, so that a single executable
 * needs to change nothing else. Throws when the package is incomplete.
 */
export function packaged(path: string): string {
  const known = read.get(path);
  if (known !== undefined) return known;
  for (const root of packageRoots()) {
    const file = join(root, path);
    if (!existsSync(file)) continue;
    const text = readFileSync(file, 'utf8');
    read.set(path, text);
    return text;
  }
  throw new Error(`the installation is incomplete: ${path} is missing`);
}

let roots: readonly string[] | undefined;

/**
 * Folders packaged files may lie in, nearest first: from this module up to the folder of package.json.
 * The published build keeps its copies inside dist/, a checkout has them at its root.
 */
function packageRoots(): readonly string[] {
  if (roots) return roots;
  const found: string[] = [];
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    found.push(folder);
    const parent = dirname(folder);
    if (existsSync(join(folder, 'package.json')) || parent === folder) break;
    folder = parent;
  }
  roots = found;
  return found;
}
