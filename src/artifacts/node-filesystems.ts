import { document } from '../model/artifact.ts';
import { sectionLines, textSections } from './text-sections.ts';

/** One mounted file system of a node. */
export interface NodeFilesystem {
  readonly device: string;
  readonly mount: string;
  /** `ext4`, `xfs`, `overlay`, where the output names it. */
  readonly type?: string;
  /** Mounted read-only. */
  readonly readOnly?: boolean;
  /** Bytes that are used, and that anybody but root may still use. */
  readonly usedBytes?: number;
  readonly availableBytes?: number;
  readonly sizeBytes?: number;
  readonly inodes?: number;
  readonly inodesUsed?: number;
  readonly inodesFree?: number;
}

/**
 * File systems of a node, scope node; text of one or several of these outputs, one below the other:
 * - `df -P` and `df -P -i`, with or without `-T`; also `df -h` and `df -H`, whose rounded sizes are read with
 *   powers of 1024 and lines broken after a long device name are joined;
 * - after a line `==> mounts <==`: `/proc/mounts` (device, mount point, type, options).
 * Tables are known by their first line, which begins with `Filesystem`; rows of one mount point are joined.
 */
export const nodeFilesystems = document<readonly NodeFilesystem[]>({
  id: 'node-filesystems',
  title: 'File systems of a node',
  contentType: 'text',
  rearranged: true,
  maxBytes: 4 * 1024 * 1024,
  parse(bytes) {
    const sections = textSections(bytes);
    const found = new Map<string, NodeFilesystem>();
    const add = (one: NodeFilesystem): void => {
      found.set(one.mount, { ...found.get(one.mount), ...one });
    };
    for (const section of sections.filter(({ name }) => name !== 'mounts'))
      readTables(section.lines).forEach(add);
    if (found.size === 0) throw new Error('no table of df is in it');
    for (const mount of (sectionLines(sections, 'mounts') ?? []).flatMap(readMount)) {
      if (found.has(mount.mount)) add(mount);
    }
    return [...found.values()];
  },
});

const HEAD = /^Filesystem\s/;

function readTables(lines: readonly string[]): NodeFilesystem[] {
  const found: NodeFilesystem[] = [];
  let head: string | undefined;
  let broken = '';
  for (const line of lines) {
    if (HEAD.test(line)) {
      head = line;
      broken = '';
    } else if (head !== undefined) {
      const whole = broken + line;
      const row = readRow(head, whole);
      broken = row === undefined && /^\S+$/.test(line.trim()) ? line : '';
      if (row) found.push(row);
    }
  }
  return found;
}

function readRow(head: string, line: string): NodeFilesystem | undefined {
  const typed = /\bType\b/.test(head);
  const pattern = typed
    ? /^(.+?)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(?:\d+%|-)\s+(\/.*)$/
    : /^(.+?)()\s+(\S+)\s+(\S+)\s+(\S+)\s+(?:\d+%|-)\s+(\/.*)$/;
  const match = pattern.exec(line);
  if (!match) return undefined;
  const [, device = '', type = '', total, used, free, mount = ''] = match;
  const place = { device, mount, ...(type === '' ? {} : { type }) };
  if (/\bInodes\b/.test(head)) {
    return {
      ...place,
      ...numbers({ inodes: amount(total, 1), inodesUsed: amount(used, 1), inodesFree: amount(free, 1) }),
    };
  }
  const block = Number(/\b(\d+)(K?)-blocks\b/.exec(head)?.[1] ?? 1) * (/\d+K-blocks/.test(head) ? 1024 : 1);
  return {
    ...place,
    ...numbers({
      sizeBytes: amount(total, block),
      usedBytes: amount(used, block),
      availableBytes: amount(free, block),
    }),
  };
}

const SUFFIXES = ['', 'K', 'M', 'G', 'T', 'P', 'E'];

/** `20510332` in blocks, `19.5G` as df -h rounds it; undefined for `-`. */
function amount(text: string | undefined, block: number): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([KMGTPE]?)(?:i?B)?$/i.exec(text ?? '');
  if (!match) return undefined;
  const power = SUFFIXES.indexOf((match[2] ?? '').toUpperCase());
  return Math.round(Number(match[1]) * (power > 0 ? 1024 ** power : block));
}

function numbers<K extends string>(fields: Record<K, number | undefined>): { [P in K]?: number } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [P in K]?: number;
  };
}

function readMount(line: string): NodeFilesystem[] {
  const [device, mount, type, options] = line.split(' ');
  if (!device || !mount || !type || options === undefined) return [];
  const readOnly = options.split(',').includes('ro');
  // The kernel writes blanks in names as octal escapes.
  return [{ device, mount: mount.replaceAll('\\040', ' '), type, readOnly }];
}
