import { type CoverageFix, type CoverageRow, type Outcome, overallOutcome } from '../model/coverage.ts';
import { KubeError, type KubeErrorKind } from '../model/kube.ts';
import { type Scope, scopeNamespace } from '../model/scope.ts';
import { redactText } from '../redact/text.ts';

/** How an attempt that threw is recorded. */
export interface Failure {
  readonly outcome: Exclude<Outcome, 'collected'>;
  /** One line for a person. */
  readonly reason: string;
  readonly fix?: CoverageFix;
}

/** Reason of every scope that an interruption left unread. */
export const INTERRUPTED = 'the collection was interrupted before this was read';

const OUTCOMES: Readonly<Record<KubeErrorKind, Failure['outcome']>> = {
  refused: 'error',
  dns: 'error',
  tls: 'error',
  unauthorized: 'error',
  forbidden: 'forbidden',
  'not-found': 'not-found',
  timeout: 'timed-out',
  gone: 'error',
  throttled: 'error',
  unavailable: 'error',
  aborted: 'skipped',
  'bad-reply': 'error',
  other: 'error',
};

/** Longest reason kept: replies of strangers are quoted in it. */
const MAX_REASON = 500;

/** Turns whatever a source threw into an outcome with its reason and, for a 403, the missing rule. */
export function failureOf(error: unknown, scope: Scope): Failure {
  const reason = reasonOf(error);
  if (error instanceof OverBudgetError) return { outcome: 'truncated', reason, fix: { flag: error.flag } };
  if (error instanceof InterruptedError)
    return { outcome: error.outcome, reason, ...(error.fix ? { fix: error.fix } : {}) };
  if (!(error instanceof KubeError)) {
    return isAbort(error) ? { outcome: 'skipped', reason: INTERRUPTED } : { outcome: 'error', reason };
  }
  if (error.kind === 'aborted') return { outcome: 'skipped', reason: INTERRUPTED };
  const outcome = OUTCOMES[error.kind];
  if (outcome !== 'forbidden' || error.rule === undefined) return { outcome, reason };
  const namespace = scopeNamespace(scope);
  return { outcome, reason, fix: { rule: error.rule, ...(namespace === undefined ? {} : { namespace }) } };
}

/** The message of anything thrown, without secrets, on one line and of bounded length. */
export function reasonOf(error: unknown): string {
  // The message of a parser quotes the text it could not read.
  if (error instanceof SyntaxError) return 'the answer cannot be read: it is not what its type says';
  // Before lines are joined: some secrets are told by the line above only.
  const { text } = redactText(error instanceof Error ? error.message : String(error));
  const line = text.replace(/\s+/g, ' ').trim();
  if (line === '') return 'failed without a message';
  return line.length > MAX_REASON ? `${line.slice(0, MAX_REASON)}…` : line;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** Ends every wait once the collection is interrupted. */
export class InterruptedError extends Error {
  readonly fix: CoverageFix | undefined;
  readonly outcome: 'skipped' | 'timed-out';

  constructor(reason: string = INTERRUPTED, fix?: CoverageFix, outcome: 'skipped' | 'timed-out' = 'skipped') {
    super(reason);
    this.name = 'InterruptedError';
    this.fix = fix;
    this.outcome = outcome;
  }
}

/** Flags that bound the time: of the whole collection, and of one collector. */
export type TimeFlag = '--timeout' | '--collector-timeout';

/** Reason of the signal that fires when the time of a flag is over. */
export class OutOfTimeError extends Error {
  readonly flag: TimeFlag;

  constructor(seconds: number, flag: TimeFlag = '--timeout') {
    super(`the time of \`${flag}\` (${seconds} s) was over`);
    this.name = 'OutOfTimeError';
    this.flag = flag;
  }
}

/** Nothing more goes into the bundle: `flag` is what the user can give otherwise. */
export class OverBudgetError extends Error {
  readonly flag: string;

  constructor(reason: string, flag: string) {
    super(reason);
    this.name = 'OverBudgetError';
    this.flag = flag;
  }
}

/** What ended a collection early, for rows of what was not read. */
export function interruption({ reason }: AbortSignal): InterruptedError {
  if (!(reason instanceof OutOfTimeError)) return new InterruptedError();
  const { flag, message } = reason;
  // The others go on: what one collector did not reach is missing from a collection that ran to its end.
  const outcome = flag === '--timeout' ? 'skipped' : 'timed-out';
  return new InterruptedError(`${message} before this was read`, { flag }, outcome);
}

/** The promise, or a rejection with InterruptedError as soon as the signal fires: a source that hangs holds nobody. */
export async function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    work.catch(() => {});
    throw interruption(signal);
  }
  let onAbort = () => {};
  const interrupted = new Promise<never>((_, reject) => {
    onAbort = () => reject(interruption(signal));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, interrupted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    work.catch(() => {});
  }
}

/** Outcomes of scopes that hold nothing or were not wanted: they say nothing of how well a collector did. */
const NEUTRAL: ReadonlySet<Outcome> = new Set(['skipped', 'not-found']);

/** Why a collector without any row has none. */
const NOTHING_TO_READ = 'nothing it reads was found here';

/** The outcome a collector shows for its rows, with the reason of the first row that is not fine. */
export function collectorOutcome(rows: readonly CoverageRow[]): { outcome: Outcome; reason?: string } {
  if (rows.length === 0) return { outcome: 'not-found', reason: NOTHING_TO_READ };
  const telling = rows.filter(({ outcome }) => !NEUTRAL.has(outcome));
  const judged = telling.length > 0 ? telling : rows;
  const outcome = overallOutcome(judged.map((row) => row.outcome));
  const reason = judged.find((row) => row.outcome !== 'collected')?.reason;
  return outcome === 'collected' || reason === undefined ? { outcome } : { outcome, reason };
}
