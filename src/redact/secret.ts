import { X509Certificate } from 'node:crypto';
import { isRedacted } from './rules.ts';
import { type Fields, isFields, type Walk, withFields } from './walk.ts';

const RULE = 'secret-data';
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]{1,65536}-----END CERTIFICATE-----/g;
/** Types of Secrets always begin like this or hold a slash; no other core kind has both `data` and `type`. */
const SECRET_TYPE = /^(?:Opaque$|[\w.-]+\/[\w.-]+$)/;

/** Whether an object is a Secret: by kind, or by shape where a list left its items without kind. */
export function isSecret(object: Fields, kind: string | undefined): boolean {
  const own = typeof object.kind === 'string' ? object.kind : kind;
  if (own !== undefined) return own === 'Secret';
  if (isFields(object.stringData)) return true;
  return isFields(object.data) && typeof object.type === 'string' && SECRET_TYPE.test(object.type);
}

/** The values of a Secret are in these fields; everything else about it passes the general rules. */
export function isSecretField(key: string): key is 'data' | 'stringData' {
  return key === 'data' || key === 'stringData';
}

/** The values of a Secret removed; public certificates stay. */
export function redactSecretField(key: 'data' | 'stringData', value: unknown, walk: Walk): unknown {
  return redactData(value, key === 'data', walk);
}

function redactData(data: unknown, encoded: boolean, walk: Walk): unknown {
  if (data === null || data === undefined) return data;
  if (isFields(data)) return withFields(data, (_key, value) => redactValue(value, encoded, walk));
  walk.tally.add(RULE);
  return {};
}

function redactValue(value: unknown, encoded: boolean, walk: Walk): unknown {
  if (value === '' || value === null) return value;
  if (typeof value === 'string' && isRedacted(value)) return value;
  const text =
    typeof value !== 'string' ? '' : encoded ? Buffer.from(value, 'base64').toString('latin1') : value;
  // Base64, so that typed clients can still read the object.
  if (encoded && isRedacted(text)) return value;
  const certificates = publicCertificates(text);
  if (certificates === text) return value;
  walk.tally.add(RULE);
  if (certificates === undefined) {
    const replaced = walk.tally.mark(RULE, text);
    return encoded ? Buffer.from(replaced).toString('base64') : replaced;
  }
  return encoded ? Buffer.from(certificates, 'latin1').toString('base64') : certificates;
}

/**
 * The certificates of a text that holds nothing else that is secret: the text itself when there is nothing but
 * certificates in it, only them when comments stand around, undefined when anything else does.
 */
export function publicCertificates(text: string): string | undefined {
  if (!text.includes('-----BEGIN CERTIFICATE-----')) return undefined;
  const blocks = text.match(CERTIFICATE) ?? [];
  if (blocks.length === 0 || !blocks.every(isCertificate)) return undefined;
  const around = text.replace(CERTIFICATE, '');
  if (around.trim() === '') return text;
  return around.includes('-----') ? undefined : `${blocks.join('\n')}\n`;
}

/** Anything may call itself a certificate; only what parses as one is let through. */
function isCertificate(block: string): boolean {
  try {
    return new X509Certificate(block).raw.length > 0;
  } catch {
    return false;
  }
}
