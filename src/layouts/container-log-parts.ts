import type { CoverageRow } from '../model/coverage.ts';
import type { ContentEntry, Divider, PartWriter } from './layout.ts';

/** What `kubectl cluster-info dump` writes around the log of a container. */
const START = /^==== START logs for container (\S+) of pod ([^\s/]+)\/(\S+) ====\r?\n?$/;

/** What it writes instead of a log that it could not read. */
const NOT_READ = /^(?:Request log error|Create log request error): (.*)/;

/** Every marker ends like this. */
const MARKER_END = Buffer.from('====');

/** Bytes of a reason that are kept. */
const REASON_MAX = 500;

/** A container as a marker names it. */
interface Owner {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** The markers of one file. */
export interface LogMarkers {
  /** Whether a line is of a log, or a marker around one. */
  take(bytes: Buffer, continued: boolean, out: PartWriter): boolean;
  /** To be called at the end of the file. */
  end(out: PartWriter): void;
}

/**
 * Divides logs by their markers. Only the end of the same container ends a log, so that a container which prints
 * markers of others is not taken for them; and only containers of `pod`, where the path names one, have a log.
 */
export function createLogMarkers(pod?: { readonly namespace: string; readonly name: string }): LogMarkers {
  let owner: Owner | undefined;
  let end = Buffer.alloc(0);
  let state: 'outside' | 'first' | 'log' | 'error' = 'outside';

  function begin(bytes: Buffer): boolean {
    const match = endsLikeMarker(bytes) ? START.exec(bytes.toString()) : null;
    if (match === null) return false;
    const [, container = '', namespace = '', name = ''] = match;
    if (pod !== undefined && (pod.namespace !== namespace || pod.name !== name)) return false;
    owner = { namespace, pod: name, container };
    end = Buffer.from(`==== END logs for container ${container} of pod ${namespace}/${name} ====`);
    state = 'first';
    return true;
  }

  /** Bytes of the line in front of the end marker: a log need not end with a line feed. */
  function beforeEnd(bytes: Buffer): Buffer | undefined {
    if (!endsLikeMarker(bytes)) return undefined;
    const at = bytes.lastIndexOf(end);
    return at >= 0 && bytes.toString('latin1', at + end.length).trim() === ''
      ? bytes.subarray(0, at)
      : undefined;
  }

  function write(bytes: Buffer, out: PartWriter): void {
    const reason = state === 'first' ? NOT_READ.exec(bytes.toString('utf8', 0, REASON_MAX))?.[1] : undefined;
    if (reason !== undefined) {
      state = 'error';
      out.report(notRead(owner!, reason));
      return;
    }
    if (state === 'first') open(out);
    if (state === 'log') out.write(bytes);
  }

  function open(out: PartWriter): void {
    state = 'log';
    out.open(logEntry(owner!));
  }

  return {
    take(bytes, continued, out) {
      if (state === 'outside') return !continued && begin(bytes);
      const rest = beforeEnd(bytes);
      if (rest === undefined) {
        write(bytes, out);
        return true;
      }
      if (rest.length > 0) write(rest, out);
      if (state === 'first') open(out);
      if (state === 'log') out.close(true);
      state = 'outside';
      return true;
    },
    end(out) {
      if (state === 'first') open(out);
      if (state === 'log') out.close(false);
      state = 'outside';
    },
  };
}

/** The divider of `<namespace>/<pod>/logs.txt`. */
export function podLogDivider(namespace: string, name: string): Divider {
  const markers = createLogMarkers({ namespace, name });
  return {
    line: (bytes, continued, out) => void markers.take(bytes, continued, out),
    end: (_complete, out) => markers.end(out),
  };
}

function endsLikeMarker(bytes: Buffer): boolean {
  let at = bytes.length;
  while (at > 0 && (bytes[at - 1] === 0x0a || bytes[at - 1] === 0x0d)) at--;
  return bytes.subarray(0, at).subarray(-MARKER_END.length).equals(MARKER_END);
}

function logEntry(owner: Owner): ContentEntry {
  return { kind: 'log', sections: [{ scope: { type: 'container', ...owner } }], sample: 0 };
}

function notRead(owner: Owner, reason: string): CoverageRow {
  const outcome = /forbidden/i.test(reason)
    ? 'forbidden'
    : /timed? ?out|deadline exceeded/i.test(reason)
      ? 'timed-out'
      : /not found|ContainerCreating|waiting to start/i.test(reason)
        ? 'not-found'
        : 'error';
  return { artifact: 'logs', scope: { type: 'container', ...owner }, outcome, reason: reason.trim() };
}
