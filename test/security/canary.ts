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

/** Characters by which a form is looked up; no form is shorter. */
const HEAD = 8;

/** A search for canaries: gives the names of those that can be read in a text. */
export type CanarySearch = (text: string) => string[];

/** Prepares a search for many canaries in many texts. */
export function searchFor(canaries: readonly Canary[]): CanarySearch {
  const byHead = new Map<string, { readonly form: string; readonly name: string }[]>();
  for (const { name, secret } of canaries) {
    for (const form of readableForms(secret)) {
      if (form.length < HEAD) throw new Error(`${name}: too short to be searched for`);
      const head = form.slice(0, HEAD);
      byHead.set(head, [...(byHead.get(head) ?? []), { form, name }]);
    }
  }
  return (text) => {
    const found = new Set<string>();
    for (let at = 0; at + HEAD <= text.length; at++) {
      for (const { form, name } of byHead.get(text.slice(at, at + HEAD)) ?? [])
        if (text.startsWith(form, at)) found.add(name);
    }
    return [...found].sort();
  };
}

/** The canaries that can be read in a text, by name. */
export function foundIn(text: string, canaries: readonly Canary[]): string[] {
  return searchFor(canaries)(text);
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
