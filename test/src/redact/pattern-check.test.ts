import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPattern } from '../../../src/redact/pattern-check.ts';

describe('checkPattern', () => {
  it.each([
    ['EMP-\\d{6}', 'EMP-', 10],
    ['\\bACME[0-9a-f]{8,32}\\b', 'ACME', 36],
    ['cust(?:omer)-\\w{1,16}', 'cust', 25],
    ['[A-Z]{2}(?:-corp){2}', '-corp', 12],
    ['(?:INT|EXT)-user-\\d{3}', '-user-', 12],
    ['x{4}abcde?', 'abcd', 9],
    ['a\\.b\\.c\\.d', 'a.b.c.d', 7],
    ['[\\]a]code', 'code', 5],
  ])('takes %s, finds what every match holds, and how long one can be', (source, literal, longest) => {
    expect(checkPattern(source)).toEqual({ literal, longest });
  });

  it.each([
    ['(a+)+b', /without an upper limit/],
    ['EMP-.*', /write \{0,64\}/],
    ['EMP-\\d+', /write \{1,64\}/],
    ['EMP-\\d{3,}', /write \{3,64\}/],
    ['(?:a{1,9}){1,9}code', /repeats something that varies/],
    ['(?:a|aa){2,9}code', /repeats something that varies/],
    ['(?:x?){9}code', /repeats something that varies/],
    ['(code)\\1', /refers back/],
    ['(?<n>code)\\k<n>', /named group/],
    ['(?=code)x', /lookaround/],
    ['(?<!x)code', /lookaround/],
    ['\\p{L}code', /escape \\p/],
    ['code(', /not a regular expression/],
    ['', /empty/],
    ['a?', /matches the empty text/],
    ['\\b', /matches the empty text/],
    ['a{2000}b{1000}', /more than 2048/],
    ['\\w{1,99}-\\w{1,99}-\\w{1,99}code', /too many ways/],
    ['größe-\\d', /ASCII/],
    ['x'.repeat(501), /longer than 500/],
  ])('refuses %s', (source, words) => {
    expect(() => checkPattern(source)).toThrow(words);
  });

  it('gives only texts that every match holds, and lengths no match exceeds', () => {
    const atom = fc.oneof(
      fc.constantFrom('a', 'b', '\\d', '\\.', '[a-c]', '.', '(?:ab)', '(?:a|bc)', '(cd)'),
      fc.constantFrom('abcd', 'xy-z'),
    );
    const times = fc.constantFrom('', '', '?', '{2}', '{1,3}');
    const pattern = fc.array(fc.tuple(atom, times), { minLength: 1, maxLength: 6 });
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', 'c', 'd', '1', '.', 'x', 'y', '-', 'z'),
      maxLength: 40,
    });
    fc.assert(
      fc.property(pattern, text, (parts, subject) => {
        const source = parts.map(([one, many]) => one + many).join('');
        let checked: ReturnType<typeof checkPattern>;
        try {
          checked = checkPattern(source);
        } catch {
          return;
        }
        for (const [match] of subject.matchAll(new RegExp(source, 'g'))) {
          expect(match).toContain(checked.literal);
          expect(match.length).toBeLessThanOrEqual(checked.longest);
        }
      }),
      { numRuns: 500 },
    );
  });
});
