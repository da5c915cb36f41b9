/** A name found in a text, and what is to stand there. */
export interface FoundName {
  readonly name: string;
  readonly stands: string;
}

/** Finds names at the words of a text, however many there are. */
export interface NameIndex {
  add(name: string, stands: string): void;
  /** The name that begins at a word of a text, the longest of them; undefined: none does. */
  at(text: string, at: number, wordEnd: number): FoundName | undefined;
  /** By {@link wordHash}: 1 where a name may begin with a word. */
  readonly wanted: Uint8Array;
  readonly names: ReadonlyMap<string, string>;
}

/** An index without names. */
export function createNameIndex(): NameIndex {
  const names = new Map<string, string>();
  // Lengths of the names that begin with a word, the longest first.
  const lengths = new Map<string, readonly number[]>();
  const wanted = new Uint8Array(0x10000);
  return {
    names,
    wanted,
    add(name, stands) {
      names.set(name, stands);
      const word = /^[A-Za-z0-9]+/.exec(name)?.[0] ?? '';
      const known = lengths.get(word) ?? [];
      if (!known.includes(name.length))
        lengths.set(
          word,
          [...known, name.length].sort((a, b) => b - a),
        );
      wanted[wordHash(word, 0, word.length)] = 1;
    },
    at(text, at, wordEnd) {
      for (const length of lengths.get(text.slice(at, wordEnd)) ?? []) {
        if (isWord(text.charCodeAt(at + length))) continue;
        const name = text.slice(at, at + length);
        const stands = names.get(name);
        if (stands !== undefined) return { name, stands };
      }
      return undefined;
    },
  };
}

/** A cheap hint whether a word can be the first one of a name. */
export function wordHash(text: string, at: number, end: number): number {
  return (text.charCodeAt(at) * 31 + text.charCodeAt(end - 1) * 977 + (end - at) * 7919) & 0xffff;
}

/** Whether a character is a letter or digit of ASCII; NaN, behind the end of a text, is none. */
export function isWord(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}
