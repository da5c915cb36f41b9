import { createHmac } from 'node:crypto';

/** The bytes of an address of IP: 4 of version 4, 16 of version 6. */
export type IpAddress = readonly number[];

/** Replaces addresses by others of the same network structure. */
export interface AddressCipher {
  /** `bits`: how many from the left are replaced; those behind stay. All of them unless said. */
  hide(address: IpAddress, bits?: number): number[];
}

/** Octets whose trees are remembered at most; beyond it the memory begins anew. */
const MAX_KNOWN = 20_000;

/** First octets whose second one tells private, shared or link-local addresses from others. */
const TWO_OCTETS: ReadonlySet<number> = new Set([100, 169, 172, 192, 198]);

/**
 * Two addresses that share their first n bits share them afterwards too, so ranges still hold what they held
 * (the method of Crypto-PAn). The first octet stays (two where they tell private from public ones), of version 6 the
 * first 16 bits; loopback, link-local, multicast and unspecified addresses stay whole.
 */
export function createAddressCipher(key: Uint8Array): AddressCipher {
  const trees = new Map<string, Buffer>();

  /** For each of the 255 prefixes within the next octet, whether the bit behind it is turned. */
  function treeOf(before: IpAddress, version: number): Buffer {
    const name = `${version}/${before.join('.')}`;
    const known = trees.get(name);
    if (known) return known;
    const tree = createHmac('sha256', key).update(name).digest();
    if (trees.size >= MAX_KNOWN) trees.clear();
    trees.set(name, tree);
    return tree;
  }

  return {
    hide(address, bits = address.length * 8) {
      const result = [...address];
      for (let at = keptOctets(address); at < Math.min(address.length, Math.ceil(bits / 8)); at++) {
        const tree = treeOf(address.slice(0, at), address.length);
        result[at] = turned(address[at] ?? 0, tree, Math.min(8, bits - at * 8));
      }
      return result;
    },
  };
}

/** The octet with its first `bits` turned as the tree says; its own bits choose the way through the tree. */
function turned(octet: number, tree: Buffer, bits: number): number {
  let result = octet;
  let node = 1;
  for (let bit = 7; bit >= 8 - bits; bit--) {
    if (((tree[node >> 3] ?? 0) >> (node & 7)) & 1) result ^= 1 << bit;
    node = node * 2 + ((octet >> bit) & 1);
  }
  return result;
}

/** How many octets from the left stay, which is the same for an address and its replacement. */
function keptOctets(address: IpAddress): number {
  const [first = 0, second = 0] = address;
  if (address.length === 16) {
    const isMapped = address.slice(0, 10).every((octet) => octet === 0);
    if (isMapped || first === 0xff) return 16;
    return first === 0xfe && second >= 0x80 && second <= 0xbf ? 16 : 2;
  }
  if (first === 0 || first === 127 || first >= 224 || (first === 169 && second === 254)) return 4;
  return TWO_OCTETS.has(first) ? 2 : 1;
}

/** Reads `10.0.0.1`; undefined for anything else. */
export function parseIp4(text: string): IpAddress | undefined {
  const octets = text.split('.');
  const isOne = octets.length === 4 && octets.every((octet) => /^(?:0|[1-9]\d{0,2})$/.test(octet));
  const numbers = octets.map(Number);
  return isOne && numbers.every((number) => number <= 255) ? numbers : undefined;
}

/** Reads `fd00::1`, without a zone and without octets at its end; undefined for anything else. */
export function parseIp6(text: string): IpAddress | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  if (halves.length === 2 ? head.length + tail.length > 7 : head.length !== 8) return undefined;
  const groups = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  if (groups.some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/** An address as Kubernetes prints it (RFC 5952). */
export function addressText(address: IpAddress): string {
  if (address.length === 4) return address.join('.');
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((address[at * 2] ?? 0) << 8) | (address[at * 2 + 1] ?? 0)).toString(16),
  );
  const text = groups.join(':');
  const runs = [...text.matchAll(/(?<![0-9a-f])0(?::0)+(?![0-9a-f])/g)];
  const longest = runs.sort((a, b) => b[0].length - a[0].length)[0];
  if (longest === undefined) return text;
  const before = text.slice(0, longest.index);
  const after = text.slice(longest.index + longest[0].length);
  return `${before.replace(/:$/, '')}::${after.replace(/^:/, '')}`;
}
