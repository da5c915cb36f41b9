import { istioProxyContainer } from '../artifacts/istio-proxy.ts';
import type { PodItem } from '../artifacts/resources.ts';
import type { DeriveContext } from '../model/artifact.ts';
import type { EvidenceRef } from '../model/finding.ts';
import type { LogMatches, LogSignals, LogTail } from '../model/log-signals.ts';
import { isOlder } from '../model/observation.ts';
import { type ContainerView, conditionSince } from './containers.ts';
import { type DependencyError, dependencyError } from './dependency-error.ts';
import { errorText, lastErrorLine, plainText } from './last-error-line.ts';
import { isRestartLoop } from './restart-loop.ts';

/** Seconds a container may be unready, or an init container run, before its log is asked why. */
const SETTLED_SECONDS = 60;
/** Seconds; what a running container said longer ago may be mended by now. */
const RECENT_SECONDS = 300;
/** Lines before the kept end of a log in which a stack trace may have pushed the error out of it. */
const TRACE_LINES = 200;

/** How a container is not well: it has ended with an error, or it runs and is of no use yet. */
export type Ailment = 'crashed' | 'running';

/**
 * Whether a container is unhealthy now, and how; undefined for one that is well, starts, or waits for something
 * else, and for a proxy of Istio, whose way to its control plane and certificates `istio/proxy-not-ready` follows.
 */
export function ailmentOf(
  pod: PodItem,
  container: ContainerView,
  age: DeriveContext['age'],
): Ailment | undefined {
  const { state } = container.status;
  if (isProxy(pod, container)) return undefined;
  if (state?.waiting) return state.waiting.reason === 'CrashLoopBackOff' ? 'crashed' : undefined;
  if (state?.terminated) return state.terminated.exitCode === 0 ? undefined : 'crashed';
  if (isRestartLoop(pod, container, age)) return 'crashed';
  return isSettled(pod, container, age) ? 'running' : undefined;
}

/** Whether a container that runs is not ready for long, or only starts: the clock of the bundle does not tell. */
export function isUndecided(pod: PodItem, container: ContainerView, age: DeriveContext['age']): boolean {
  return !isProxy(pod, container) && isSettled(pod, container, age) === undefined;
}

function isProxy(pod: PodItem, { name }: ContainerView): boolean {
  return istioProxyContainer(pod)?.name === name;
}

/** Whether a container runs and has not been ready for long enough; undefined when the clock does not tell. */
function isSettled(pod: PodItem, container: ContainerView, age: DeriveContext['age']): boolean | undefined {
  const { state, ready } = container.status;
  if (ready || !state?.running) return false;
  const isFirst = container.init && !container.sidecar;
  const since = isFirst ? state.running.startedAt : conditionSince(pod, 'Ready', 'False');
  return isOlder(age(since, pod), SETTLED_SECONDS);
}

/** What an unhealthy container says of something it depends on. */
export interface Complaint {
  readonly error: DependencyError;
  readonly text: string;
  /** Whether it is the last error the log tells of. */
  readonly last: boolean;
  readonly evidence: EvidenceRef | undefined;
}

/** What is read of a container. */
export interface ComplaintSource {
  readonly owner: { readonly namespace: string; readonly pod: string; readonly container: string };
  readonly logs: LogSignals<'failing'>;
  readonly age: DeriveContext['age'];
}

/** The complaint of a container that has ended: of the last lines of its log, else of its termination message. */
export function complaintOfCrash(
  { status }: ContainerView,
  { owner, logs }: ComplaintSource,
): Complaint | undefined {
  const tail = logs.lastWords(owner);
  if (tail) return complaintIn(tail) ?? (lastErrorLine(tail) ? undefined : beforeTail(tail, logs, owner));
  const message = (status.state?.terminated ?? status.lastState?.terminated)?.message;
  const told = message ? complaintIn({ lines: message.split('\n'), line: 1 }) : undefined;
  return told && { ...told, evidence: undefined };
}

/** The complaint a running container repeats: the newest of its current log, of the last minutes. */
export function complaintOfRunning({ owner, logs, age }: ComplaintSource): Complaint | undefined {
  const matches = logs.matches('failing', owner).find(({ scope }) => isCurrent(scope));
  const hit = matches?.hits.at(-1);
  if (!matches || !hit) return undefined;
  const tail = logs.lastWords(owner);
  const recent =
    hit.time === undefined
      ? tail !== undefined && isCurrent(tail.scope) && hit.line >= tail.line
      : isOlder(age(hit.time, matches), RECENT_SECONDS) === false;
  return recent ? complaintOf(hit.text, { cite: 'matches', matches, hit }) : undefined;
}

function complaintIn(tail: Pick<LogTail, 'lines' | 'line'> | LogTail): Complaint | undefined {
  const last = lastErrorLine(tail);
  for (const [index, line] of [...tail.lines.entries()].reverse()) {
    const text = errorText(line);
    const error = text === undefined ? undefined : dependencyError(text);
    if (text === undefined || !error) continue;
    const evidence = 'scope' in tail ? ({ cite: 'tail', tail } as const) : undefined;
    return { error, text, last: last?.line === tail.line + index, evidence };
  }
  return undefined;
}

/** The error a long stack trace has pushed out of the kept end. */
function beforeTail(
  tail: LogTail,
  logs: LogSignals<'failing'>,
  owner: ComplaintSource['owner'],
): Complaint | undefined {
  const matches: LogMatches | undefined = logs
    .matches('failing', owner)
    .find(({ scope }) => isCurrent(scope) === isCurrent(tail.scope));
  const hit = matches?.hits.at(-1);
  if (!matches || !hit || hit.line < tail.line - TRACE_LINES) return undefined;
  const found = complaintOf(hit.text, { cite: 'matches', matches, hit });
  return found && { ...found, last: false };
}

function complaintOf(line: string, evidence: EvidenceRef): Complaint | undefined {
  const text = errorText(line) ?? plainText(line).trim();
  const error = dependencyError(text);
  return error && { error, text, last: true, evidence };
}

function isCurrent(scope: LogTail['scope']): boolean {
  return scope.type === 'container' && !scope.previous;
}
