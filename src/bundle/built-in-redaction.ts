import { redactDocument, redactItem } from '../redact/document.ts';
import type { Redactions } from '../redact/rules.ts';
import { createTextRedactor } from '../redact/text.ts';
import type { RedactionCounts } from './manifest.ts';
import type { Redaction } from './redaction.ts';

/** The rules of src/redact behind the writer's seam. */
export function builtInRedaction(): Redaction {
  return {
    item(object, text) {
      const redacted = redactItem(object, text);
      return { text: redacted.text, counts: countsOf(redacted.redactions) };
    },
    document(bytes, contentType) {
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const redacted = redactDocument(buffer, contentType);
      return { bytes: redacted.bytes, counts: countsOf(redacted.redactions) };
    },
    createTextRedactor() {
      const redactor = createTextRedactor();
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
