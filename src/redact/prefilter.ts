/** Finds the places of a text where a secret may be, without decoding or splitting it. */
export interface Prefilter {
  /** The first position at or after `from` (before `to`) that must be looked at more closely; -1: none. */
  next(bytes: Uint8Array, from: number, to: number): number;
  /** Which groups of triggers a text holds, as a set of bits; 0: it need not be looked at more closely. */
  hits(text: string): number;
}

/** Characters of each trigger that are compared. */
const WIDTH = 4;
const FARTHEST = WIDTH - 1;

/** Groups beyond this many share the last bit. */
const MAX_GROUPS = 31;

/** The bit of a group of triggers in `hits`. */
export function groupBit(group: number): number {
  return 1 << Math.min(group, MAX_GROUPS - 1);
}

/**
 * Builds the filter for groups of triggers: the search skips by a table on two bytes (Wu and Manber's method), so
 * that most bytes of a log are never read. A trigger of one character is searched for on its own.
 */
export function createPrefilter(groups: readonly (readonly string[])[]): Prefilter {
  const skip = new Uint8Array(65_536).fill(FARTHEST);
  const wanted = new Map<number, number>();
  const single = new Map<string, number>();
  for (const [group, triggers] of groups.entries())
    for (const trigger of triggers) add(trigger, groupBit(group));
  const characters = [...single.keys()];
  const characterBits = [...single.values()];
  return { next, hits };

  function add(trigger: string, bit: number): void {
    if (trigger.length === 1) {
      single.set(trigger, (single.get(trigger) ?? 0) | bit);
      return;
    }
    if (trigger.length < WIDTH)
      throw new Error(`a trigger needs ${WIDTH} characters: ${JSON.stringify(trigger)}`);
    const codes = Buffer.from(trigger.slice(0, WIDTH), 'latin1');
    for (let at = 0; at < FARTHEST; at++) {
      const pair = codes.readUInt16BE(at);
      skip[pair] = Math.min(skip[pair] ?? 0, FARTHEST - 1 - at);
    }
    const key = codes.readInt32BE(0);
    wanted.set(key, (wanted.get(key) ?? 0) | bit);
  }

  function next(bytes: Uint8Array, from: number, to: number): number {
    let found = nextGroup(bytes, from, to);
    for (const character of characters) {
      const at = bytes.subarray(from, found === -1 ? to : found).indexOf(character.charCodeAt(0));
      if (at !== -1) found = from + at;
    }
    return found;
  }

  function nextGroup(bytes: Uint8Array, from: number, to: number): number {
    let at = from + FARTHEST;
    while (at < to) {
      const jump = skip[((bytes[at - 1] ?? 0) << 8) | (bytes[at] ?? 0)] ?? 0;
      if (jump > 0) {
        at += jump;
        continue;
      }
      const group =
        ((bytes[at - 3] ?? 0) << 24) |
        ((bytes[at - 2] ?? 0) << 16) |
        ((bytes[at - 1] ?? 0) << 8) |
        (bytes[at] ?? 0);
      if (wanted.has(group)) return at - FARTHEST;
      at++;
    }
    return -1;
  }

  function hits(text: string): number {
    let found = 0;
    for (let index = 0; index < characters.length; index++) {
      if (text.includes(characters[index] ?? '')) found |= characterBits[index] ?? 0;
    }
    let at = FARTHEST;
    while (at < text.length) {
      const jump = skip[((text.charCodeAt(at - 1) << 8) | text.charCodeAt(at)) & 0xffff] ?? 0;
      if (jump > 0) {
        at += jump;
        continue;
      }
      const group =
        (text.charCodeAt(at - 3) << 24) |
        (text.charCodeAt(at - 2) << 16) |
        (text.charCodeAt(at - 1) << 8) |
        text.charCodeAt(at);
      found |= wanted.get(group) ?? 0;
      at++;
    }
    return found;
  }
}
