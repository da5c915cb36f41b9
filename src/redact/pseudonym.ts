import { createHmac } from 'node:crypto';
import type { Pseudonym } from './rules.ts';

/** Characters of a pseudonym, hexadecimal: 40 bits keep a million secrets apart, and give nothing away without the key. */
const LENGTH = 10;

/**
 * Names secrets by an HMAC (SHA-256) with a key that stays with the customer. Blanks around a secret do not count,
 * nor whether its text was read as bytes or as UTF-8.
 */
export function createPseudonyms(key: Uint8Array): Pseudonym {
  return (secret) => createHmac('sha256', key).update(bytesOf(secret.trim())).digest('hex').slice(0, LENGTH);
}

/** Streams are read byte by byte, so letters beyond ASCII are several characters there. */
function bytesOf(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  const isBytes = bytes.toString('latin1') === text && !bytes.toString('utf8').includes('\ufffd');
  return isBytes ? bytes : Buffer.from(text, 'utf8');
}
