import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visibleInline, visibleLine, visibleText } from '../../../src/report/visible-text.ts';

describe('visibleText', () => {
  it('shows an escape sequence instead of sending it', () => {
    expect(visibleText('\x1b[31mred\x1b[0m')).toBe('\\x1b[31mred\\x1b[0m');
  });

  it('shows C1 control characters, which some terminals obey', () => {
    expect(visibleText('\u009b31m')).toBe('\\x9b31m');
  });

  it('shows characters that reorder or hide text', () => {
    expect(visibleText('a\u202eb\u2066c\u200bd\ufeff')).toBe('a\\u202eb\\u2066c\\u200bd\\ufeff');
  });

  it('shows the line separators and tag characters', () => {
    expect(visibleText('a\u2028b\u{e0041}')).toBe('a\\u2028b\\u{e0041}');
  });

  it('leaves the scripts of the world alone', () => {
    expect(visibleText('数据面 не готов é 🙂')).toBe('数据面 не готов é 🙂');
  });

  it('leaves no control, format or private-use character of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visibleText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('visibleLine', () => {
  it('keeps tabs, which log lines are laid out with', () => {
    expect(visibleLine('a\tb\r')).toBe('a\tb\\x0d');
  });
});

describe('visibleInline', () => {
  it('joins lines with single spaces', () => {
    expect(visibleInline(' first\r\n  second\n')).toBe('first second');
  });
});
