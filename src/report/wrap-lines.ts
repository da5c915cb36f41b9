/** A long word may break after these. */
const BREAK_AFTER = /(?<=[/.\-:@,_])/;
/** Two columns wide on a terminal: Hangul, CJK, fullwidth forms, pictographs (Unicode UAX #11, W and F). */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
const COMBINING = /\p{M}/u;

/** Columns a text takes on a terminal. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (COMBINING.test(character)) continue;
    columns += WIDE.test(character) ? 2 : 1;
  }
  return columns;
}

/**
 * A text in lines of at most `width` columns. Words wider than a line break after `/`, `.`, `-` and their like,
 * or where the line ends.
 */
export function wrapLines(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').filter((part) => part !== '')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (columnsOf(joined) <= width) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = columnsOf(word) <= width ? [word] : breakWord(word, width);
    line = pieces.pop() ?? '';
    lines.push(...pieces);
  }
  return line === '' ? lines : [...lines, line];
}

function breakWord(word: string, width: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const part of word.split(BREAK_AFTER).flatMap((run) => cut(run, width))) {
    if (columnsOf(piece + part) <= width) {
      piece += part;
      continue;
    }
    pieces.push(piece);
    piece = part;
  }
  return [...pieces, piece];
}

function cut(run: string, width: number): readonly string[] {
  if (columnsOf(run) <= width) return [run];
  const parts: string[] = [];
  let part = '';
  for (const character of run) {
    if (part !== '' && columnsOf(part + character) > width) {
      parts.push(part);
      part = '';
    }
    part += character;
  }
  return [...parts, part];
}
