import { createHmac } from 'node:crypto';
import { addressText, createAddressCipher, type IpAddress } from './address-cipher.ts';
import { addressAt, type FoundAddress } from './address-scan.ts';
import { type Certificates, createCertificateRewriter } from './certificate-rewrite.ts';
import { createNameIndex } from './name-index.ts';
import { createNameMap } from './name-map.ts';
import { type Replace, type ReplacedText, type Replacement, replaceWords } from './word-scan.ts';

/** What may be replaced. */
export const OBFUSCATED = ['ip', 'hostname', 'namespace'] as const;

/** One kind of what may be replaced. */
export type ObfuscatedKind = (typeof OBFUSCATED)[number];

/** Pseudonyms and what they stand for: addresses as they were written, ranges with their bits. */
export interface Pseudonyms {
  readonly names: ReadonlyMap<string, string>;
  readonly addresses: ReadonlyMap<string, string>;
}

/** Replaces names and addresses in texts of any kind, equal ones equally. */
export interface Obfuscation {
  readonly kinds: ReadonlySet<ObfuscatedKind>;
  /** Tells which key was used without giving it away. */
  readonly keyId: string;
  learnNamespace(name: string): void;
  learnHost(name: string): void;
  hide(text: string): ReplacedText;
  /** What was replaced so far, by what stands for it. */
  pseudonyms(): Pseudonyms;
  /** Names that were kept because they name nobody. */
  keptNames(): number;
  /** The certificates that were changed, whose signatures hold no more. */
  readonly certificates: Certificates;
}

/** Addresses remembered at most; beyond it the memory begins anew. */
const MAX_KNOWN = 100_000;

/** Makes the replacement of the kinds asked for; `stored` are names of earlier bundles and their pseudonyms. */
export function createObfuscation(
  key: Uint8Array,
  kinds: ReadonlySet<ObfuscatedKind>,
  stored?: ReadonlyMap<string, string>,
): Obfuscation {
  const names = createNameMap(subkey(key, 'names'), stored);
  const addresses = createAddresses(key);
  const withAddresses = kinds.has('ip');

  function replace(text: string, at: number, end: number): Replacement | undefined {
    const named = names.index.at(text, at, end);
    if (named !== undefined) return { length: named.name.length, text: named.stands };
    if (!withAddresses) return undefined;
    const found = addressAt(text, at, end, addresses.isKnown);
    return found === undefined ? undefined : addresses.replace(found, text, at);
  }

  const certificates = createCertificateRewriter({
    text: (text) => replaceWords(text, replace, names.index.wanted).text,
    address: (address) => (withAddresses ? addresses.hide(address) : address),
  });

  return {
    kinds,
    keyId: keyIdOf(key),
    certificates,
    learnNamespace(name) {
      if (kinds.has('namespace')) names.learnNamespace(name);
    },
    learnHost(name) {
      if (kinds.has('hostname')) names.learnHost(name);
    },
    hide: (text) => replaceWords(certificates.rewrite(text), replace, names.index.wanted),
    keptNames: () => names.kept,
    pseudonyms: () => ({ names: reversed(names.index.names), addresses: addresses.known() }),
  };
}

/** Eight hexadecimal digits of a digest of the key. */
export function keyIdOf(key: Uint8Array): string {
  return subkey(key, 'id').toString('hex').slice(0, 8);
}

/** Puts what pseudonyms stand for back into a text. */
export function reveal(text: string, { names, addresses }: Pseudonyms): string {
  const index = createNameIndex();
  for (const [stands, name] of names) index.add(stands, name);
  const replace: Replace = (whole, at, end) => {
    const named = index.at(whole, at, end);
    if (named !== undefined) return { length: named.name.length, text: named.stands };
    const found = addressAt(whole, at, end, (address) => addresses.has(address));
    if (found === undefined) return undefined;
    const ranged = found.prefix === undefined ? undefined : addresses.get(`${found.text}/${found.prefix}`);
    const before = ranged?.replace(/\/\d+$/, '') ?? addresses.get(found.text);
    return before === undefined ? undefined : written(found, before, whole, at);
  };
  return replaceWords(text, replace, index.wanted).text;
}

function createAddresses(key: Uint8Array) {
  const cipher = createAddressCipher(subkey(key, 'addresses'));
  const shown = new Map<string, string>();
  const originals = new Map<string, string>();

  function hidden({ address, text, prefix }: FoundAddress): string | undefined {
    const name = prefix === undefined ? text : `${text}/${prefix}`;
    const known = shown.get(name);
    if (known !== undefined) return known === text ? undefined : known;
    const after = addressText(cipher.hide(address, replacedBits(address, prefix)));
    if (shown.size >= MAX_KNOWN) shown.clear();
    const isSame = after === addressText(address);
    shown.set(name, isSame ? text : after);
    if (isSame) return undefined;
    originals.set(prefix === undefined ? after : `${after}/${prefix}`, name);
    return after;
  }

  return {
    isKnown: (address: string) => shown.has(address),
    known: () => originals as ReadonlyMap<string, string>,
    hide(address: IpAddress): IpAddress {
      const after = cipher.hide(address);
      originals.set(addressText(after), addressText(address));
      return after;
    },
    replace(found: FoundAddress, text: string, at: number): Replacement | undefined {
      const after = hidden(found);
      return after === undefined ? undefined : written(found, after, text, at);
    },
  };
}

function written(found: FoundAddress, after: string, text: string, at: number): Replacement {
  const shown = found.separator === '-' ? after.replaceAll('.', '-') : after;
  const prefix = found.prefix === undefined ? '' : `/${found.prefix}`;
  return { length: found.length, text: text.slice(at, at + found.offset) + shown + prefix };
}

/** A range keeps its zeros: what is not of its network is not replaced. */
function replacedBits(address: IpAddress, prefix: string | undefined): number | undefined {
  if (prefix === undefined) return undefined;
  const bits = Number(prefix);
  const isNetwork = address.every(
    (octet, at) => (octet & (0xff >> Math.min(8, Math.max(0, bits - at * 8)))) === 0,
  );
  return isNetwork ? bits : undefined;
}

function reversed(names: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...names].map(([name, stands]) => [stands, name]));
}

function subkey(key: Uint8Array, purpose: string): Buffer {
  return createHmac('sha256', key).update(`obfuscate/${purpose}`).digest();
}
