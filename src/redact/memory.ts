/** Texts about which something was found out that depends on nothing else. */
export interface TextMemory {
  has(text: string): boolean;
  add(text: string): void;
}

/** A memory of short texts; when it is full it begins anew. */
export function createTextMemory(limits: {
  readonly texts: number;
  readonly characters: number;
}): TextMemory {
  const known = new Set<string>();
  return {
    has: (text) => known.has(text),
    add(text) {
      if (text.length > limits.characters) return;
      if (known.size >= limits.texts) known.clear();
      // A copy: a part of a long text would keep all of it in memory.
      known.add(Buffer.from(text, 'utf16le').toString('utf16le'));
    },
  };
}
