import { cutMarker } from '../redact/cut.ts';

const NEWLINE = 0x0a;

/** What was cut from a log, known once it has been read. */
export interface LogCut {
  /** Bytes kept before and behind the marker line. */
  headBytes: number;
  tailBytes: number;
  /** Bytes left out; 0: the log is whole. */
  droppedBytes: number;
}

/** A cut record to pass to {@link capLog}. */
export function newLogCut(): LogCut {
  return { headBytes: 0, tailBytes: 0, droppedBytes: 0 };
}

/**
 * Passes a log on, of a long one only the first quarter and the last three quarters of `maxBytes`, cut at
 * line ends, with a marker line between. Holds no more than the tail. A source that breaks still gives the
 * tail read so far, then throws what the source threw.
 */
export async function* capLog(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
  cut: LogCut,
): AsyncGenerator<Uint8Array> {
  const headLimit = Math.floor(maxBytes / 4);
  let tail: Tail | undefined;
  let broken: { readonly error: unknown } | undefined;
  let inHead = true;
  let midLine = false;
  try {
    for await (const chunk of body) {
      if (!inHead) {
        tail!.push(chunk);
        continue;
      }
      const room = headLimit - cut.headBytes;
      const end = chunk.length <= room ? chunk.length : lineEnd(chunk, room);
      inHead = chunk.length <= room;
      cut.headBytes += end;
      if (end > 0) {
        midLine = chunk[end - 1] !== NEWLINE;
        yield chunk.subarray(0, end);
      }
      if (inHead) continue;
      // What the head left of its share goes to the tail: a log within the limit is never cut.
      tail = createTail(maxBytes - cut.headBytes);
      tail.push(chunk.subarray(end));
    }
  } catch (error) {
    broken = { error };
  }
  const rest = tail?.end() ?? { parts: [], dropped: 0 };
  cut.droppedBytes = rest.dropped;
  cut.tailBytes = rest.parts.reduce((sum, part) => sum + part.length, 0);
  if (rest.dropped > 0) yield new TextEncoder().encode(`${midLine ? '\n' : ''}${cutMarker(rest.dropped)}`);
  yield* rest.parts;
  if (broken) throw broken.error;
}

/** Length up to and with the last newline in the first `room` bytes; `room` when there is none. */
function lineEnd(chunk: Uint8Array, room: number): number {
  const last = room === 0 ? -1 : chunk.lastIndexOf(NEWLINE, room - 1);
  return last < 0 ? room : last + 1;
}

interface Tail {
  push(chunk: Uint8Array): void;
  end(): { parts: Uint8Array[]; dropped: number };
}

/** Keeps the last bytes of a stream; what falls off the front is counted. */
function createTail(limit: number): Tail {
  let parts: Uint8Array[] = [];
  let first = 0;
  let size = 0;
  let dropped = 0;

  function shorten(): void {
    while (first < parts.length && size - parts[first]!.length >= limit) {
      size -= parts[first]!.length;
      dropped += parts[first]!.length;
      first++;
    }
    if (first > 1024) {
      parts = parts.slice(first);
      first = 0;
    }
  }

  return {
    push(chunk) {
      parts.push(chunk);
      size += chunk.length;
      shorten();
    },
    end() {
      const kept = parts.slice(first);
      if (dropped === 0 && size <= limit) return { parts: kept, dropped: 0 };
      const joined = Buffer.concat(kept);
      const over = Math.max(0, joined.length - limit);
      // The first line left is a piece of one, unless the cut happened to fall on a line end.
      const newline = joined.indexOf(NEWLINE, Math.max(0, over - 1));
      const from = newline < 0 ? over : newline + 1;
      return { parts: from < joined.length ? [joined.subarray(from)] : [], dropped: dropped + from };
    },
  };
}
