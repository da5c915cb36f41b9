import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../src/bundle/manifest.ts';
import { manifestPieces, manifestText } from '../../../src/bundle/manifest-text.ts';

function manifest(rows: number): Manifest {
  return {
    formatVersion: 1,
    complete: true,
    redactions: {},
    members: [],
    entries: [],
    collectors: [{ id: 'test/one', outcome: 'collected' }],
    expected: [],
    coverage: Array.from({ length: rows }, (_, index) => {
      const scope = { type: 'container', namespace: 'shop', pod: `web-${index}`, container: 'web' } as const;
      return { artifact: 'logs', scope, outcome: 'not-found', reason: 'the pod is not scheduled' } as const;
    }),
  };
}

describe('the text of a manifest', () => {
  it('is JSON with a line for each row, and without fields that are not there', () => {
    const text = manifestText({ ...manifest(2), incompleteReason: undefined });

    expect(JSON.parse(text)).toEqual(manifest(2));
    expect(text.split('\n').filter((line) => line.includes('"logs"'))).toHaveLength(2);
  });

  it('comes in pieces of a size that does not grow with the rows', () => {
    const pieces = [...manifestPieces(manifest(5000))];

    expect(pieces.length).toBeGreaterThan(5);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(80_000);
    expect(JSON.parse(pieces.join(''))).toEqual(manifest(5000));
  });
});
