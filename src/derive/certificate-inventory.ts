import { defineDerived } from '../model/artifact.ts';
import type { Value } from '../model/message.ts';
import type { PlacedCertificate } from './certificate-places.ts';
import { podCertificates } from './pod-certificates.ts';
import { storedCertificates } from './stored-certificates.ts';

/**
 * Every public certificate of the bundle, each place of it. What a pod serves as it is stored is told by its store,
 * where it is to be mended.
 */
export const certificateInventory = defineDerived({
  id: 'certificate-inventory',
  title: 'Certificates',
  needs: { stored: storedCertificates, served: podCertificates },
  derive({ stored, served }): readonly PlacedCertificate[] {
    return [...stored, ...served.filter(({ isOwn }) => isOwn).flatMap(({ placed }) => placed)];
  },
  table: (placed) => ({
    id: 'certificates',
    title: 'Certificates',
    columns: [
      { id: 'where', title: 'Where', tag: 'object' },
      { id: 'place', title: 'Place', tag: 'text' },
      { id: 'subject', title: 'Subject', tag: 'text' },
      { id: 'issuer', title: 'Issuer', tag: 'text' },
      { id: 'names', title: 'Names', tag: 'text' },
      { id: 'notBefore', title: 'Valid from', tag: 'time' },
      { id: 'notAfter', title: 'Valid to', tag: 'time' },
      { id: 'fingerprint', title: 'SHA-256', tag: 'text' },
    ],
    rows: [...placed].sort((a, b) => (a.facts.notAfter < b.facts.notAfter ? -1 : 1)).map(row),
  }),
});

function row({ facts, subject, place: where }: PlacedCertificate): Value[] {
  return [
    subject,
    where.replace(/ (?:of|in|by|on)$/, ''),
    facts.subject,
    facts.issuer,
    facts.names,
    facts.notBefore,
    facts.notAfter,
    facts.fingerprint.slice(0, 16),
  ];
}
