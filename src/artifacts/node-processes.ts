import { document } from '../model/artifact.ts';
import { textLines } from './text-sections.ts';

/** A process as ps shows it. */
export interface NodeProcess {
  readonly pid: number;
  /** First letter of STAT: `D` waits for the kernel and cannot be killed, `Z` has ended and is not cleaned up. */
  readonly state: string;
  /** Bytes of memory that are resident. */
  readonly rssBytes: number;
  /** 200 characters at most, without the lines of the tree. */
  readonly command: string;
}

/** The processes of a node, as far as they matter. */
export interface NodeProcesses {
  /** How many there are. */
  readonly count: number;
  /** Those that wait for the kernel, threads of the kernel itself left out. */
  readonly blocked: readonly NodeProcess[];
  readonly zombies: number;
  /** The five with the most memory, the largest first. */
  readonly largest: readonly NodeProcess[];
}

/** Of a node with a broken disk thousands wait; these are enough to tell. */
const MAX_BLOCKED = 100;
const LARGEST = 5;
const COMMAND_MAX = 200;
/** `USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND`; START may be two words. */
const LINE =
  /^\S+\s+(\d+)\s+[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+\S+\s+([A-Z])\S*\s+\S+(?: \d{1,2})?\s+\d[\d:-]*\s(.*)$/;

/** Processes of a node, scope node: the output of `ps axfwwu` (Konvoy's ps.txt), sizes in KiB. */
export const nodeProcesses = document<NodeProcesses>({
  id: 'node-processes',
  title: 'Processes of a node',
  contentType: 'text',
  rearranged: true,
  foreign: 'konvoy',
  parse(bytes) {
    const all = textLines(bytes).flatMap(readProcess);
    if (all.length === 0) throw new Error('no process is in it');
    const isKernel = ({ command }: NodeProcess) => command.startsWith('[');
    return {
      count: all.length,
      blocked: all.filter((one) => one.state === 'D' && !isKernel(one)).slice(0, MAX_BLOCKED),
      zombies: all.filter(({ state }) => state === 'Z').length,
      largest: all.toSorted((a, b) => b.rssBytes - a.rssBytes).slice(0, LARGEST),
    };
  },
});

function readProcess(line: string): NodeProcess[] {
  const [, pid, rss, state = '', command = ''] = LINE.exec(line) ?? [];
  if (pid === undefined) return [];
  const shown = command.replace(/^[\s|\\_]+/, '').slice(0, COMMAND_MAX);
  return [{ pid: Number(pid), state, rssBytes: Number(rss) * 1024, command: shown }];
}
