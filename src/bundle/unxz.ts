import { Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import xz from 'xz-decompress';

/** Results of xz-embedded (`xz_ret` of its xz.h), in words. */
const REASONS: Readonly<Record<string, string>> = {
  '3': 'not enough memory to unpack xz',
  '4': 'its xz dictionary is larger than is unpacked here; pack it with -9 or less',
  '5': 'bytes that are no xz stream',
  '6': 'its xz filter or checksum is not known here; pack it without --x86 or --check=sha256',
  '7': 'damaged xz data',
  '8': 'unexpected end of file',
};

/** Unpacks xz, every stream of a file. Throws Error where it is damaged or cut. */
export async function* unxz(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  const packed = Readable.toWeb(Readable.from(source)) as ConstructorParameters<
    typeof xz.XzReadableStream
  >[0];
  const stream = new xz.XzReadableStream(packed) as unknown as WebStream<Uint8Array>;
  try {
    for await (const chunk of stream) {
      if (chunk.length > 0) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    }
  } catch (error) {
    const { message } = error as Error;
    const code = /error code (\d+)/.exec(message)?.[1];
    throw new Error(REASONS[code ?? ''] ?? message, { cause: error });
  }
}
