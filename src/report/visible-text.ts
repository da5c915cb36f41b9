/** Control, format (bidi, zero-width), private-use and unpaired surrogate characters, and the two odd line ends. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * One line of text from a bundle, safe to show: characters that steer a terminal, reorder the line or show
 * nothing are replaced by a visible escape (`\x1b`, `\u202e`). A tab becomes a space.
 */
export function visibleText(text: string): string {
  return text.replace(INVISIBLE, escapeOf);
}

/** As {@link visibleText}, for a line of an excerpt: tabs stay. */
export function visibleLine(text: string): string {
  return text.replace(INVISIBLE, (character) => (character === '\t' ? character : escapeOf(character)));
}

/** As {@link visibleText}, for a value inside a sentence: line ends become single spaces. */
export function visibleInline(text: string): string {
  return visibleText(text.replace(/\s*[\r\n]+\s*/g, ' ').trim());
}

function escapeOf(character: string): string {
  if (character === '\t') return ' ';
  const code = character.codePointAt(0) as number;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}
