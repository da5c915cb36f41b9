import type { EntrySink } from './entry-sink.ts';

/** One shape a reader of a bundle may want to look at before it is sent. */
export interface SensitiveShape {
  readonly id: string;
  /** Noun phrase: what it looks like. */
  readonly title: string;
  /** A text every match holds; without it a piece is not searched. */
  readonly hint: string;
  /** Bounded: no repetition without an upper limit. */
  readonly pattern: RegExp;
}

/**
 * Plain shapes, chosen apart from the rules of redaction, so that what these miss may still be met here. A match is
 * a reason to look, not a verdict.
 */
export const SENSITIVE_SHAPES: readonly SensitiveShape[] = [
  {
    id: 'private-key',
    title: 'private keys',
    hint: 'PRIVATE KEY',
    pattern: /-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED )?PRIVATE KEY/g,
  },
  {
    id: 'jwt',
    title: 'JSON Web Tokens',
    hint: '.eyJ',
    pattern: /[A-Za-z0-9_-]{10}\.eyJ[A-Za-z0-9_-]{8}/g,
  },
  {
    id: 'url-password',
    title: 'passwords in URLs',
    hint: '://',
    pattern: /:\/\/[^\s/:@"'<>[\]]{0,64}:(?!\[REDACTED)[^\s/@"'<>]{3,128}@/g,
  },
  {
    id: 'authorization',
    title: 'authorization headers',
    hint: 'uthorization',
    pattern: /[Aa]uthorization["']?[:=] ?["']?(?:[Bb]earer|[Bb]asic) (?!\[REDACTED)[A-Za-z0-9+/=._~-]{8}/g,
  },
  { id: 'cloud-key', title: 'access keys of AWS', hint: 'AKIA', pattern: /\bAKIA[0-9A-Z]{16}\b/g },
  {
    id: 'password',
    title: 'values beside the word password',
    hint: 'assword',
    pattern: /[Pp]assword["']?(?:=|: ?)["']?(?!\[REDACTED|null|true|false|\s|[{}[\]])[^\s"',;{}]{6}/g,
  },
  {
    id: 'e-mail',
    title: 'e-mail addresses',
    hint: '@',
    // Not the units of systemd, such as `getty@tty1.service`.
    pattern: /[A-Za-z0-9_%+-]@[A-Za-z0-9-]{1,63}\.(?!(?:service|socket|slice|timer|mount)\b)[A-Za-z]{2}/g,
  },
];

/** A piece is searched when this many characters have come. */
const PIECE = 64 * 1024;

/** What may still belong to a match is kept for the next piece. */
const OVERLAP = 8 * 1024;

/** Counts the shapes of one entry; `done` gets the counts of those that were met. */
export function sensitiveSink(done: (counts: ReadonlyMap<string, number>) => void): EntrySink {
  const counts = new Map<string, number>();
  let held = '';

  /** Counts what begins before `until`. */
  function search(text: string, until: number): void {
    for (const { id, hint, pattern } of SENSITIVE_SHAPES) {
      if (!text.includes(hint)) continue;
      pattern.lastIndex = 0;
      for (let match = pattern.exec(text); match && match.index < until; match = pattern.exec(text))
        counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }

  return {
    chunk(bytes) {
      held += bytes.toString('latin1');
      if (held.length < PIECE) return;
      const newline = held.lastIndexOf('\n') + 1;
      const until = newline > 0 ? newline : held.length - OVERLAP;
      search(held, until);
      held = held.slice(until);
    },
    end() {
      search(held, held.length);
      done(counts);
    },
  };
}
