import { visibleText } from '../report/visible-text.ts';

/** A file of a tree as it is printed. */
export interface TreeFile {
  readonly path: string;
  readonly size: number;
  /** What is said behind the size; empty: nothing. */
  readonly note: string;
}

interface Folder {
  readonly folders: Map<string, Folder>;
  readonly files: { readonly name: string; readonly size: number; readonly note: string }[];
  size: number;
}

/** Files as an indented tree with sizes, folders first, each sorted by name. */
export function treeLines(files: readonly TreeFile[]): string[] {
  const root: Folder = { folders: new Map(), files: [], size: 0 };
  for (const { path, size, note } of files) {
    const names = path.split('/');
    const name = names.pop() ?? '';
    let folder = root;
    folder.size += size;
    for (const one of names) {
      const next: Folder = folder.folders.get(one) ?? { folders: new Map(), files: [], size: 0 };
      folder.folders.set(one, next);
      next.size += size;
      folder = next;
    }
    folder.files.push({ name, size, note });
  }
  return folderLines(root, '  ');
}

function folderLines(folder: Folder, indent: string): string[] {
  const lines: string[] = [];
  for (const [name, below] of [...folder.folders].sort(([a], [b]) => compare(a, b))) {
    lines.push(`${sizeText(below.size).padStart(10)}${indent}${visibleText(name)}/`);
    lines.push(...folderLines(below, `${indent}  `));
  }
  for (const { name, size, note } of folder.files.sort((a, b) => compare(a.name, b.name))) {
    const said = note === '' ? '' : `  (${note})`;
    lines.push(`${sizeText(size).padStart(10)}${indent}${visibleText(name)}${said}`);
  }
  return lines;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Bytes for a person, in steps of 1024. */
export function sizeText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return unit === 0 ? `${bytes} B` : `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}
