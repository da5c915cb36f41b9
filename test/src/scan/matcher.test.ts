import { describe, expect, it } from 'vitest';
import { findLiterals } from '../../../src/scan/find-literals.ts';
import { compileMatcher } from '../../../src/scan/matcher.ts';

function found(literals: readonly string[], text: string, sample?: Uint8Array): [number, string][] {
  const matcher = compileMatcher(
    literals.map((literal) => ({ id: literal, any: [literal] })),
    { sample },
  );
  const bytes = Buffer.from(text);
  findLiterals(matcher, bytes, 0, bytes.length);
  const { front, back } = matcher.scratch;
  return [front, back].flatMap((list) =>
    [...list.at.subarray(0, list.length)].map((at, index): [number, string] => [
      at,
      literals[list.literal[index]!]!,
    ]),
  );
}

describe('compileMatcher', () => {
  it.each([
    ['log pattern a/1: literal "1234567" has 7 bytes, at least 8', [{ id: 'a/1', any: ['1234567'] }]],
    ['log pattern a/2: needs at least one literal', [{ id: 'a/2', any: [] }]],
    ['holds a line break', [{ id: 'a/3', any: ['one line\nand another'] }]],
    ['literal of 1025 bytes, at most 1024', [{ id: 'a/4', any: ['x'.repeat(1025)] }]],
    ['is not well-formed Unicode', [{ id: 'a/5', any: ['broken \ud800 pair'] }]],
    ['log pattern a/6: expression /x/g has the flag g or y', [{ id: 'a/6', any: ['12345678'], re: /x/g }]],
    ['expression /x/y has the flag g or y', [{ id: 'a/7', any: ['12345678'], re: /x/y }]],
    [
      'log pattern a/8: declared twice',
      [
        { id: 'a/8', any: ['12345678'] },
        { id: 'a/8', any: ['abcdefgh'] },
      ],
    ],
  ])('refuses with: %s', (message, patterns) => {
    expect(() => compileMatcher(patterns)).toThrow(message);
  });

  it('counts the bytes of a literal, not its characters', () => {
    expect(() => compileMatcher([{ id: 'a', any: ['証明書'] }])).not.toThrow();
  });

  it('finds literals that overlap, contain each other and begin or end the bytes', () => {
    const literals = ['aaaaaaaa', 'baaaaaaaab', 'aaaaaaab'];

    const places = found(literals, 'baaaaaaaab\nxaaaaaaab');

    expect(places).toHaveLength(4);
    expect(places).toEqual(
      expect.arrayContaining([
        [0, 'baaaaaaaab'],
        [1, 'aaaaaaaa'],
        [2, 'aaaaaaab'],
        [12, 'aaaaaaab'],
      ]),
    );
  });

  it('finds the same whatever sample the windows are chosen by', () => {
    const literals = ['connection refused', 'connection reset by peer', 'i/o timeout'];
    const text =
      'dial: connection refused\nread: connection reset by peer, i/o timeout\nconnection ref used\n';

    expect(found(literals, text, Buffer.from(text))).toEqual(found(literals, text));
    expect(found(literals, text)).toHaveLength(3);
  });

  it('finds nothing without patterns', () => {
    expect(found([], 'any text at all\nof two lines\n')).toEqual([]);
  });
});
