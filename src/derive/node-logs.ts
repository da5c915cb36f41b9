import type { NodeItem } from '../artifacts/resources.ts';
import type { DeriveContext } from '../model/artifact.ts';
import type { Gap } from '../model/coverage.ts';
import type { LogComponent, LogMatches, LogSignals } from '../model/log-signals.ts';
import type { Severity } from '../model/message.ts';
import { isOlder } from '../model/observation.ts';
import { CLUSTER_SCOPE } from '../model/scope.ts';
import type { Subject } from '../model/subject.ts';
import { type MachineState, type Machines, machinesWithout } from './machines.ts';

/** Whether lines speak of now: the last was written within the limit, before it, or nobody can tell. */
export type LineAge = 'recent' | 'old' | 'undated';

/** The age of the last matching line against a limit in seconds; lines of many node logs carry no year. */
export function lineAge(matches: LogMatches, { age }: Pick<DeriveContext, 'age'>, seconds: number): LineAge {
  const last = age(matches.last, matches);
  if (last === undefined) return 'undated';
  return isOlder(last, seconds) === true ? 'old' : 'recent';
}

/** The log of kubelets: their unit, or the whole journal. */
export const KUBELET_LOG: LogComponent = { id: 'kubelet', unit: /^(kubelet|journal)$/ };

/** Lines of a kubelet or a container runtime this old say nothing of the state now. */
export const AGENT_RECENT_SECONDS = 900;

/**
 * How grave a fault is that the log of a kubelet or runtime tells of: a node that is ready has overcome it, of one
 * whose Node is not in the bundle nobody can tell, and where files are all there is, the lines decide as far as
 * they carry times.
 */
export function faultSeverity(state: MachineState, age: LineAge): Severity {
  if (state === 'ready' || state === 'unseen' || age === 'old') return 'info';
  return state === 'alone' && age === 'undated' ? 'warning' : 'critical';
}

/** What matched in the logs of one machine. */
export interface MachineMatches {
  /** As the log names it. */
  readonly name: string;
  readonly subject: Subject;
  readonly node: NodeItem | undefined;
  readonly state: MachineState;
  readonly matches: LogMatches;
}

/** Holds the lines of every unit, so that it may repeat what another log of the machine says. */
const WHOLE_JOURNAL = 'journal';

/** The matches of one pattern, one element per machine; logs of containers are left out. */
export function matchesByMachine<P extends string>(
  signals: LogSignals<P>,
  pattern: P,
  known: Machines,
): MachineMatches[] {
  const byName = new Map<string, MachineMatches>();
  for (const matches of signals.matches(pattern)) {
    if (matches.scope.type !== 'unit') continue;
    const { node: name, unit } = matches.scope;
    if (unit === WHOLE_JOURNAL && byName.has(name)) continue;
    byName.set(name, {
      name,
      subject: known.subjectOf(name),
      node: known.nodeOf(name),
      state: known.stateOf(name),
      matches,
    });
  }
  return [...byName.values()];
}

/** The machines whose log of this kind was read, each once. */
export function machinesRead(signals: LogSignals<string>, known: Machines): Subject[] {
  return [...new Set(signals.units().map(({ node }) => node))].map((name) => known.subjectOf(name));
}

/** The nodes whose log of this kind was not read, each with the reason: no line found there means nothing. */
export function unreadLogs(
  signals: LogSignals<string>,
  what: string,
  known: Machines,
): { readonly subject: Subject; readonly gap: Gap }[] {
  const names = signals.units().map(({ node }) => node);
  return machinesWithout(names, known).map((subject) => ({
    subject,
    gap: unreadLog(what, 'external' in subject ? undefined : subject.name),
  }));
}

/** The log of a node, or of every node, is not in the bundle. */
export function unreadLog(what: string, node?: string): Gap {
  return {
    artifact: 'logs',
    scope: node === undefined ? CLUSTER_SCOPE : { type: 'node', node },
    outcome: 'skipped',
    reason:
      node === undefined
        ? `no ${what} of a node is in this bundle`
        : `the ${what} of this node is not in this bundle`,
    fix: { flag: '--nodes' },
  };
}

/** Different texts a named group of a pattern caught, in the order of the log, with how many more there are. */
export function capturedTexts(matches: LogMatches, group: string): string[] {
  const texts = matches.hits.map((hit) => hit.captures[group]).filter((text) => text !== undefined);
  return [...new Set(texts)];
}
