import type { Scope } from '../model/scope.ts';
import { learnFromEndpoint, learnFromObject } from '../redact/learned-names.ts';
import type { Obfuscation } from '../redact/obfuscate.ts';
import type { ReplacedText } from '../redact/word-scan.ts';
import type { RedactionCounts } from './manifest.ts';
import { createNoteRedactor, type Redaction, type TextRedactor } from './redaction.ts';

/** How replaced names and addresses are counted, beside the rules of redaction. */
const OBFUSCATION_RULE = 'obfuscated-name';

/** A line longer than this is passed on in pieces. */
const MAX_HELD = 1024 * 1024;

/** What can be a part of a name or address at the end of a piece, and how long such a part may be. */
const TAIL = /[A-Za-z0-9:.@/%\\_-]*$/;
const MAX_TAIL = 512;

/**
 * Redaction that also replaces names and addresses, in what is left when the secrets are gone, and in the scopes
 * entries are stored under.
 */
export function obfuscating(redaction: Redaction, obfuscation: Obfuscation): Redaction {
  const note = createNoteRedactor(redaction);
  const withoutSecrets = <S extends Scope>(scope: S): S =>
    scope.type === 'endpoint' ? { ...scope, endpoint: note(scope.endpoint) } : scope;
  return {
    obfuscation: { kinds: [...obfuscation.kinds], key: obfuscation.keyId },
    secretsOnly: redaction,
    name: (text) => obfuscation.hide(text).text,
    scope(scope) {
      learnFromScope(scope, obfuscation);
      return hiddenScope(withoutSecrets(scope), obfuscation);
    },
    item(object, text) {
      learnFromObject(object, obfuscation);
      const redacted = redaction.item(object, text);
      const hidden = obfuscation.hide(redacted.text ?? text);
      if (hidden.text === (redacted.text ?? text)) return redacted;
      return { text: hidden.text, counts: counted(redacted.counts, hidden) };
    },
    document(bytes, contentType) {
      const redacted = redaction.document(bytes, contentType);
      const before = latin1(redacted.bytes);
      const hidden = obfuscation.hide(before);
      if (hidden.text === before) return redacted;
      return { bytes: Buffer.from(hidden.text, 'latin1'), counts: counted(redacted.counts, hidden) };
    },
    createTextRedactor: () => obfuscatingText(redaction.createTextRedactor(), obfuscation),
    heldSignatures: () => obfuscation.certificates.signatures(),
  };
}

/** Learns the names of a scope. */
export function learnFromScope(scope: Scope, obfuscation: Obfuscation): void {
  if ('namespace' in scope && scope.namespace !== undefined) obfuscation.learnNamespace(scope.namespace);
  if ('node' in scope) obfuscation.learnHost(scope.node);
  if (scope.type === 'endpoint') learnFromEndpoint(scope.endpoint, obfuscation);
}

/** Only the names: the type of a scope and the kind of its object are no one's. */
function hiddenScope<S extends Scope>(scope: S, obfuscation: Obfuscation): S {
  const fields = Object.entries(scope).map(([field, value]) => {
    const isName = typeof value === 'string' && field !== 'type' && field !== 'kind';
    return [field, isName ? obfuscation.hide(value).text : value] as const;
  });
  return Object.fromEntries(fields) as unknown as S;
}

/** Neither names nor addresses span lines: what is behind the last line break is held back. */
function obfuscatingText(inner: TextRedactor, obfuscation: Obfuscation): TextRedactor {
  let held = '';
  let count = 0;

  function hide(text: string): Uint8Array {
    const hidden = obfuscation.hide(text);
    count += hidden.count;
    return Buffer.from(hidden.text, 'latin1');
  }

  function take(bytes: Uint8Array): Uint8Array {
    held += latin1(bytes);
    const newline = held.lastIndexOf('\n') + 1;
    const end = newline > 0 || held.length < MAX_HELD ? newline : beforeTail(held);
    const ready = held.slice(0, end);
    held = held.slice(end);
    return hide(ready);
  }

  return {
    push: (chunk) => take(inner.push(chunk)),
    end() {
      const last = take(inner.end());
      return Buffer.concat([last, hide(held)]);
    },
    counts: () => counted(inner.counts(), { count }),
  };
}

function beforeTail(text: string): number {
  const from = Math.max(0, text.length - MAX_TAIL);
  return from + text.slice(from).search(TAIL);
}

function counted(counts: RedactionCounts, { count }: Pick<ReplacedText, 'count'>): RedactionCounts {
  return count === 0 ? counts : { ...counts, [OBFUSCATION_RULE]: count };
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
