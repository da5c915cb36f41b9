/** A range of addresses of one IP version; a single address is a range of one. */
export interface IpRange {
  /** As it was written. */
  readonly text: string;
  readonly version: 4 | 6;
  /** The lowest and the highest address, as numbers. */
  readonly first: bigint;
  readonly last: bigint;
}

const BITS = { 4: 32, 6: 128 } as const;

/** Reads an address (`10.0.0.1`, `fd00::1`) or a CIDR range (`10.96.0.0/12`); undefined for anything else. */
export function parseIpRange(text: string): IpRange | undefined {
  const [, address = '', prefix] = /^\s*([0-9A-Fa-f.:]+)(?:\/(\d{1,3}))?\s*$/.exec(text) ?? [];
  const version = address.includes(':') ? 6 : 4;
  const value = version === 6 ? parseVersion6(address) : parseVersion4(address);
  const bits = BITS[version];
  const length = prefix === undefined ? bits : Number(prefix);
  if (value === undefined || length > bits) return undefined;
  const size = 1n << BigInt(bits - length);
  const first = value - (value % size);
  return { text: text.trim(), version, first, last: first + size - 1n };
}

/** The ranges of a list as components' arguments and dual-stack fields write it: `10.0.0.0/16,fd00::/48`. */
export function parseIpRanges(list: string): IpRange[] {
  return list
    .split(',')
    .map(parseIpRange)
    .filter((range) => range !== undefined);
}

/** Whether two ranges have an address in common. */
export function rangesOverlap(a: IpRange, b: IpRange): boolean {
  return a.version === b.version && a.first <= b.last && b.first <= a.last;
}

/** Whether every address of one range lies in another. */
export function rangeContains(outer: IpRange, inner: IpRange): boolean {
  return outer.version === inner.version && outer.first <= inner.first && inner.last <= outer.last;
}

/** How many addresses a range holds. */
export function rangeSize({ first, last }: IpRange): bigint {
  return last - first + 1n;
}

/**
 * Every pair of entries whose ranges overlap: neighbours in the order of their first addresses, so that
 * ten thousand nodes cost a sort and not a hundred million comparisons.
 */
export function overlappingPairs<T>(
  entries: readonly T[],
  rangeOf: (entry: T) => IpRange,
): (readonly [T, T])[] {
  const sorted = [...entries].sort((a, b) => compareRanges(rangeOf(a), rangeOf(b)));
  const pairs: (readonly [T, T])[] = [];
  let widest: T | undefined;
  for (const entry of sorted) {
    const range = rangeOf(entry);
    const before = widest === undefined ? undefined : rangeOf(widest);
    if (widest !== undefined && before && rangesOverlap(before, range)) pairs.push([widest, entry]);
    if (!before || before.version !== range.version || range.last > before.last) widest = entry;
  }
  return pairs;
}

function compareRanges(a: IpRange, b: IpRange): number {
  if (a.version !== b.version) return a.version - b.version;
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.last === b.last ? 0 : a.last > b.last ? -1 : 1;
}

function parseVersion4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) {
    return undefined;
  }
  return parts.reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function parseVersion6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map(groupsOf);
  if ([head, tail].some((groups) => groups.includes(-1))) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...tail];
  return groups.reduce((value, group) => value * 65_536n + BigInt(group), 0n);
}

/** The 16-bit groups of one half of an IPv6 address; -1 stands for what is none. */
function groupsOf(half: string): number[] {
  if (half === '') return [];
  return half.split(':').flatMap((group) => {
    if (group.includes('.')) {
      const embedded = parseVersion4(group);
      return embedded === undefined ? [-1] : [Number(embedded >> 16n), Number(embedded & 65_535n)];
    }
    return /^[0-9A-Fa-f]{1,4}$/.test(group) ? [Number.parseInt(group, 16)] : [-1];
  });
}
