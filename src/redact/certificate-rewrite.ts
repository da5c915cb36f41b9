import { createHash, X509Certificate } from 'node:crypto';
import type { IpAddress } from './address-cipher.ts';
import { changeDer } from './der-text.ts';

/** How the names of certificates are replaced. */
export interface NameChange {
  text(text: string): string;
  address(address: IpAddress): IpAddress;
}

/** A signature that held before the names of the certificate were replaced. */
export interface HeldSignature {
  /** SHA-256 of the certificate as it is now, lower-case hexadecimal. */
  readonly certificate: string;
  /** SHA-256 of the public keys (DER, SubjectPublicKeyInfo) it verified with. */
  readonly issuers: readonly string[];
}

/** Replaces the names of certificates within texts. */
export interface Certificates {
  rewrite(text: string): string;
  /** What cannot be verified any more and was true, of the certificates that passed so far. */
  signatures(): HeldSignature[];
}

const BEGIN = '-----BEGIN ';
const PEM =
  /(-----BEGIN ((?:NEW |TRUSTED )?CERTIFICATE(?: REQUEST)?)-----)([^-]{40,65536})(-----END \2-----)/g;
/** Base64 of the first line of a PEM block, as `caBundle`, Secrets and signing requests hold it. */
const ENCODED = 'LS0tLS1CRUdJTi';
const ENCODED_PEM = /(?<![A-Za-z0-9+/])LS0tLS1CRUdJTi[A-Za-z0-9+/]{40,262144}={0,2}/g;
/** Line breaks of PEM, escaped or not. */
const BREAK = /(?:(?<!\\)\\+[nr]|\s)+/;

/** Blocks remembered at most: one authority stands in every namespace. */
const MAX_KNOWN = 20_000;

/** Makes the rewriter; it remembers the certificates that passed it. */
export function createCertificateRewriter(change: NameChange): Certificates {
  const bodies = new Map<string, string>();
  const seen = new Map<string, Buffer>();
  const changed = new Map<string, Buffer>();

  function rewrite(text: string): string {
    let result = text;
    if (result.includes(BEGIN)) result = result.replace(PEM, (...parts) => block(parts as unknown as Block));
    if (!result.includes(ENCODED)) return result;
    return result.replace(ENCODED_PEM, (encoded) => {
      const before = Buffer.from(encoded, 'base64').toString('latin1');
      const after = rewrite(before);
      return after === before ? encoded : Buffer.from(after, 'latin1').toString('base64');
    });
  }

  function block([, begin, label, body, end]: Block): string {
    const known = bodies.get(body);
    if (known !== undefined) return begin + known + end;
    const after = changeBody(body, label);
    if (bodies.size >= MAX_KNOWN) bodies.clear();
    bodies.set(body, after);
    return begin + after + end;
  }

  function changeBody(body: string, label: string): string {
    const lines = body.split(BREAK);
    const before = Buffer.from(lines.join(''), 'base64');
    const after = changeDer(before, change);
    if (!label.endsWith('REQUEST')) {
      seen.set(before.toString('base64'), before);
      if (after !== before) changed.set(sha256(after), before);
    }
    return after === before ? body : wrapped(body, after.toString('base64'));
  }

  return {
    rewrite,
    signatures() {
      const authorities = [...seen.values()].flatMap(parsed);
      return [...changed].flatMap(([certificate, before]) => {
        const issuers = parsed(before).flatMap((one) => issuersOf(one, authorities));
        return issuers.length === 0 ? [] : [{ certificate, issuers: [...new Set(issuers)].sort() }];
      });
    },
  };
}

type Block = readonly [found: string, begin: string, label: string, body: string, end: string];

/** Base64 in lines of the width and with the breaks of another body. */
function wrapped(body: string, base64: string): string {
  const [lead = ''] = /^(?:\\+[nr]|\s)*/.exec(body) ?? [];
  const inner = body.slice(lead.length, contentEnd(body));
  const trail = body.slice(lead.length + inner.length);
  const between = BREAK.exec(inner);
  if (between === null) return lead + base64 + trail;
  const width = Math.max(1, between.index);
  const lines: string[] = [];
  for (let at = 0; at < base64.length; at += width) lines.push(base64.slice(at, at + width));
  return lead + lines.join(between[0]) + trail;
}

/** Where the line breaks at the end of a body begin. */
function contentEnd(body: string): number {
  let end = body.length;
  for (;;) {
    if (/\s/.test(body.charAt(end - 1))) end--;
    else if (/[nr]/.test(body.charAt(end - 1)) && body.charAt(end - 2) === '\\') {
      end -= 2;
      while (body.charAt(end - 1) === '\\') end--;
    } else return end;
  }
}

function parsed(der: Buffer): X509Certificate[] {
  try {
    return [new X509Certificate(der)];
  } catch {
    // What is no certificate signed nothing and is signed by nobody.
    return [];
  }
}

function issuersOf(certificate: X509Certificate, authorities: readonly X509Certificate[]): string[] {
  return authorities.flatMap((authority) =>
    authority.subject === certificate.issuer && verifies(certificate, authority)
      ? [publicKeyId(authority)]
      : [],
  );
}

function verifies(certificate: X509Certificate, authority: X509Certificate): boolean {
  try {
    return certificate.verify(authority.publicKey);
  } catch {
    // A key of another type cannot have made the signature.
    return false;
  }
}

function publicKeyId({ publicKey }: X509Certificate): string {
  return sha256(publicKey.export({ type: 'spki', format: 'der' }));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
