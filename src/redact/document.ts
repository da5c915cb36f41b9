import type { ContentType } from '../model/artifact.ts';
import { rewriteJson } from './json-text.ts';
import { createWalk, redactFully } from './object.ts';
import { DEFAULT_POLICY, type RedactionPolicy } from './policy.ts';
import { createTally, type Redactions, type Tally } from './rules.ts';
import { publicCertificates } from './secret.ts';
import { redactLines } from './text.ts';
import { parseYaml, rewriteYaml } from './yaml-text.ts';

/** A document without its secrets. */
export interface RedactedBytes {
  /** The very bytes that were given when nothing in them had to go. */
  readonly bytes: Buffer;
  readonly redactions: Redactions;
}

/** One API object after redaction. */
export interface RedactedItem {
  /** JSON to store instead of the item's own; undefined: nothing had to go. */
  readonly text: string | undefined;
  readonly redactions: Redactions;
}

/**
 * Redacts one small document. Throws when JSON or YAML cannot be parsed, without quoting it: the caller drops
 * the document.
 */
export function redactDocument(
  bytes: Buffer,
  contentType: ContentType,
  policy: RedactionPolicy = DEFAULT_POLICY,
): RedactedBytes {
  const tally = createTally(policy.pseudonym);
  // Bytes that are no UTF-8 would not survive decoding; JSON and YAML are UTF-8 by their standards.
  const encoding = contentType === 'json' || contentType === 'yaml' ? 'utf8' : 'latin1';
  const before = bytes.toString(encoding);
  const after = redactByType(before, contentType, { policy, tally });
  return { bytes: after === before ? bytes : Buffer.from(after, encoding), redactions: tally.redactions };
}

/**
 * Redacts one API object given with the text it was parsed from; the text outside of what is replaced keeps its
 * bytes, so numbers that JavaScript cannot print back survive. `kind` is for items of lists without their own.
 */
export function redactItem(
  object: unknown,
  text: string,
  options: { readonly kind?: string; readonly policy?: RedactionPolicy } = {},
): RedactedItem {
  const { kind, policy = DEFAULT_POLICY } = options;
  const tally = createTally(policy.pseudonym);
  const given = policy.own?.withoutPaths(object, tally) ?? object;
  const after = redactFully(given, kind, createWalk(policy, tally));
  return {
    text: after === object ? undefined : rewriteJson(text, object, after),
    redactions: tally.redactions,
  };
}

/** A value as a report may quote it: every string in it redacted, names of fields taken into account. */
export function redactValue<T>(value: T, policy: RedactionPolicy = DEFAULT_POLICY): T {
  return redactFully(value, undefined, createWalk(policy, createTally(policy.pseudonym))) as T;
}

interface Run {
  readonly policy: RedactionPolicy;
  readonly tally: Tally;
}

function redactByType(text: string, contentType: ContentType, run: Run): string {
  switch (contentType) {
    case 'json':
      return redactJson(text, run);
    case 'yaml':
      return redactYaml(text, run);
    case 'pem':
      return redactPem(text, run);
    case 'text':
      return redactLines(text, run.policy, run.tally);
  }
}

function redactJson(text: string, { policy, tally }: Run): string {
  let before: unknown;
  try {
    before = JSON.parse(text) as unknown;
  } catch {
    // The parser's own message and cause quote the text, secrets included.
    throw new Error('the document is not JSON');
  }
  const given = policy.own?.withoutPaths(before, tally) ?? before;
  return rewriteJson(text, before, redactFully(given, undefined, createWalk(policy, tally)));
}

function redactYaml(text: string, { policy, tally }: Run): string {
  const before = parseYaml(text);
  const walk = createWalk(policy, tally);
  const given = before.map((document) => policy.own?.withoutPaths(document, tally) ?? document);
  const after = given.map((document) => redactFully(document, undefined, walk));
  const changed = after.some((document, index) => document !== before[index]);
  const rewritten = changed ? rewriteYaml(text, before, after) : text;
  if (changed) assertRedacted(rewritten, policy);
  // Comments belong to no value.
  return redactLines(rewritten, policy, tally);
}

/** A replacement that missed its place would let the secret through: what was rewritten is read again. */
function assertRedacted(text: string, policy: RedactionPolicy): void {
  const walk = createWalk(policy, createTally());
  for (const document of parseYaml(text)) {
    if (walk.value(document) !== document) throw new Error('the document could not be redacted in place');
  }
}

/** Public certificates pass as they are; in anything else every block that is not known to be public goes. */
function redactPem(text: string, { policy, tally }: Run): string {
  if (publicCertificates(text) === text) return text;
  const shown = text.replace(
    /-----BEGIN (?!(?:TRUSTED |NEW )?CERTIFICATE|X509 |(?:RSA |EC )?PUBLIC KEY|DH PARAMETERS|EC PARAMETERS)[^-]{1,64}-----[^-]*(?:-----END [^-]{1,64}-----)?/g,
    (block) => {
      tally.add('private-key');
      return block.replace(/[^\n]+/g, '[REDACTED:private-key]');
    },
  );
  return redactLines(shown, policy, tally);
}
