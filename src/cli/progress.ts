import { styleText } from 'node:util';
import type { ProgressEvent } from '../collect/progress.ts';
import type { CollectResult } from '../collect/request.ts';
import type { Right } from '../collect/rights.ts';
import { scopeKey } from '../model/scope.ts';
import { knownValues } from '../redact/known-values.ts';
import { BUILT_IN_DETECTORS, createPolicy, DEFAULT_POLICY } from '../redact/policy.ts';
import { redactText } from '../redact/text.ts';
import { amount, bytesText, givenText, missedLines, notCollectedLines, stepText } from './collector-line.ts';
import { createTimeLeft } from './time-left.ts';

/** Rights and reasons shown one by one; the manifest has all. */
const ROWS_SHOWN = 8;
/** Columns of the longest id of a collector. */
const ID_COLUMNS = 35;
/** A running line is redrawn at most this often, in milliseconds. */
const REDRAW_MS = 100;
/** Where no line can move, how far it is is told this often. */
const TELL_MS = 10_000;

/** Progress on stderr: one line per collector, and on a terminal a running line below. */
export interface CollectProgress {
  onEvent(event: ProgressEvent): void;
  /** Values that are never printed, as soon as they are known. */
  hide(values: readonly string[]): void;
  summary(result: CollectResult): void;
  close(): void;
}

/** Progress for a stream: a running line only on a terminal that is not CI. */
export function createProgress(
  stream: NodeJS.WriteStream,
  options: { readonly portForward: boolean; readonly nodes: boolean; readonly timeoutSeconds?: number },
  now: () => number = Date.now,
): CollectProgress {
  const live = stream.isTTY === true && !process.env.CI;
  let running = '';
  let drawn = 0;
  let entries = 0;
  let bytes = 0;
  let unreachable = false;
  let policy = DEFAULT_POLICY;
  const missing: Right[] = [];
  const timeLeft = createTimeLeft(options.timeoutSeconds, now);
  let toldAt = now();
  let left = '';

  function line(text: string): void {
    clear();
    // A reason may quote a URL with a password, or an answer of the cluster.
    stream.write(`${redactText(text, policy).text}\n`);
  }
  function tellMissing(): void {
    if (missing.length === 0) return;
    line(`Not allowed, so it will be missing (${missing.length}); \`kubecase rbac\` prints the role:`);
    for (const right of missing.slice(0, ROWS_SHOWN)) line(`  ${rightText(right)}`);
    if (missing.length > ROWS_SHOWN) line(`  and ${missing.length - ROWS_SHOWN} more`);
  }
  function clear(): void {
    if (live && running !== '') stream.write('\r\x1b[K');
    running = '';
  }
  function run(text: string): void {
    if (!live || now() - drawn < REDRAW_MS) return;
    drawn = now();
    running = text.slice(0, Math.max(20, (stream.columns ?? 80) - 1));
    stream.write(`\r\x1b[K${running}`);
  }

  return {
    hide(values) {
      if (values.length > 0) policy = createPolicy([knownValues(values), ...BUILT_IN_DETECTORS]);
    },
    onEvent(event) {
      switch (event.type) {
        case 'connected':
          line(
            `Collecting from ${event.server} (${event.version ?? 'unknown version'}); nothing is changed there${options.nodes ? ' but one pod per node, removed at the end' : ''}`,
          );
          if (options.portForward) {
            line('Port-forward for GET requests to pods is on (--no-port-forward turns it off)');
          }
          return undefined;
        case 'row': {
          const seconds = timeLeft(event);
          left = seconds ? `, about ${seconds} s left` : '';
          if (live || now() - toldAt < TELL_MS) return undefined;
          toldAt = now();
          return line(`  ${stepText(event)}, ${bytesText(bytes)}${left}`);
        }
        case 'missing':
          missing.push(event.right);
          return undefined;
        case 'phase':
          return event.phase === 'lists' ? tellMissing() : undefined;
        case 'resumed':
          return line(resumedText(event));
        case 'unreachable':
          unreachable = true;
          return line(`${paint('red', 'The API server gave no answer', stream)}: ${event.reason}`);
        case 'absent-namespaces':
          return line(
            `${paint('yellow', 'No such namespace', stream)}: ${event.names.join(', ')}; nothing of it can be collected`,
          );
        case 'list':
          return run(`  ${event.artifact.replace('resources:', '')}: ${event.items} objects`);
        case 'settle':
          return line(
            event.why === 'leases'
              ? `A leader looks gone: looking at the leases again in ${Math.ceil(event.seconds)} s`
              : `Reading counters again in ${Math.ceil(event.seconds)} s`,
          );
        case 'entry':
          entries += 1;
          bytes += event.bytes;
          return run(
            `  ${event.artifact} ${scopeKey(event.scope)} (${amount(entries, 'entry', 'entries')}, ${bytesText(bytes)}${left})`,
          );
        case 'left-over':
          return line(
            `${paint('yellow', 'Still there', stream)}: ${event.path} (${event.reason}); the cluster removes it when its Job ends, \`kubecase cleanup\` at once`,
          );
        case 'collector': {
          // One reason for all of them, which was said.
          if (unreachable) return undefined;
          const mark =
            event.outcome === 'collected'
              ? paint('green', 'ok', stream)
              : paint('yellow', event.outcome, stream);
          const given = givenText(event);
          const why = event.outcome === 'collected' || event.missed.length > 0 ? undefined : event.reason;
          line(`  ${event.id.padEnd(ID_COLUMNS)} ${[mark, given, why].filter(Boolean).join(': ')}`);
          for (const missed of missedLines(event)) line(`    ${missed}`);
          return undefined;
        }
        default:
          return undefined;
      }
    },
    summary(result) {
      clear();
      if (unreachable) {
        line('The bundle holds what can be told without it; `kubecase analyze` names the cause.');
        return;
      }
      const missed = result.rows.filter(
        (row) => row.outcome !== 'collected' && row.outcome !== 'not-found' && row.outcome !== 'skipped',
      );
      if (missed.length > 0) line(`Not collected (${missed.length}), with the reasons in the bundle:`);
      for (const text of notCollectedLines(missed, ROWS_SHOWN)) line(`  ${text}`);
      for (const { path, rule } of result.leaks ?? [])
        line(`${paint('red', 'Dropped', stream)}: ${path}: the check of the finished bundle found ${rule}`);
      if (!result.complete)
        line(`${paint('yellow', 'The bundle is incomplete', stream)}: ${result.incompleteReason ?? ''}`);
      line(`${bytesText(result.size)}, sha256 ${result.sha256}`);
    },
    close: clear,
  };
}

function resumedText({ from, entries, bytes, again }: ProgressEvent & { readonly type: 'resumed' }): string {
  if (again !== undefined) return `Nothing is taken over of the bundle begun at ${from}: ${again}`;
  return `Taken over from the bundle begun at ${from}: ${entries} entries, ${bytesText(bytes)}; the rest is read now`;
}

function rightText({ verbs, group, resource, url, namespace, whys }: Right): string {
  const what = url ?? (group ? `${resource}.${group}` : resource);
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  return `${verbs.join(', ')} ${what}${where}: ${whys.join('; ')}`;
}

function paint(colour: 'red' | 'green' | 'yellow', text: string, stream: NodeJS.WriteStream): string {
  return stream.isTTY && !process.env.NO_COLOR ? styleText(colour, text, { validateStream: false }) : text;
}
