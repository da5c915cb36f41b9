import { document } from '../model/artifact.ts';
import { integerIn, sectionLines, type TextSection, textSections } from './text-sections.ts';

/** Operating system and size of a machine; what was not read is undefined. */
export interface NodeSystem {
  /** As the machine calls itself. */
  readonly hostname?: string;
  /** `ubuntu`, `rhel`: ID of os-release, in lower case. */
  readonly osId?: string;
  /** `22.04`: VERSION_ID of os-release. */
  readonly osVersion?: string;
  /** For people: PRETTY_NAME of os-release. */
  readonly osName?: string;
  /** Release of the kernel: `5.15.0-91-generic`. */
  readonly kernel?: string;
  /** `x86_64`, `aarch64`. */
  readonly architecture?: string;
  readonly uptimeSeconds?: number;
  readonly bootId?: string;
  readonly cpus?: number;
  readonly memoryBytes?: number;
}

/**
 * System of a node, scope node; text with a line `==> name <==` above each part:
 * - `os-release`: the file /etc/os-release;
 * - `uname`: `uname -a`;
 * - `uptime`: /proc/uptime, seconds since boot first;
 * - `boot-id`: /proc/sys/kernel/random/boot_id;
 * - `nproc`: number of processors; `meminfo`: /proc/meminfo, of which MemTotal is read.
 */
export const nodeSystem = document<NodeSystem>({
  id: 'node-system',
  title: 'System of a node',
  contentType: 'text',
  rearranged: true,
  maxBytes: 256 * 1024,
  parse(bytes) {
    const sections = textSections(bytes);
    const system: NodeSystem = {
      ...readOsRelease(sectionLines(sections, 'os-release') ?? []),
      ...readUname(firstLine(sections, 'uname')),
      ...numberField('uptimeSeconds', Number.parseFloat(firstLine(sections, 'uptime'))),
      ...textField('bootId', firstLine(sections, 'boot-id')),
      ...numberField('cpus', integerIn(firstLine(sections, 'nproc'))),
      ...readMemory(sectionLines(sections, 'meminfo') ?? []),
    };
    if (Object.keys(system).length === 0) throw new Error('nothing about a system is in it');
    return system;
  },
});

function firstLine(sections: readonly TextSection[], name: string): string {
  return sectionLines(sections, name)?.[0]?.trim() ?? '';
}

function readOsRelease(lines: readonly string[]): NodeSystem {
  const fields = new Map(
    lines.flatMap((line) => {
      const [, key, quoted, bare] = /^([A-Z_]+)=(?:["'](.*)["']|(.*))$/.exec(line) ?? [];
      return key === undefined ? [] : [[key, (quoted ?? bare ?? '').trim()] as const];
    }),
  );
  return {
    ...textField('osId', (fields.get('ID') ?? '').toLowerCase()),
    ...textField('osVersion', fields.get('VERSION_ID') ?? ''),
    ...textField('osName', fields.get('PRETTY_NAME') ?? ''),
  };
}

/** `Linux cp-1 5.15.0-91-generic #101-Ubuntu SMP … x86_64 x86_64 x86_64 GNU/Linux`. */
function readUname(line: string): NodeSystem {
  const words = line.split(/\s+/);
  if (words[0] !== 'Linux') return {};
  const architecture = words.find((word) =>
    /^(x86_64|i[3-6]86|aarch64|arm\w*|ppc64\w*|s390x|riscv64)$/.test(word),
  );
  return {
    ...textField('hostname', words[1] ?? ''),
    ...textField('kernel', words[2] ?? ''),
    ...textField('architecture', architecture ?? ''),
  };
}

function readMemory(lines: readonly string[]): NodeSystem {
  const kibibytes = lines.flatMap((line) => /^MemTotal:\s+(\d+) kB$/.exec(line)?.[1] ?? [])[0];
  return kibibytes === undefined ? {} : { memoryBytes: Number(kibibytes) * 1024 };
}

function textField<K extends keyof NodeSystem>(name: K, value: string): NodeSystem {
  return value === '' ? {} : { [name]: value };
}

function numberField<K extends keyof NodeSystem>(name: K, value: number | undefined): NodeSystem {
  return value === undefined || Number.isNaN(value) ? {} : { [name]: value };
}
