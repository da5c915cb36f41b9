import type { CertificateFacts } from '../artifacts/x509.ts';

const DNS = 'DNS:';
const ADDRESS = 'IP Address:';

/**
 * Whether a certificate is valid for a host name or IP address (RFC 6125 §6.4): a wildcard stands for exactly
 * one leftmost label. The common name does not count: Go ignores it since 1.15.
 */
export function coversHost({ names }: Pick<CertificateFacts, 'names'>, host: string): boolean {
  const address = normalAddress(host);
  if (address !== undefined)
    return names.some(
      (name) => name.startsWith(ADDRESS) && normalAddress(name.slice(ADDRESS.length)) === address,
    );
  const wanted = host.toLowerCase().replace(/\.$/, '');
  return names.some(
    (name) => name.startsWith(DNS) && matchesHost(name.slice(DNS.length).toLowerCase(), wanted),
  );
}

/** Whether a certificate carries no subject alternative name at all, only a common name. */
export function hasOnlyCommonName({ names, subject }: Pick<CertificateFacts, 'names' | 'subject'>): boolean {
  return names.length === 0 && /(?:^|, )CN=/.test(subject);
}

/** The names to show: without their kind, as many as fit a sentence. */
export function shownNames({ names }: Pick<CertificateFacts, 'names'>, most = 6): string {
  if (names.length === 0) return 'no name';
  const shown = names.slice(0, most).map((name) => name.slice(name.indexOf(':') + 1));
  return names.length > most ? `${shown.join(', ')} and ${names.length - most} more` : shown.join(', ');
}

function matchesHost(name: string, host: string): boolean {
  if (name === host) return true;
  if (!name.startsWith('*.')) return false;
  const dot = host.indexOf('.');
  return dot > 0 && host.slice(dot + 1) === name.slice(2);
}

/** An IP address in one form; undefined for anything else. OpenSSL prints IPv6 uncompressed and in capitals. */
function normalAddress(text: string): string | undefined {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return text;
  const inner = text.replace(/^\[|\]$/g, '').toLowerCase();
  if (!inner.includes(':') || !/^[0-9a-f:.]+$/.test(inner)) return undefined;
  const [head = '', tail] = inner.split('::');
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  const missing = 8 - left.length - right.length;
  if (missing < 0 || (tail === undefined && missing > 0)) return undefined;
  return [...left, ...new Array<string>(missing).fill('0'), ...right].join(':');
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':').map((group) => group.replace(/^0+(?=.)/, ''));
}
