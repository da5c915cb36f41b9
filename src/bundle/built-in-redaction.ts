import { redactDocument, redactItem } from '../redact/document.ts';
import { knownValues } from '../redact/known-values.ts';
import { createOwnPolicy, type OwnRules } from '../redact/own-rules.ts';
import { BUILT_IN_DETECTORS, createPolicy, DEFAULT_POLICY } from '../redact/policy.ts';
import type { Pseudonym, Redactions } from '../redact/rules.ts';
import { createTextRedactor } from '../redact/text.ts';
import type { RedactionCounts } from './manifest.ts';
import type { Redaction } from './redaction.ts';

/** What a collection may be given beyond the built-in rules. */
export interface RedactionExtras {
  readonly own?: OwnRules;
  readonly pseudonym?: Pseudonym;
}

/** The rules of src/redact behind the writer's seam; values known to be secret are removed wherever they stand. */
export function builtInRedaction(
  known: readonly string[] = [],
  { own, pseudonym }: RedactionExtras = {},
): Redaction {
  const policy =
    known.length === 0 && own === undefined && pseudonym === undefined
      ? DEFAULT_POLICY
      : createPolicy([...(known.length === 0 ? [] : [knownValues(known)]), ...BUILT_IN_DETECTORS], {
          own: own === undefined ? undefined : createOwnPolicy(own, () => performance.now()),
          pseudonym,
        });
  return {
    item(object, text) {
      const redacted = redactItem(object, text, { policy });
      return { text: redacted.text, counts: countsOf(redacted.redactions) };
    },
    document(bytes, contentType) {
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const redacted = redactDocument(buffer, contentType, policy);
      return { bytes: redacted.bytes, counts: countsOf(redacted.redactions) };
    },
    createTextRedactor() {
      const redactor = createTextRedactor(policy);
      return {
        push: (chunk) => redactor.push(chunk),
        end: () => redactor.end(),
        counts: () => countsOf(redactor.redactions),
      };
    },
  };
}

function countsOf(redactions: Redactions): RedactionCounts {
  return Object.fromEntries(redactions);
}
