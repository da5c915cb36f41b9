import type { Column } from './column.ts';
import { ageText } from './duration.ts';
import { type JsonObject, listAt, numberAt, textAt, valueAt } from './json-path.ts';

const NONE = '<none>';

/** The columns of pods behind the name. */
export const POD_COLUMNS: readonly Column[] = [
  {
    name: 'Ready',
    value: (pod) => {
      const ready = statuses(pod).filter((one) => valueAt(one, 'ready') === true).length;
      return `${ready}/${listAt(pod, 'spec', 'containers').length}`;
    },
  },
  { name: 'Status', value: podStatus },
  { name: 'Restarts', value: restarts },
  { name: 'Age', value: (pod, now) => ageText(valueAt(pod, 'metadata', 'creationTimestamp'), now) },
  { name: 'IP', priority: 1, value: (pod) => textAt(pod, 'status', 'podIP') || NONE },
  { name: 'Node', priority: 1, value: (pod) => textAt(pod, 'spec', 'nodeName') || NONE },
  {
    name: 'Nominated Node',
    priority: 1,
    value: (pod) => textAt(pod, 'status', 'nominatedNodeName') || NONE,
  },
  { name: 'Readiness Gates', priority: 1, value: readinessGates },
];

function statuses(pod: JsonObject): readonly unknown[] {
  return listAt(pod, 'status', 'containerStatuses');
}

/** The one word kubectl shows: what holds the pod up, from the outside in. */
function podStatus(pod: JsonObject): string {
  const phase = textAt(pod, 'status', 'phase');
  const base = textAt(pod, 'status', 'reason') || phase || 'Unknown';
  if (valueAt(pod, 'metadata', 'deletionTimestamp') !== undefined && !isOver(phase))
    return base === 'NodeLost' ? 'Unknown' : 'Terminating';
  const initializing = initStatus(pod);
  if (initializing !== undefined && conditionOf(pod, 'Initialized') !== 'True') return initializing;
  const scheduled = listAt(pod, 'status', 'conditions').find((one) => textAt(one, 'type') === 'PodScheduled');
  if (textAt(scheduled, 'reason') === 'SchedulingGated') return 'SchedulingGated';
  const reasons = statuses(pod)
    .map((one) => stateReason(valueAt(one, 'state')))
    .filter((reason) => reason !== undefined);
  const reason = reasons[0] ?? base;
  const isRunning = statuses(pod).some(
    (one) => valueAt(one, 'ready') === true && valueAt(one, 'state', 'running') !== undefined,
  );
  if (reason !== 'Completed' || !isRunning) return reason;
  return conditionOf(pod, 'Ready') === 'True' ? 'Running' : 'NotReady';
}

function isOver(phase: string): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

function conditionOf(pod: JsonObject, type: string): string {
  const condition = listAt(pod, 'status', 'conditions').find((one) => textAt(one, 'type') === type);
  return textAt(condition, 'status');
}

/** Why a container waits or ended; undefined for one that runs. */
function stateReason(state: unknown): string | undefined {
  const waiting = textAt(state, 'waiting', 'reason');
  if (waiting !== '') return waiting;
  if (valueAt(state, 'terminated') === undefined) return undefined;
  const reason = textAt(state, 'terminated', 'reason');
  if (reason !== '') return reason;
  const signal = numberAt(state, 'terminated', 'signal');
  return signal === 0 ? `ExitCode:${numberAt(state, 'terminated', 'exitCode')}` : `Signal:${signal}`;
}

/** `Init:1/2`, or why the init container that is due has not ended well; undefined when all have. */
function initStatus(pod: JsonObject): string | undefined {
  const specs = listAt(pod, 'spec', 'initContainers');
  for (const [index, status] of listAt(pod, 'status', 'initContainerStatuses').entries()) {
    const state = valueAt(status, 'state');
    const spec = specs.find((one) => textAt(one, 'name') === textAt(status, 'name'));
    const isSidecar = textAt(spec, 'restartPolicy') === 'Always';
    if (isSidecar && valueAt(status, 'started') === true) continue;
    const ended = valueAt(state, 'terminated') !== undefined;
    if (ended && numberAt(state, 'terminated', 'exitCode') === 0) continue;
    const reason = stateReason(state);
    if (reason !== undefined && reason !== 'PodInitializing') return `Init:${reason}`;
    return `Init:${index}/${specs.length}`;
  }
  return undefined;
}

function restarts(pod: JsonObject, now: number): string {
  const count = statuses(pod).reduce<number>((sum, one) => sum + numberAt(one, 'restartCount'), 0);
  const last = statuses(pod)
    .map((one) => textAt(one, 'lastState', 'terminated', 'finishedAt'))
    .sort()
    .at(-1);
  return count === 0 || !last ? String(count) : `${count} (${ageText(last, now)} ago)`;
}

function readinessGates(pod: JsonObject): string {
  const gates = listAt(pod, 'spec', 'readinessGates').map((gate) => textAt(gate, 'conditionType'));
  if (gates.length === 0) return NONE;
  return `${gates.filter((type) => conditionOf(pod, type) === 'True').length}/${gates.length}`;
}
