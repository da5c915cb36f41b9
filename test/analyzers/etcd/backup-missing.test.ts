import { backupMissing } from '../../../analyzers/etcd/backup-missing.ts';
import { cronJobs } from '../../../src/artifacts/workload-resources.ts';
import { ago, anyObject, node } from '../../support/builders.ts';
import { etcdPods } from '../../support/control-plane-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const cronJob = (
  name: string,
  parts: { command?: string[]; suspend?: boolean; last?: string; created?: string },
) =>
  anyObject('batch/v1', 'CronJob', name, 'kube-system', {
    metadata: { creationTimestamp: parts.created ?? ago(864_000) },
    spec: {
      schedule: '0 * * * *',
      suspend: parts.suspend ?? false,
      jobTemplate: {
        spec: {
          template: { spec: { containers: [{ name: 'a', image: 'a', command: parts.command ?? [] }] } },
        },
      },
    },
    status: parts.last === undefined ? {} : { lastSuccessfulTime: parts.last },
  });

testAnalyzer(backupMissing, {
  silent: [
    {
      name: 'a backup by name',
      given: { objects: [...etcdPods(), cronJob('etcd-backup', { last: ago(3600) })] },
    },
    {
      name: 'a backup by its command',
      given: {
        objects: [
          ...etcdPods(),
          cronJob('nightly', { command: ['etcdctl', 'snapshot', 'save', '/b'], last: ago(3600) }),
        ],
      },
    },
    {
      name: 'a backup that is new',
      given: { objects: [...etcdPods(), cronJob('etcd-snapshot', { created: ago(60) })] },
    },
    {
      name: 'RKE2 takes its own',
      given: {
        objects: [...etcdPods(), node('n', { status: { nodeInfo: { kubeletVersion: 'v1.34.1+rke2r1' } } })],
      },
      status: 'not-applicable',
    },
    {
      name: 'no CronJob at all',
      given: { objects: etcdPods() },
      info: [{ message: 'none', subject: 'Pod/kube-system/etcd-cp-1', values: { version: '3.5.15-0' } }],
    },
    {
      name: 'suspended, failing and never successful backups',
      given: {
        objects: [
          ...etcdPods(),
          cronJob('etcd-backup-a', { suspend: true, last: ago(3600) }),
          cronJob('etcd-backup-b', { last: ago(864_000) }),
          cronJob('etcd-backup-c', {}),
        ],
      },
      info: [
        { message: 'notSucceeding', subject: 'CronJob/kube-system/etcd-backup-a' },
        { message: 'notSucceeding', subject: 'CronJob/kube-system/etcd-backup-b' },
        { message: 'notSucceeding', subject: 'CronJob/kube-system/etcd-backup-c' },
      ],
    },
  ],
  reports: [],
  unknown: [{ name: 'CronJobs were refused', given: { objects: etcdPods(), forbidden: [cronJobs] } }],
});
