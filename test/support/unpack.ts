import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Writes files below a folder, by path from there; returns the folder. */
export function writeTree(
  folder: string,
  files: Iterable<readonly [path: string, content: string | Uint8Array]>,
): string {
  for (const [path, content] of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return folder;
}
