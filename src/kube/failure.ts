import { KubeError, type KubeErrorKind } from '../model/kube.ts';

/** Longest piece of a server's own words in a message. */
const MAX_MESSAGE = 400;

const CUT_SHORT_TEXT = 'the server closed the connection before its answer was whole';
/** The parser of undici, when a connection the server wants to close anyway ends within a chunked body; it has no code. */
const CUT_SHORT = /\(Invalid EOF state\)$/;

/** Error codes of Node, OpenSSL and undici that are not TLS, by what they mean to us. */
const KIND_OF_CODE: Readonly<Record<string, { kind: KubeErrorKind; text: string }>> = {
  ECONNREFUSED: { kind: 'refused', text: 'connection refused' },
  EHOSTUNREACH: { kind: 'refused', text: 'no route to host' },
  ENETUNREACH: { kind: 'refused', text: 'network unreachable' },
  EADDRNOTAVAIL: { kind: 'refused', text: 'address not available' },
  ENOTFOUND: { kind: 'dns', text: 'the host name does not resolve' },
  EAI_AGAIN: { kind: 'dns', text: 'the name server gives no answer' },
  ETIMEDOUT: { kind: 'timeout', text: 'connection timed out' },
  UND_ERR_CONNECT_TIMEOUT: { kind: 'timeout', text: 'connection timed out' },
  UND_ERR_HEADERS_TIMEOUT: { kind: 'timeout', text: 'no answer in time' },
  UND_ERR_BODY_TIMEOUT: { kind: 'timeout', text: 'the answer stalled' },
  ECONNRESET: { kind: 'unavailable', text: 'the connection was reset' },
  EPIPE: { kind: 'unavailable', text: 'the connection was closed' },
  UND_ERR_SOCKET: {
    kind: 'unavailable',
    text: CUT_SHORT_TEXT,
  },
  UND_ERR_ABORTED: { kind: 'aborted', text: 'the request was aborted' },
  UND_ERR_DESTROYED: { kind: 'aborted', text: 'the connection pool is closed' },
  UND_ERR_CLOSED: { kind: 'aborted', text: 'the connection pool is closed' },
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: {
    kind: 'bad-reply',
    text: 'the answer is shorter or longer than announced',
  },
  UND_ERR_HEADERS_OVERFLOW: { kind: 'bad-reply', text: 'the headers of the answer are too large' },
};

/** Certificate checks of OpenSSL (X509_V_ERR_*) as Node names them; the rest of TLS begins with ERR_SSL or ERR_TLS. */
const CERTIFICATE_CODES = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_GET_CRL',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
  'CERT_NOT_YET_VALID',
  'CERT_HAS_EXPIRED',
  'CERT_CHAIN_TOO_LONG',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'HOSTNAME_MISMATCH',
  'EPROTO',
]);

/** Turns whatever a socket, TLS, undici or zlib threw into a KubeError whose message names the endpoint. */
export function connectionError(error: unknown, endpoint: string): KubeError {
  if (error instanceof KubeError) return error;
  const cause = innermost(error);
  const code = codeOf(cause);
  const known = KIND_OF_CODE[code];
  if (known) return new KubeError(known.kind, `${endpoint}: ${known.text}${suffix(code)}`, { cause: error });
  if (isTlsCode(code)) {
    return new KubeError('tls', `${endpoint}: TLS failed: ${tlsText(cause)}${suffix(code)}`, {
      cause: error,
    });
  }
  if (CUT_SHORT.test(messageOf(cause)))
    return new KubeError('unavailable', `${endpoint}: ${CUT_SHORT_TEXT}`, { cause: error });
  if (code.startsWith('HPE_') || nameOf(cause) === 'HTTPParserError') {
    return new KubeError('bad-reply', `${endpoint}: this is not an HTTP answer`, { cause: error });
  }
  if (code.startsWith('Z_')) {
    return new KubeError('bad-reply', `${endpoint}: the compressed answer is damaged${suffix(code)}`, {
      cause: error,
    });
  }
  if (nameOf(cause) === 'AbortError') return abortedError(endpoint, error);
  return new KubeError('other', `${endpoint}: ${oneLine(messageOf(cause))}`, { cause: error });
}

/** The caller's signal ended a request. */
export function abortedError(endpoint: string, cause?: unknown): KubeError {
  return new KubeError('aborted', `${endpoint}: the request was aborted`, { cause });
}

/** Whether an error code comes from the TLS layer. */
export function isTlsCode(code: string): boolean {
  return (
    CERTIFICATE_CODES.has(code) ||
    code.startsWith('ERR_SSL_') ||
    code.startsWith('ERR_TLS_') ||
    code.startsWith('ERR_OSSL_')
  );
}

/** The `code` of an error, or an empty string. */
export function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

/** A text of the outside as one line of bounded length. */
export function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > MAX_MESSAGE ? `${line.slice(0, MAX_MESSAGE)}…` : line;
}

function innermost(error: unknown): unknown {
  let current = error;
  for (let depth = 0; depth < 8; depth++) {
    if (typeof current !== 'object' || current === null) return current;
    if (current instanceof AggregateError && current.errors.length > 0) {
      current = current.errors[0];
      continue;
    }
    if (codeOf(current) !== '' || !('cause' in current) || current.cause === undefined) return current;
    current = current.cause;
  }
  return current;
}

function suffix(code: string): string {
  return code === '' ? '' : ` (${code})`;
}

function tlsText(error: unknown): string {
  const text = messageOf(error);
  // OpenSSL's own text is `<thread>:error:<number>:<library>:<function>:<reason>:<file>:<line>:…`.
  const reason = /error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):/.exec(text)?.[1];
  return oneLine(reason ?? text);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}
