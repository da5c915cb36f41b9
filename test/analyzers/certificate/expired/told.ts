import { kubeadmCertificates } from '../../../../src/artifacts/kubeadm-certificates.ts';
import { expirationTable } from '../../../support/dkp-bundle.ts';
import type { AnalyzerCases } from '../../../support/test-analyzer.ts';

const DAY = 86_400;

/** What kubeadm prints of one certificate on a control plane node. */
export function told(name: string, expires: string) {
  return {
    artifact: kubeadmCertificates,
    scope: { type: 'node', node: 'cp-1' },
    bytes: expirationTable({ [name]: expires }),
  } as const;
}

/** Where what kubeadm prints is no reason to speak. */
export const TOLD_SILENT: AnalyzerCases['silent'] = [
  {
    name: 'kubeadm tells of one that is valid for months',
    given: { documents: [told('apiserver', 'Jun 15, 2026 12:00 UTC')] },
  },
  {
    name: 'kubeadm tells of one that ends within this minute',
    given: { documents: [told('apiserver', 'Jan 15, 2026 12:00 UTC')], observed: '2026-01-15T12:00:30Z' },
  },
];

/** Where it is all there is. */
export const TOLD_REPORTS: AnalyzerCases['reports'] = [
  {
    name: 'kubeadm tells of one that has ended',
    given: { documents: [told('etcd-server', 'Jan 10, 2026 12:00 UTC')] },
    expect: [
      {
        message: 'toldExpired',
        subject: 'Node/cp-1',
        severity: 'critical',
        values: { name: 'etcd-server', since: 5 * DAY },
        since: '2026-01-10T12:00:00.000Z',
      },
    ],
  },
  {
    name: 'kubeadm tells of one that ends in twenty days',
    given: { documents: [told('admin.conf', 'Feb 04, 2026 12:00 UTC')] },
    expect: [{ message: 'toldExpiresSoon', subject: 'Node/cp-1', severity: 'warning' }],
  },
];
