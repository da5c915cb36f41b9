import { type NodeProcesses, nodeProcesses } from '../../src/artifacts/node-processes.ts';
import { machines, machinesWith, unseenNode } from '../../src/derive/machines.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import type { DocumentItem } from '../../src/model/artifact.ts';
import type { Subject } from '../../src/model/subject.ts';

/** A process or two wait for a disk at any moment; ten at once wait for something that does not answer. */
const MANY_BLOCKED = 10;
/** A process that has ended takes a process id until its parent notices: a few are usual. */
const MANY_ZOMBIES = 50;
/** Named in a text. */
const NAMED = 5;

const ONE_LOOK = { level: 'likely', reason: 'it is one look at the processes of the node' } as const;

export const processesStuck = defineAnalyzer({
  meta: {
    id: 'node/processes-stuck',
    title: 'Processes stuck on a node',
    description: 'Many processes of a node that wait for the kernel, or have ended and are not cleaned up.',
    messages: {
      blocked: {
        severity: 'warning',
        confidence: ONE_LOOK,
        text: '{count:count} processes of {node:object} wait for the kernel and cannot be killed (state D): {commands:text}.',
        remedy: [
          {
            text: 'Mostly a disk or a network file system that does not answer: see what they wait for, then the disk or the mount.',
            argv: ['ps', 'axo', 'pid,stat,wchan:32,cmd'],
          },
          { text: 'The log of the kernel names tasks blocked for more than 120 seconds.' },
        ],
        explains: [
          { effect: 'node-not-ready', via: ['same-object'] },
          { effect: 'pod-not-terminating', via: ['runs'] },
          { effect: 'container-runtime-down', via: ['same-object'] },
        ],
        check: 'processes',
      },
      zombies: {
        severity: 'info',
        confidence: ONE_LOOK,
        text: '{node:object} has {count:count} processes that have ended and whose parents do not clean them up: each takes a process id.',
        remedy: [
          {
            text: 'See their parents. In containers: an init process that reaps (`shareProcessNamespace`, tini), and probes that run a command and time out.',
            argv: ['ps', 'axo', 'pid,ppid,stat,cmd'],
          },
        ],
      },
    },
    checks: {
      processes: {
        checklist: 'check-nodes',
        item: 'Processes get on',
        expected: 'few wait for the kernel',
        found: '{count:count} processes, {largest:text} with the most memory',
      },
    },
    references: ['procps-ng ps(1): PROCESS STATE CODES', 'konvoy diagnose: ps.txt (`ps axfwwu`)'],
  },
  needs: { processes: nodeProcesses, machines },
  appliesTo({ processes }) {
    if (processes.items.length > 0) return true;
    if (processes.rows.length > 0) return { applies: 'unseen', gaps: processes.coverage.gaps };
    return { applies: false, reason: 'no list of the processes of a node was given' };
  },
  analyze({ processes, machines: known }, context) {
    for (const { name, subject, state, documents } of machinesWith(processes, known)) {
      if (state === 'unseen') context.looked({ check: 'processes', unseen: unseenNode(name), subject });
      else judge(documents[0], subject, context);
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof processesStuck.meta.messages,
  NonNullable<typeof processesStuck.meta.checks>
>;

function judge(document: DocumentItem<NodeProcesses>, subject: Subject, context: Context): void {
  const { blocked, zombies, count, largest } = document.value;
  if (zombies > MANY_ZOMBIES) {
    const evidence = [context.at(document, '/zombies')] as const;
    context.report({ message: 'zombies', values: { node: subject, count: zombies }, subject, evidence });
  }
  if (blocked.length < MANY_BLOCKED) {
    const name = programOf(largest[0]?.command ?? 'none');
    context.looked({ check: 'processes', values: { count, largest: name }, subject });
    return;
  }
  const commands = [...new Set(blocked.map(({ command }) => programOf(command)))].slice(0, NAMED);
  context.report({
    message: 'blocked',
    values: { node: subject, count: blocked.length, commands },
    subject,
    evidence: [context.at(document, '/blocked')],
  });
}

/** The program of a command line: arguments may hold anything. */
function programOf(command: string): string {
  return command.split(/\s/, 1)[0]?.split('/').at(-1) ?? '';
}
