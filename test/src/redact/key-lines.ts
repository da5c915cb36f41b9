import { createHash } from 'node:crypto';

/** Lines like those of a private key, of harmless bytes; the last one is shorter. */
export function keyLines(count: number, width = 64): string[] {
  const lines = Array.from({ length: count }, (_, index) =>
    createHash('sha512').update(`line ${index} of no key`).digest('base64').slice(0, width),
  );
  return [...lines.slice(0, -1), `${(lines.at(-1) ?? '').slice(0, 22)}==`];
}

/** The last line of a private key. */
export const KEY_END_LINE = '-----END RSA PRIVATE KEY-----';

/** What stands where a private key was. */
export const KEY_MARK = '[REDACTED:private-key]';
