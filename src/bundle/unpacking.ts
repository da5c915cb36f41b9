import { Readable } from 'node:stream';
import type { FirstBytes, PumpCount } from './inflate.ts';

/** A packed stream whose beginning was looked at. */
export interface PackedSource {
  readonly stream: Readable;
  readonly first: FirstBytes;
  readonly count: PumpCount;
  /** Sees the packed bytes. */
  readonly tap?: (bytes: Uint8Array) => void;
}

/** A stream of what is in a packed one; counts and shows the packed bytes as it takes them. */
export async function unpacking(packed: 'zstd' | 'xz', source: PackedSource): Promise<Readable> {
  const bytes = packedBytes(source);
  return Readable.from(
    packed === 'zstd' ? (await import('./unzstd.ts')).unzstd(bytes) : (await import('./unxz.ts')).unxz(bytes),
    { highWaterMark: 4 },
  );
}

/** All packed bytes, those that were looked at first; the stream is closed when nobody wants more. */
export async function* packedBytes(source: PackedSource): AsyncGenerator<Buffer, void> {
  const { stream, first, count, tap } = source;
  try {
    count.in += first.bytes.length;
    tap?.(first.bytes);
    yield first.bytes;
    if (first.ended) return;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      count.in += chunk.length;
      tap?.(chunk);
      yield chunk;
    }
  } finally {
    stream.destroy();
  }
}
