import { document } from '../model/artifact.ts';
import { integerIn, sectionLines, type TextSection, textSections } from './text-sections.ts';

/** A swap area in use. */
export interface NodeSwap {
  readonly file: string;
  readonly sizeBytes: number;
  readonly usedBytes: number;
}

/** Settings of a node's kernel; a part that was not read is undefined. */
export interface NodeKernelSettings {
  /** By key with dots: `net.ipv4.ip_forward` → `1`. */
  readonly sysctl: Readonly<Record<string, string>>;
  /** Names of loaded and built-in modules. */
  readonly modules?: readonly string[];
  readonly swaps?: readonly NodeSwap[];
  /** Processes and threads that exist. */
  readonly tasks?: number;
  /** Version of the control groups hierarchy. */
  readonly cgroupVersion?: 1 | 2;
}

/**
 * Kernel settings of a node, scope node; text with a line `==> name <==` above each part:
 * - `sysctl`: `sysctl -a` (`key = value`); also what stands before the first such line;
 * - `modules`: `lsmod` or `/proc/modules`, the name in the first column; `modules-builtin`: the file
 *   `modules.builtin` of the kernel, one path of a `.ko` per line;
 * - `swaps`: `/proc/swaps`, sizes in KiB; only its first line when there is no swap;
 * - `loadavg`: `/proc/loadavg`;
 * - `cgroup`: `stat -fc %T /sys/fs/cgroup`: `cgroup2fs` or `tmpfs`.
 */
export const nodeKernelSettings = document<NodeKernelSettings>({
  id: 'node-kernel-settings',
  title: 'Kernel settings of a node',
  contentType: 'text',
  rearranged: true,
  maxBytes: 4 * 1024 * 1024,
  parse(bytes) {
    const sections = textSections(bytes);
    const settings = {
      sysctl: readSysctl([
        ...(sectionLines(sections, '') ?? []),
        ...(sectionLines(sections, 'sysctl') ?? []),
      ]),
      ...readModules(sections),
      ...readSwaps(sectionLines(sections, 'swaps')),
      ...readTasks(sectionLines(sections, 'loadavg')),
      ...readCgroup(sectionLines(sections, 'cgroup')),
    };
    if (Object.keys(settings).length === 1 && Object.keys(settings.sysctl).length === 0) {
      throw new Error('no setting of a kernel is in it');
    }
    return settings;
  },
});

function readSysctl(lines: readonly string[]): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const line of lines) {
    const [, key, value] = /^([a-z][\w.*/-]*)\s*=\s*(.*)$/.exec(line) ?? [];
    if (key !== undefined) settings[key.replaceAll('/', '.')] = (value ?? '').trim();
  }
  return settings;
}

function readModules(sections: readonly TextSection[]): Pick<NodeKernelSettings, 'modules'> {
  const loaded = sectionLines(sections, 'modules');
  if (loaded === undefined) return {};
  const names = loaded.map((line) => line.split(/\s/, 1)[0] as string);
  const builtIn = (sectionLines(sections, 'modules-builtin') ?? []).flatMap(
    (line) => /([^/]+)\.ko/.exec(line)?.[1] ?? [],
  );
  const all = [...names, ...builtIn].filter((name) => name !== '' && name !== 'Module');
  // A kernel without a single module is one whose list could not be read.
  if (all.length === 0) return {};
  // The kernel lists modules with underscores, files carry either.
  return { modules: [...new Set(all.map((name) => name.replaceAll('-', '_')))].sort() };
}

function readSwaps(lines: readonly string[] | undefined): Pick<NodeKernelSettings, 'swaps'> {
  if (lines === undefined || lines.length === 0) return {};
  const swaps = lines.flatMap((line) => {
    const [, file, size, used] = /^(\S+)\s+\S+\s+(\d+)\s+(\d+)\s+-?\d+/.exec(line) ?? [];
    if (file === undefined) return [];
    return [{ file, sizeBytes: Number(size) * 1024, usedBytes: Number(used) * 1024 }];
  });
  return { swaps };
}

function readTasks(lines: readonly string[] | undefined): Pick<NodeKernelSettings, 'tasks'> {
  const tasks = integerIn(/^\S+ \S+ \S+ \d+\/(\d+) /.exec(lines?.[0] ?? '')?.[1]);
  return tasks === undefined ? {} : { tasks };
}

function readCgroup(lines: readonly string[] | undefined): Pick<NodeKernelSettings, 'cgroupVersion'> {
  const name = lines?.[0]?.trim();
  if (name === 'cgroup2fs') return { cgroupVersion: 2 };
  return name === 'tmpfs' ? { cgroupVersion: 1 } : {};
}
