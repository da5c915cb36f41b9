import { setTimeout as delay } from 'node:timers/promises';

/** A connection of this speed. */
export interface Link {
  readonly bytesPerSecond: number;
  /** Added before each answer. */
  readonly latencyMs: number;
}

/** The way all answers take; without a link it costs nothing. */
export interface ShapedLink {
  latency(): Promise<void>;
  /** Waits until this many bytes have passed behind those of the others. */
  turn(bytes: number): Promise<void>;
  /** Bytes that have passed. */
  bytes(): number;
}

/** One line for all answers: each waits for what was there before it. */
export function shapedLink(link: Link | undefined): ShapedLink {
  let passed = 0;
  let freeAt = performance.now();
  return {
    bytes: () => passed,
    async latency() {
      if (link !== undefined) await delay(link.latencyMs);
    },
    async turn(bytes) {
      passed += bytes;
      if (link === undefined) return;
      freeAt = Math.max(freeAt, performance.now()) + (bytes / link.bytesPerSecond) * 1000;
      await delay(freeAt - performance.now());
    },
  };
}
