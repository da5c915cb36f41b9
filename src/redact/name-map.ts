import { createHmac } from 'node:crypto';
import { parseIp6 } from './address-cipher.ts';
import { isGeneric, isGenericDomain, isPlatformNamespace } from './kept-words.ts';
import { createNameIndex, type NameIndex } from './name-index.ts';

/** Names and what stands in their place. */
export interface NameMap {
  learnNamespace(name: string): void;
  /** A node, another machine, or something else with a name of its own; a domain behind it is learned too. */
  learnHost(name: string): void;
  /** What was learned and is replaced. */
  readonly index: NameIndex;
  /** How many names were kept because they name nobody. */
  readonly kept: number;
}

/** Names that can be told from the text around them. */
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._:@/-]{0,251}[A-Za-z0-9])?$/;

/** Whether a name can be told from the text around it, and so be replaced. */
export function isReplaceable(name: string): boolean {
  return NAME.test(name);
}

/** The second character of every pseudonym: with the digit behind it no hash and no generated suffix looks alike. */
const SECOND = 'ouy';
const FIRST = 'bcdfghjklmnpqrstvwxz';
const REST = 'abcdefghijklmnopqrstuvwxyz0123456789';
const SHORTEST = 3;
const LONGEST = 10;

/** Makes a map with a key; `stored` are names and pseudonyms of earlier bundles, which are used again. */
export function createNameMap(key: Uint8Array, stored: ReadonlyMap<string, string> = new Map()): NameMap {
  const index = createNameIndex();
  const taken = new Set(stored.values());
  const kept = new Set<string>();
  const labels = new Map<string, string>();

  function add(name: string, stands: string): void {
    index.add(name, stands);
    taken.add(stands);
  }

  /** A new pseudonym, no longer than the name where it has three characters. */
  function pseudonym(name: string): string {
    const before = stored.get(name);
    if (before !== undefined) return before;
    for (let attempt = 0; ; attempt++) {
      const digest = createHmac('sha256', key).update(`name/${attempt}/${name}`).digest();
      const pick = (letters: string, at: number) => letters[(digest[at] ?? 0) % letters.length] ?? '';
      const length = Math.min(LONGEST, Math.max(SHORTEST, name.length)) + Math.floor(attempt / 50);
      let made = pick(FIRST, 0) + pick(SECOND, 1) + String((digest[2] ?? 0) % 10);
      for (let at = SHORTEST; at < length; at++) made += pick(REST, at);
      if (!taken.has(made) && !index.names.has(made)) return made;
    }
  }

  function isKnown(name: string): boolean {
    return index.names.has(name) || kept.has(name);
  }

  /** What stands for a label of a host or domain. */
  function learnLabel(label: string): void {
    if (isKnown(label) || !NAME.test(label)) return;
    if (isGeneric(label)) kept.add(label);
    else add(label, pseudonym(label));
  }

  /** What stands for a domain: label by label, so that one within another stays so; its last two labels are one. */
  function domain(name: string): string {
    const known = index.names.get(name);
    if (known !== undefined) return known;
    if (isGenericDomain(name)) {
      kept.add(name);
      return name;
    }
    const dot = name.indexOf('.');
    const isBase = dot === -1 || !name.includes('.', dot + 1);
    const stands = isBase ? pseudonym(name) : `${labelOf(name.slice(0, dot))}.${domain(name.slice(dot + 1))}`;
    if (stands !== name) add(name, stands);
    return stands;
  }

  /** What stands for a label within a domain only: by itself it may be any word. */
  function labelOf(label: string): string {
    const known = index.names.get(label) ?? labels.get(label);
    if (known !== undefined || isGeneric(label)) return known ?? label;
    const stands = pseudonym(label);
    labels.set(label, stands);
    taken.add(stands);
    return stands;
  }

  return {
    learnNamespace(name) {
      if (isKnown(name) || !NAME.test(name)) return;
      if (isGeneric(name) || isPlatformNamespace(name)) kept.add(name);
      else add(name, pseudonym(name));
    },
    learnHost(name) {
      if (isKnown(name) || !NAME.test(name) || /^[\d.]+$/.test(name) || parseIp6(name)) return;
      const dot = name.indexOf('.');
      if (dot < 1 || !/^[A-Za-z0-9.-]+$/.test(name)) return learnLabel(name);
      learnLabel(name.slice(0, dot));
      domain(name.slice(dot + 1));
    },
    index,
    get kept() {
      return kept.size;
    },
  };
}
