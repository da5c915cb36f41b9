import type { ManifestEntry } from '../bundle/manifest.ts';
import type { Answer } from './answer.ts';
import { ApiError } from './api-error.ts';
import type { Catalog } from './catalog.ts';
import { wholeLines } from './item-lines.ts';
import { listAt, textAt } from './json-path.ts';
import type { FoundObject } from './objects.ts';
import { notCollected, rowError } from './seen.ts';

/** What of a log is asked for, as `PodLogOptions` name it. */
interface LogOptions {
  readonly timestamps: boolean;
  readonly tailLines: number | undefined;
  readonly limitBytes: number | undefined;
  /** Milliseconds; lines before are left out. */
  readonly since: number | undefined;
}

/** Answers a log as it reads it. Throws ApiError in the words of the API server where there is none. */
export async function logAnswer(catalog: Catalog, pod: FoundObject, query: URLSearchParams): Promise<Answer> {
  const scope = scopeOf(pod, query);
  const entry = catalog.log(scope);
  if (entry === undefined) throw missingLog(catalog, scope);
  const observed = entry.observedAt?.time ?? catalog.observed;
  const options = optionsOf(query, observed);
  const chunks = () => catalog.source.chunks(entry.path);
  const skip = options.tailLines === undefined ? 0 : (await countLines(chunks())) - options.tailLines;
  return {
    status: 200,
    type: 'text/plain',
    body: limited(logLines(chunks(), Math.max(0, skip), options), options.limitBytes),
    observed,
    ...warningOf(entry),
  };
}

type LogScope = Parameters<Catalog['log']>[0];

function scopeOf(pod: FoundObject, query: URLSearchParams): LogScope {
  const name = textAt(pod.value, 'metadata', 'name');
  const previous = query.get('previous') === 'true';
  const namespace = textAt(pod.value, 'metadata', 'namespace');
  const names = (field: string) => listAt(pod.value, 'spec', field).map((one) => textAt(one, 'name'));
  const containers = names('containers');
  const others = [...names('initContainers'), ...names('ephemeralContainers')];
  const asked = query.get('container') ?? '';
  const container = asked === '' && containers.length === 1 ? containers[0]! : asked;
  if (container === '') {
    const init = others.length === 0 ? '' : ` or one of the init containers: [${others.join(' ')}]`;
    const choice = `choose one of: [${containers.join(' ')}]${init}`;
    throw new ApiError(400, `a container name must be specified for pod ${name}, ${choice}`);
  }
  if (![...containers, ...others].includes(container))
    throw new ApiError(400, `container ${container} is not valid for pod ${name}`);
  return { namespace, pod: name, container, previous };
}

function missingLog(catalog: Catalog, scope: LogScope): ApiError {
  const { container, pod, previous } = scope;
  const named = `container "${container}" in pod "${pod}"`;
  const row = catalog.seen.log(scope);
  if (row !== undefined && row.outcome !== 'not-found') return rowError(`the log of ${named}`, row);
  if (previous) return new ApiError(400, `previous terminated ${named} not found`);
  if (row !== undefined) return new ApiError(400, `${named} is not available: ${row.reason ?? 'not found'}`);
  const whole = catalog.seen.of('logs', scope.namespace);
  const reason = whole.state === 'unseen' ? whole.reason : 'its log was not collected';
  return notCollected(`the log of ${named}`, { state: 'unseen', outcome: 'skipped', reason });
}

function optionsOf(query: URLSearchParams, observed: string): LogOptions {
  const number = (name: string) => {
    const text = query.get(name);
    if (text === null || text === '') return undefined;
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= 0) return value;
    throw new ApiError(400, `${name}: must be a whole number that is not negative`);
  };
  const seconds = number('sinceSeconds');
  const time = query.get('sinceTime');
  const since = seconds === undefined ? Date.parse(time ?? '') : Date.parse(observed) - seconds * 1000;
  if (time !== null && Number.isNaN(since)) throw new ApiError(400, 'sinceTime: is not a time');
  return {
    timestamps: query.get('timestamps') === 'true',
    tailLines: number('tailLines'),
    limitBytes: number('limitBytes'),
    since: Number.isNaN(since) ? undefined : since,
  };
}

function warningOf({ truncation }: ManifestEntry): Pick<Answer, 'warning'> {
  return truncation === undefined ? {} : { warning: `the log is not whole: ${truncation.reason}` };
}

async function countLines(chunks: AsyncIterable<Buffer>): Promise<number> {
  let count = 0;
  for await (const lines of wholeLines(chunks)) count += lines.length;
  return count;
}

/** The timestamp the kubelet puts in front of each line (RFC 3339 with nanoseconds). */
const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) /;
const STAMP_MAX = 40;

/** Lines from the `skip`th on; the bundle keeps them with the kubelet's timestamps. */
async function* logLines(
  chunks: AsyncIterable<Buffer>,
  skip: number,
  { timestamps, since }: LogOptions,
): AsyncGenerator<Buffer> {
  let left = skip;
  let wanted = since === undefined;
  for await (const run of wholeLines(chunks)) {
    const from = Math.min(left, run.length);
    left -= from;
    const parts: Buffer[] = [];
    for (const line of run.slice(from)) {
      const stamp = STAMP.exec(line.subarray(0, STAMP_MAX).toString('latin1'))?.[1];
      // A line without a stamp belongs to the one before it.
      if (since !== undefined && stamp !== undefined) wanted = Date.parse(stamp) >= since;
      if (!wanted) continue;
      const isWhole = timestamps || stamp === undefined;
      parts.push(isWhole ? line : line.subarray(stamp.length + 1));
    }
    if (parts.length > 0) yield Buffer.concat(parts);
  }
}

async function* limited(chunks: AsyncIterable<Buffer>, limit: number | undefined): AsyncGenerator<Buffer> {
  let left = limit ?? Number.POSITIVE_INFINITY;
  for await (const chunk of chunks) {
    if (left <= 0) return;
    yield chunk.subarray(0, Math.min(left, chunk.length));
    left -= chunk.length;
  }
}
