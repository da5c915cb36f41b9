import { gunzipSync } from 'node:zlib';
import { collectSink } from '../bundle/collect-sink.ts';
import type { EntrySink, ReadProblem } from '../bundle/entry-sink.ts';
import type { ReadLimits } from '../bundle/limits.ts';

/** Compressed bytes of one packed log; kubelets rotate at 10 MiB unless told otherwise. */
const PACKED_MAX = 64 * 1024 * 1024;

/** Bytes one packed log may become. */
const UNPACKED_MAX = 512 * 1024 * 1024;

/** Bytes handed on at a time. */
const PIECE = 1024 * 1024;

/** Unpacks the packed logs of one input, whose sum obeys the limits of the input. */
export function createUnpacking(limits: ReadLimits, onProblem: (problem: ReadProblem) => void) {
  let total = 0;

  function unpack(path: string, bytes: Buffer): Buffer | undefined {
    const room = Math.min(UNPACKED_MAX, limits.maxEntryBytes, limits.maxTotalBytes - total);
    const most = Math.max(1, Math.min(room, bytes.length * limits.maxRatio));
    try {
      const unpacked = gunzipSync(bytes, { maxOutputLength: most });
      total += unpacked.length;
      return unpacked;
    } catch (error) {
      const isTooMuch = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
      const message = isTooMuch
        ? `${path}: inflates to more than ${most} bytes`
        : `${path}: is no whole gzip file (${(error as Error).message})`;
      onProblem({ code: isTooMuch ? 'maxRatio' : 'damaged', message, path });
      return undefined;
    }
  }

  return {
    /** Gives the unpacked bytes to a sink, or an end without bytes when they cannot be unpacked. */
    sink(path: string, sink: EntrySink): EntrySink {
      return collectSink(PACKED_MAX, (bytes, complete) => {
        const unpacked = complete ? unpack(path, bytes) : undefined;
        for (let at = 0; unpacked && at < unpacked.length; at += PIECE)
          sink.chunk(unpacked.subarray(at, at + PIECE));
        sink.end(unpacked !== undefined);
      });
    },
  };
}
