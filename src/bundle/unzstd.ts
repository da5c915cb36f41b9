import { pipeline, Readable } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import { isZstdSkippable, ZSTD_FRAME } from './magic.ts';

/** Bytes of the dictionary id and of the content size by their two bits in the frame header descriptor. */
const DICTIONARY_BYTES = [0, 1, 2, 4] as const;
const CONTENT_BYTES = [0, 2, 4, 8] as const;

/** Type of a block that is one byte, repeated; its size is what it stands for. */
const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;

/** Bytes given out at a time; also what a damaged frame may lose of its sound part. */
const CHUNK = 128 * 1024;

/**
 * Unpacks zstd, every frame of it as `zstd -dc` does: the decompressor of Node stops behind the first one.
 * Throws Error where a frame is damaged or cut, and for bytes that are no frame.
 */
export async function* unzstd(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  const input = createByteReader(source);
  try {
    while (!(await input.ended())) {
      const magic = (await input.take(4)).readUInt32LE(0);
      if (isZstdSkippable(magic)) {
        for await (const _ of input.pass((await input.take(4)).readUInt32LE(0)));
      } else if (magic === ZSTD_FRAME) yield* unpackFrame(input);
      else throw new Error('bytes that are no zstd frame');
    }
  } finally {
    await input.close();
  }
}

async function* unpackFrame(input: ByteReader): AsyncGenerator<Buffer, void> {
  let cut: Error | undefined;
  async function* packed(): AsyncGenerator<Buffer, void> {
    const magic = Buffer.alloc(4);
    magic.writeUInt32LE(ZSTD_FRAME);
    yield magic;
    try {
      yield* frameBytes(input);
    } catch (error) {
      // The end, not the error, goes to the decompressor: it then gives out what it has.
      cut = error as Error;
    }
  }
  const unpacking = createZstdDecompress({ chunkSize: CHUNK });
  pipeline(Readable.from(packed(), { objectMode: false }), unpacking, () => {});
  for await (const chunk of unpacking) yield chunk as Buffer;
  if (cut) throw cut;
}

/** The bytes of one frame behind its magic number: its end is found by the sizes of its blocks. */
async function* frameBytes(input: ByteReader): AsyncGenerator<Buffer, void> {
  const descriptor = await input.take(1);
  yield descriptor;
  const bits = descriptor[0] as number;
  const isSingleSegment = (bits & 0x20) !== 0;
  const contentBytes = bits >>> 6 === 0 && isSingleSegment ? 1 : CONTENT_BYTES[(bits >>> 6) as 0 | 1 | 2 | 3];
  const headerBytes =
    (isSingleSegment ? 0 : 1) + DICTIONARY_BYTES[(bits & 3) as 0 | 1 | 2 | 3] + contentBytes;
  if (headerBytes > 0) yield await input.take(headerBytes);
  for (let isLast = false; !isLast; ) {
    const header = await input.take(3);
    yield header;
    const word = header.readUIntLE(0, 3);
    isLast = (word & 1) !== 0;
    const type = (word >>> 1) & 3;
    if (type === RESERVED_BLOCK) throw new Error('a damaged zstd frame');
    yield* input.pass(type === RLE_BLOCK ? 1 : word >>> 3);
  }
  const hasChecksum = (bits & 4) !== 0;
  if (hasChecksum) yield await input.take(4);
}

/** Bytes of a stream, as many as are asked for; throws Error when it ends before. */
interface ByteReader {
  ended(): Promise<boolean>;
  take(size: number): Promise<Buffer>;
  /** The next bytes in the pieces they come in. */
  pass(size: number): AsyncGenerator<Buffer, void>;
  close(): Promise<void>;
}

function createByteReader(source: AsyncIterable<Buffer>): ByteReader {
  const iterator = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);

  /** False at the end of the stream. */
  async function fill(): Promise<boolean> {
    while (held.length === 0) {
      const step = await iterator.next();
      if (step.done) return false;
      held = step.value;
    }
    return true;
  }

  async function* pass(size: number): AsyncGenerator<Buffer, void> {
    for (let left = size; left > 0; ) {
      if (!(await fill())) throw new Error('unexpected end of file');
      const part = held.subarray(0, left);
      held = held.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }

  return {
    ended: async () => !(await fill()),
    async take(size) {
      const parts: Buffer[] = [];
      for await (const part of pass(size)) parts.push(part);
      return Buffer.concat(parts);
    },
    pass,
    async close() {
      await iterator.return?.();
    },
  };
}
