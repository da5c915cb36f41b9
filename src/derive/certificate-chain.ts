import { type CertificateFacts, isSignedBy } from '../artifacts/x509.ts';

/** Whether a served chain leads to a trusted certificate; dates and names are judged elsewhere. */
export type ChainVerdict =
  | 'verified'
  /** A trusted CA bears the name the chain asks for, but has another key: the CA was made anew under its old name. */
  | 'same-name-other-key'
  | 'other-issuer';

/** Longest path that is followed; real chains have two or three links. */
const MAX_LINKS = 8;

/**
 * Judges a chain (leaf first) against what its reader trusts, the way Go's crypto/x509 does: a certificate
 * that is itself trusted passes, and of several trusted CAs any that signed passes.
 */
export function judgeChain(
  chain: readonly CertificateFacts[],
  trusted: readonly CertificateFacts[],
): ChainVerdict {
  const [leaf, ...intermediates] = chain;
  const prints = new Set(trusted.map((one) => one.fingerprint));
  const open = leaf ? [leaf] : [];
  const seen = new Set<string>();
  const reached: CertificateFacts[] = [];
  for (let one = open.pop(); one !== undefined && reached.length < MAX_LINKS; one = open.pop()) {
    const certificate = one;
    if (seen.has(certificate.fingerprint)) continue;
    seen.add(certificate.fingerprint);
    reached.push(certificate);
    if (prints.has(certificate.fingerprint)) return 'verified';
    if (trusted.some((ca) => canSign(ca) && isSignedBy(certificate, ca))) return 'verified';
    open.push(...intermediates.filter((ca) => canSign(ca) && isSignedBy(certificate, ca)));
  }
  const wanted = new Set(reached.map((one) => one.issuer));
  return trusted.some((ca) => wanted.has(ca.subject)) ? 'same-name-other-key' : 'other-issuer';
}

/** A certificate of version 3 must say that it is a CA; older ones cannot. */
function canSign(certificate: CertificateFacts): boolean {
  return certificate.isCa || certificate.version < 3;
}
