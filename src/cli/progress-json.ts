import type { ProgressEvent } from '../collect/progress.ts';
import { scopeKey } from '../model/scope.ts';
import { knownValues } from '../redact/known-values.ts';
import { BUILT_IN_DETECTORS, createPolicy, DEFAULT_POLICY } from '../redact/policy.ts';
import { redactText } from '../redact/text.ts';
import type { CollectProgress } from './progress.ts';
import { createTimeLeft } from './time-left.ts';

/** Progress as one JSON object per line: the events of src/collect/progress.ts with `time`, and `result` at the end. */
export function createJsonProgress(
  stream: Pick<NodeJS.WriteStream, 'write'>,
  timeoutSeconds: number | undefined,
  now: () => number = Date.now,
): CollectProgress {
  const timeLeft = createTimeLeft(timeoutSeconds, now);
  let policy = DEFAULT_POLICY;

  function line(fields: object): void {
    const text = JSON.stringify({ time: new Date(now()).toISOString(), ...fields });
    const redacted = redactText(text, policy).text;
    // A reason may quote a password; what redaction would break is left out whole.
    const shown = isJson(redacted) ? redacted : JSON.stringify({ type: 'withheld' });
    stream.write(`${shown}\n`);
  }

  return {
    hide(values) {
      if (values.length > 0) policy = createPolicy([knownValues(values), ...BUILT_IN_DETECTORS]);
    },
    onEvent(event) {
      const secondsLeft = event.type === 'row' ? timeLeft(event) : undefined;
      line({ ...fieldsOf(event), ...(secondsLeft === undefined ? {} : { secondsLeft }) });
    },
    summary({ file, size, sha256, complete, incompleteReason, reachable }) {
      line({ type: 'result', file, size, sha256, complete, incompleteReason, reachable });
    },
    close() {},
  };
}

/** Scopes are told as their keys: `container/shop/web-1/app`. */
function fieldsOf(event: ProgressEvent): object {
  if ('scope' in event) return { ...event, scope: scopeKey(event.scope) };
  if (event.type === 'row') return { ...event, row: { ...event.row, scope: scopeKey(event.row.scope) } };
  return event;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
