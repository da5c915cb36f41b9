import { createHash } from 'node:crypto';
import { createPseudonyms } from './pseudonym.ts';

/** Raised whenever the built-in rules remove something they left before, or mark it otherwise. */
const REDACTION_VERSION = 1;

/** By what a bundle was redacted: entries of two bundles may stand in one only where it is the same. */
export interface RedactionId {
  readonly version: number;
  /** Of the file of own rules: the beginning of its SHA-256. */
  readonly rules?: string;
  /** Of the key of pseudonyms: what it makes of a fixed text, which tells nothing about the key. */
  readonly pseudonyms?: string;
}

/** Sixty-four bits: enough to tell files of rules apart. */
const DIGITS = 16;

/** The identity of the built-in rules with what was added to them. */
export function redactionId(rulesText: string | undefined, key: Uint8Array | undefined): RedactionId {
  return {
    version: REDACTION_VERSION,
    ...(rulesText === undefined
      ? {}
      : { rules: createHash('sha256').update(rulesText).digest('hex').slice(0, DIGITS) }),
    ...(key === undefined ? {} : { pseudonyms: createPseudonyms(key)('kubecase') }),
  };
}
