/** Bytes on their way from one who has them to one who asks for them. */
export interface ByteQueue {
  push(bytes: Buffer): void;
  end(): void;
  chunks(): AsyncGenerator<Buffer, void>;
}

/** A queue without bound: who fills it waits, between the chunks it reads, for who empties it. */
export function createByteQueue(): ByteQueue {
  let parts: Buffer[] = [];
  let isEnded = false;
  let wake = () => {};
  return {
    push(bytes) {
      parts.push(bytes);
      wake();
    },
    end() {
      isEnded = true;
      wake();
    },
    async *chunks() {
      for (;;) {
        const taken = parts;
        parts = [];
        yield* taken;
        if (parts.length > 0) continue;
        if (isEnded) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
