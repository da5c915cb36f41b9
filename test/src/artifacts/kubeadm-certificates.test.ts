import { describe, expect, it } from 'vitest';
import { kubeadmCertificates } from '../../../src/artifacts/kubeadm-certificates.ts';
import { expirationTable } from '../../support/dkp-bundle.ts';

const parse = (text: string) => kubeadmCertificates.parse(Buffer.from(text));

describe('kubeadm-certificates', () => {
  it('reads the table: ends, authorities, and who renews', () => {
    expect(
      parse(expirationTable({ apiserver: 'Apr 09, 2026 09:16 UTC', 'admin.conf': 'Apr 09, 2026 09:17 UTC' })),
    ).toEqual([
      { name: 'apiserver', notAfter: '2026-04-09T09:16:00.000Z', isAuthority: false, external: false },
      { name: 'admin.conf', notAfter: '2026-04-09T09:17:00.000Z', isAuthority: false, external: false },
      { name: 'ca', notAfter: '2033-11-03T14:13:00.000Z', isAuthority: true, external: false },
    ]);
  });

  it('reads the table of kubeadm 1.15, and of one that has expired', () => {
    const text = [
      'CERTIFICATE                EXPIRES                  RESIDUAL TIME   EXTERNALLY MANAGED',
      'admin.conf                 May 15, 2020 13:03 UTC   364d            false',
      'apiserver                  May 15, 2020 13:00 UTC   <invalid>       true',
    ].join('\r\n');

    expect(parse(text)).toEqual([
      { name: 'admin.conf', notAfter: '2020-05-15T13:03:00.000Z', isAuthority: false, external: false },
      { name: 'apiserver', notAfter: '2020-05-15T13:00:00.000Z', isAuthority: false, external: true },
    ]);
  });

  it('reads JSON, without what is missing', () => {
    const text = JSON.stringify({
      kind: 'CertificateExpirationInfo',
      certificates: [
        { name: 'apiserver', expirationDate: '2026-04-09T09:16:00Z', externallyManaged: true },
        { name: 'super-admin.conf', missing: true, expirationDate: '0001-01-01T00:00:00Z' },
      ],
      certificateAuthorities: [{ name: 'ca', expirationDate: '2033-11-03T14:13:00Z' }],
    });

    expect(parse(text).map(({ name, isAuthority, external }) => [name, isAuthority, external])).toEqual([
      ['apiserver', false, true],
      ['ca', true, false],
    ]);
  });

  it.each(['', 'kubeadm: command not found\n', '{"certificates":null}'])('refuses %j', (text) => {
    expect(() => parse(text)).toThrow('no certificate');
  });
});
