import { document } from '../model/artifact.ts';
import { listIn, objectIn, parseJsonObject, stringIn } from './json-bytes.ts';
import { textLines } from './text-sections.ts';

/** The end of one certificate, as kubeadm tells it. */
export interface KubeadmCertificate {
  /** As `kubeadm certs renew` calls it: `apiserver`, `admin.conf`. */
  readonly name: string;
  /** ISO 8601; the table has whole minutes. */
  readonly notAfter: string;
  readonly isAuthority: boolean;
  /** kubeadm has not its authority's key, and renews nothing. */
  readonly external: boolean;
}

/** Certificates of a control plane node, scope node: what `kubeadm certs check-expiration` prints, as table or JSON. */
export const kubeadmCertificates = document<readonly KubeadmCertificate[]>({
  id: 'kubeadm-certificates',
  title: 'Ends of certificates as kubeadm tells them',
  contentType: 'text',
  foreign: 'troubleshoot',
  rearranged: true,
  maxBytes: 256 * 1024,
  parse(bytes) {
    const found = /^\s*\{/.test(new TextDecoder().decode(bytes.subarray(0, 64)))
      ? ofJson(bytes)
      : ofTable(bytes);
    if (found.length === 0) throw new Error('no certificate is in it');
    return found;
  },
});

/** `apiserver   Apr 09, 2024 09:16 UTC   348d   ca   no`, without the authority up to 1.16; `!MISSING!` rows have no date. */
const ROW =
  /^(\S+)\s+([A-Z][a-z]{2} \d{2}, \d{4} \d{2}:\d{2} UTC)\s+\S+\s+(?:\S+\s+)?(yes|no|true|false)\s*$/;

function ofTable(bytes: Uint8Array): KubeadmCertificate[] {
  let isAuthority = false;
  return textLines(bytes).flatMap((line) => {
    if (/^CERTIFICATE\s/.test(line)) isAuthority = /^CERTIFICATE AUTHORITY\s/.test(line);
    const [, name = '', date = '', external] = ROW.exec(line) ?? [];
    const notAfter = isoOf(date);
    if (notAfter === undefined) return [];
    return [{ name, notAfter, isAuthority, external: external === 'yes' || external === 'true' }];
  });
}

/** `CertificateExpirationInfo` of output.kubeadm.k8s.io. */
function ofJson(bytes: Uint8Array): KubeadmCertificate[] {
  const { certificates, certificateAuthorities } = parseJsonObject(bytes);
  const read = (list: unknown, isAuthority: boolean) =>
    listIn(list).flatMap((element) => {
      const { name, expirationDate, externallyManaged, missing } = objectIn(element);
      const notAfter = isoOf(stringIn(expirationDate));
      const called = stringIn(name);
      if (notAfter === undefined || called === undefined || missing === true) return [];
      return [{ name: called, notAfter, isAuthority, external: externallyManaged === true }];
    });
  return [...read(certificates, false), ...read(certificateAuthorities, true)];
}

function isoOf(text: string | undefined): string | undefined {
  const milliseconds = Date.parse(text ?? '');
  return Number.isNaN(milliseconds) ? undefined : new Date(milliseconds).toISOString();
}
