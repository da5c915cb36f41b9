import type { Detector } from './detector.ts';
import { createTextMemory, type TextMemory } from './memory.ts';
import { namedValues } from './named.ts';
import { createNameBook, type NameBook } from './names.ts';
import { type OwnPolicy, withoutAllowed } from './own-rules.ts';
import { pairedValues } from './pairs.ts';
import { privateKeys } from './pem.ts';
import { phrases } from './phrases.ts';
import { createPrefilter, groupBit, type Prefilter } from './prefilter.ts';
import { programFlags } from './programs.ts';
import type { Pseudonym, Tally } from './rules.ts';
import { printedSecrets } from './secret-line.ts';
import { applySpans, mergeSpans, type Span } from './span.ts';
import { headers, tokenShapes } from './tokens.ts';
import { urlCredentials } from './urls.ts';
import { vendorTokens } from './vendor-tokens.ts';

/** Which detectors look at texts. Detectors for known values or a user's own rules are added here. */
export interface RedactionPolicy {
  readonly detectors: readonly Detector[];
  readonly prefilter: Prefilter;
  /** Remembers answers that depend on nothing but the name. */
  readonly names: NameBook;
  /** Names of fields that say nothing about what stands in them. */
  readonly plainFields: TextMemory;
  /** Strings of objects that were found clean although they hold a trigger; most repeat in every object. */
  readonly cleanStrings: TextMemory;
  /** The user's own rules; their detectors are among the others. */
  readonly own?: OwnPolicy;
  /** Makes equal secrets recognisable. */
  readonly pseudonym?: Pseudonym;
}

/** What a policy has beyond its detectors. */
export type PolicyExtras = Pick<RedactionPolicy, 'own' | 'pseudonym'>;

const MEMORY = { texts: 10_000, characters: 256 };

/** The built-in detectors, most telling first. */
export const BUILT_IN_DETECTORS: readonly Detector[] = [
  privateKeys,
  printedSecrets,
  headers,
  urlCredentials,
  pairedValues,
  namedValues,
  programFlags,
  phrases,
  vendorTokens,
  ...tokenShapes,
];

/** A policy of the given detectors and those of the user's own rules; its prefilter is built once. */
export function createPolicy(
  given: readonly Detector[],
  { own, pseudonym }: PolicyExtras = {},
): RedactionPolicy {
  const detectors = own === undefined ? given : [...given, ...own.detectors];
  return {
    own,
    pseudonym,
    detectors,
    prefilter: createPrefilter(detectors.map((detector) => detector.triggers)),
    names: createNameBook(own?.isTelling),
    plainFields: createTextMemory(MEMORY),
    cleanStrings: createTextMemory(MEMORY),
  };
}

/** What is removed unless told otherwise. */
export const DEFAULT_POLICY: RedactionPolicy = createPolicy(BUILT_IN_DETECTORS);

/** A replacement may bring a neighbour into view; lines settle after one or two rounds. */
const MAX_ROUNDS = 4;

const NONE: readonly Span[] = [];

/** Everything secret in one line, or in a window of a long one, sorted and joined. */
export function findSpans(text: string, atLineStart: boolean, policy: RedactionPolicy): readonly Span[] {
  const hits = policy.prefilter.hits(text);
  if (hits === 0) return NONE;
  const spans: Span[] = [];
  for (const [group, detector] of policy.detectors.entries()) {
    if (hits & groupBit(group)) detector.find(text, atLineStart, spans);
  }
  const wanted = policy.own === undefined ? spans : withoutAllowed(spans, text, policy.own);
  return wanted.length === 0 ? NONE : mergeSpans(wanted, text);
}

/** One line with its secrets replaced, until nothing more is found. */
export function redactOneLine(text: string, policy: RedactionPolicy, tally: Tally): string {
  let line = text;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const spans = findSpans(line, true, policy);
    if (spans.length === 0) break;
    line = applySpans(line, spans, tally);
  }
  return line;
}
