import { createHash } from 'node:crypto';

/** One secret that was planted, and where. */
export interface Canary {
  readonly name: string;
  /** What must be found nowhere, in any encoding. */
  readonly secret: string;
}

/** Letters a form of secret allows. */
const ALPHABETS = {
  mixed: 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789',
  lower: 'abcdefghijkmnopqrstuvwxyz23456789',
  upper: 'ABCDEFGHJKLMNPQRSTUVWXYZ234567',
  hex: '0123456789abcdef',
  digits: '123456789',
} as const;

/** Makes secrets no two of which are alike, the same ones in every run. */
export type Secrets = (alphabet?: keyof typeof ALPHABETS, length?: number) => string;

/** Secrets for what is called `name`; each call gives another one. */
export function secretsFor(name: string): Secrets {
  let calls = 0;
  return (alphabet = 'mixed', length = 18) => {
    const letters = ALPHABETS[alphabet];
    const digest = createHash('sha512').update(`${name} ${calls++}`).digest();
    const more = createHash('sha512').update(digest).digest();
    return [...digest, ...more]
      .slice(0, length)
      .map((byte) => letters[byte % letters.length])
      .join('');
  };
}

/** The forms in which a secret would be readable: plain, escaped, and in base64 at any place of a longer text. */
export function readableForms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const inBase64 = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    return text.slice(before === 0 ? 0 : before + 1, -1);
  });
  const twice = Buffer.from(Buffer.from(secret).toString('base64')).toString('base64').slice(0, -4);
  return [
    ...new Set([
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      bytes.toString('hex'),
      ...(secret.length >= 8 ? [...inBase64, twice] : []),
    ]),
  ];
}

/** The canaries that can be read in a text, by name. */
export function foundIn(text: string, canaries: readonly Canary[]): string[] {
  return canaries
    .filter(({ secret }) => readableForms(secret).some((form) => text.includes(form)))
    .map(({ name }) => name);
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
