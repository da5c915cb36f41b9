import type { CertificatesDocument } from '../artifacts/certificates.ts';
import { type CertificateFacts, holdSignature } from '../artifacts/x509.ts';

/**
 * In a bundle with replaced names the signatures of certificates were checked before the names were replaced: what was
 * found then holds for these. Gives them back.
 */
export function withHeldSignatures<T extends { readonly facts: CertificateFacts }>(
  placed: readonly T[],
  documents: readonly { readonly value: CertificatesDocument }[],
): readonly T[] {
  const held = new Map(
    documents.flatMap(({ value }) =>
      (value.signatures ?? []).map(({ certificate, issuers }) => [certificate, issuers] as const),
    ),
  );
  if (held.size === 0) return placed;
  for (const { facts } of placed) {
    const issuers = held.get(facts.fingerprint);
    if (issuers) holdSignature(facts, issuers);
  }
  return placed;
}
