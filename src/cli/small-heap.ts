import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the heap of a long stream of objects small. V8 lets the space for new objects grow to 48 MiB while many are
 * made at once, and gives none of it back until it is idle; kept at its first size, a collection takes 100 MiB less at
 * the same speed (100 000 pods, Node 24). To be called before the stream begins.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
