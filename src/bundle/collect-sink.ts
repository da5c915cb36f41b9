import { LimitError } from '../model/errors.ts';
import type { EntrySink } from './entry-sink.ts';

/** Collects an entry in memory and hands it over when it ends; more than `maxBytes` is a LimitError at the end. */
export function collectSink(
  maxBytes: number,
  done: (bytes: Buffer, complete: boolean, error?: LimitError) => void,
): EntrySink {
  let parts: Buffer[] = [];
  let size = 0;
  return {
    chunk(bytes) {
      size += bytes.length;
      if (size > maxBytes) parts = [];
      else parts.push(Buffer.from(bytes));
    },
    end(complete) {
      if (size <= maxBytes) done(Buffer.concat(parts, size), complete);
      else done(Buffer.alloc(0), false, new LimitError('maxBytes', `above ${maxBytes} bytes`));
    },
  };
}
