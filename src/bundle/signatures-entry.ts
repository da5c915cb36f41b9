import { certificates, SIGNATURES_SCOPE } from '../artifacts/certificates.ts';
import { jsonBytes } from '../artifacts/json-bytes.ts';
import type { DocumentEntry } from './entry-input.ts';
import type { Redaction } from './redaction.ts';

/**
 * What goes beside the certificates when their names were replaced: which signatures held before, judged here, since
 * nobody can judge them afterwards. Undefined: none was broken.
 */
export function signaturesEntry({ heldSignatures }: Redaction): DocumentEntry | undefined {
  const signatures = heldSignatures?.() ?? [];
  if (signatures.length === 0) return undefined;
  const { id: artifact, contentType } = certificates;
  const bytes = jsonBytes({ certificates: [], signatures });
  return { type: 'document', artifact, contentType, scope: SIGNATURES_SCOPE, bytes };
}
