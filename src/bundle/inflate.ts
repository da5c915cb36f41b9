import type { Readable } from 'node:stream';
import { constants, createGunzip, type Gunzip } from 'node:zlib';

/** The single most valuable number of the reader: Node's default of 16 KiB is 2.2 times slower. */
const CHUNK = 1024 * 1024;

/** Bytes handed over in one turn of the event loop: between turns the inflater is given its next piece. */
const TURN = 256 * 1024;

/** Inflated bytes waiting for the consumer before the inflater is paused. */
const QUEUE_MAX = 4 * 1024 * 1024;

/** How a pump ended. */
export interface PumpEnd {
  /** Set when the input broke: read error or damaged gzip. */
  readonly error?: Error;
  /** True when the consumer said it wants no more. */
  readonly stopped: boolean;
}

/** Compressed and uncompressed bytes so far, for the ratio limit. */
export interface PumpCount {
  in: number;
  out: number;
}

/** The beginning of a stream, taken from it. */
export interface FirstBytes {
  readonly bytes: Buffer;
  /** True when there is nothing after them. */
  readonly ended: boolean;
}

/** Takes at least `wanted` bytes from a stream, unless it ends before; leaves it paused. */
export function takeFirst(stream: Readable, wanted: number): Promise<FirstBytes> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    function done(ended: boolean): void {
      stream.off('data', onData).off('end', onEnd).off('error', reject);
      stream.pause();
      resolve({ bytes: Buffer.concat(parts), ended });
    }
    function onData(part: Buffer): void {
      parts.push(part);
      size += part.length;
      if (size >= wanted) done(false);
    }
    function onEnd(): void {
      done(true);
    }
    stream.on('error', reject).on('end', onEnd).on('data', onData);
  });
}

/**
 * Feeds a stream, inflated when it is gzip, to a consumer, a piece per turn of the event loop: what comes
 * next inflates on another core meanwhile. Never rejects for a damaged input; rejects with what `write` throws.
 */
export function pump(
  source: Readable,
  options: {
    readonly gzip: boolean;
    /** What was already taken from the stream to look at it. */
    readonly first: FirstBytes;
    readonly count: PumpCount;
    /** Gets each chunk; false: no more. */
    write(chunk: Buffer): boolean;
    /** Asked before each further chunk: resolves when the consumer has room for it. */
    readonly ready?: () => Promise<void> | undefined;
    readonly signal?: AbortSignal;
  },
): Promise<PumpEnd> {
  const { count, first } = options;
  const gunzip = options.gzip
    ? createGunzip({ chunkSize: CHUNK, finishFlush: constants.Z_SYNC_FLUSH })
    : undefined;
  const stream: Readable = gunzip ?? source;

  return new Promise((resolve, reject) => {
    const queue: Buffer[] = [];
    let spent: ArrayBufferLike | undefined;
    /** Bytes of the first chunk in the queue that the consumer has. */
    let taken = 0;
    let queued = 0;
    let scheduled = false;
    let isWaiting = false;
    let settled = false;
    let finished: PumpEnd | undefined;

    function settle(action: () => void): void {
      if (settled) return;
      settled = true;
      options.signal?.removeEventListener('abort', onAbort);
      source.destroy();
      stream.destroy();
      action();
    }

    function onAbort(): void {
      settle(() => reject(options.signal?.reason));
    }

    function finish(end: PumpEnd): void {
      finished ??= end;
      schedule();
    }

    function schedule(): void {
      if (scheduled || settled || isWaiting) return;
      scheduled = true;
      setImmediate(consume);
    }

    function consume(): void {
      scheduled = false;
      if (settled) return;
      const chunk = queue[0];
      if (chunk === undefined) {
        const end = finished;
        if (end) settle(() => resolve(end));
        return;
      }
      const turn = chunk.subarray(taken, taken + TURN);
      queued -= turn.length;
      count.out += turn.length;
      let more: boolean;
      try {
        more = options.write(turn);
      } catch (error) {
        settle(() => reject(error));
        return;
      }
      taken += turn.length;
      if (taken === chunk.length) {
        queue.shift();
        taken = 0;
        if (gunzip) spent = release(spent, chunk.buffer);
      }
      if (!more) {
        settle(() => resolve({ stopped: true }));
        return;
      }
      const waiting = options.ready?.();
      isWaiting = true;
      if (waiting === undefined) goOn();
      else void waiting.then(goOn, goOn);
    }

    function goOn(): void {
      if (settled) return;
      if (queued < QUEUE_MAX && stream.isPaused()) stream.resume();
      isWaiting = false;
      if (queue.length > 0 || finished) schedule();
    }

    function onData(chunk: Buffer): void {
      queue.push(chunk);
      queued += chunk.length;
      if (queued >= QUEUE_MAX) stream.pause();
      schedule();
    }

    stream.on('data', onData);
    stream.on('end', () => finish({ stopped: false }));
    stream.on('error', (error: Error) => finish({ stopped: false, error }));
    if (gunzip) feed(source, gunzip, options);
    else {
      onData(first.bytes);
      if (first.ended) finish({ stopped: false });
    }
    // Damaged input: what was inflated until then is used.
    if (gunzip) source.on('error', (error: Error) => finish({ stopped: false, error }));
    if (options.signal?.aborted) onAbort();
    else options.signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/**
 * Gives the memory of an output buffer back as soon as the inflater has moved on to another one. Left to the
 * garbage collector, these buffers (1 GB of them for a large bundle) make it walk the whole heap every 32 MB.
 */
function release(spent: ArrayBufferLike | undefined, current: ArrayBufferLike): ArrayBufferLike {
  if (spent !== current && spent instanceof ArrayBuffer) spent.transfer(0);
  return current;
}

/** Bytes a damaged file gives up at a time. */
const SALVAGE_CHUNK = 1024;

/**
 * Inflates a damaged file once more, in small pieces, for what the first reading lost: an inflater that fails
 * keeps what its output buffer holds. `source` is the whole file; bytes up to `count.out` are passed over.
 */
export function salvage(
  source: Readable,
  count: PumpCount,
  write: (chunk: Buffer) => boolean,
): Promise<void> {
  const gunzip = createGunzip({ chunkSize: SALVAGE_CHUNK });
  let at = 0;
  return new Promise((resolve, reject) => {
    function settle(action: () => void): void {
      source.destroy();
      gunzip.destroy();
      action();
    }
    gunzip.on('data', (chunk: Buffer) => {
      const fresh = chunk.subarray(Math.max(0, count.out - at));
      at += chunk.length;
      if (fresh.length === 0) return;
      count.out += fresh.length;
      try {
        if (!write(fresh)) settle(resolve);
      } catch (error) {
        settle(() => reject(error));
      }
    });
    // The damage once more: here it ends.
    gunzip.on('error', () => settle(resolve)).on('end', () => settle(resolve));
    source.on('error', () => settle(resolve));
    source.pipe(gunzip);
  });
}

/** Writes what was taken and then the rest of the source into the inflater. */
function feed(source: Readable, gunzip: Gunzip, options: { first: FirstBytes; count: PumpCount }): void {
  const { first, count } = options;
  count.in += first.bytes.length;
  if (first.ended) {
    gunzip.end(first.bytes);
    return;
  }
  gunzip.write(first.bytes);
  source.on('data', (chunk: Buffer) => {
    count.in += chunk.length;
  });
  source.pipe(gunzip);
}
