/**
 * Stand-ins inside a template, all private-use characters: text from a bundle never holds one, since
 * visible-text.ts replaces them. The browser script knows the same five.
 */
export const MARK = {
  name: '\uE000',
  namespace: '\uE001',
  number: '\uE002',
  codeOn: '\uE003',
  codeOff: '\uE004',
} as const;

/** A string cut into what many strings share and its own numbers. */
export interface PackedString {
  readonly template: string;
  readonly numbers: readonly number[];
}

/** Shorter names stand in too many words to be worth a mark. */
const SHORTEST_NAME = 3;
/** No leading zero and at most 15 digits: a number prints back exactly as it stood. */
const NUMBER = /0|[1-9]\d{0,14}/g;
const NUMBER_APART = /(?<![A-Za-z0-9.:-])(?:0|[1-9]\d{0,14})(?![A-Za-z0-9.:-])/g;

/**
 * Takes name, namespace and every number out of a string, so that the strings of 50 000 findings share a few
 * templates. Lossless: putting them back in order gives the string. With `words` no word is taken apart, so that
 * pseudonyms and addresses stay whole in the template.
 */
export function packString(text: string, name: string, namespace: string, words = false): PackedString {
  let template = text;
  const marked = words
    ? replaceApart
    : (whole: string, part: string, mark: string) => whole.replaceAll(part, mark);
  if (name.length >= SHORTEST_NAME) template = marked(template, name, MARK.name);
  if (namespace.length >= SHORTEST_NAME) template = marked(template, namespace, MARK.namespace);
  const numbers: number[] = [];
  template = template.replace(words ? NUMBER_APART : NUMBER, (digits) => {
    numbers.push(Number(digits));
    return MARK.number;
  });
  return { template, numbers };
}

/** Replaces a part wherever it is no part of a longer word. */
function replaceApart(text: string, part: string, mark: string): string {
  return text.replaceAll(part, (found, at: number) => {
    const isApart = !/[A-Za-z0-9]/.test(text.charAt(at - 1) + text.charAt(at + part.length));
    return isApart ? mark : found;
  });
}

/** Strings by number, each stored once. */
export class StringTable {
  readonly strings: string[] = [];
  private readonly numbers = new Map<string, number>();

  /** The number of a string, new or known. */
  add(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    const number = this.strings.length;
    this.strings.push(text);
    this.numbers.set(text, number);
    return number;
  }
}
