import { cronJobs } from '../../src/artifacts/workload-resources.ts';
import { controlPlane } from '../../src/derive/control-plane.ts';
import { etcdCluster } from '../../src/derive/etcd-cluster.ts';
import { etcdctl } from '../../src/derive/etcd-steps.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import type { ItemOf } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** A daily backup may have missed one turn. */
const STALE_SECONDS = 2 * 86_400;

const [BY_ETCDCTL] = etcdctl(
  'Take one by hand; etcd {version:text} writes it into /var/lib/etcd of the node. Copy it off the machine, with /etc/kubernetes/pki.',
  'member',
  'snapshot',
  'save',
  '/var/lib/etcd/snapshot.db',
);
const SNAPSHOT = [
  BY_ETCDCTL,
  {
    text: 'Take one by hand, on one control-plane node (`oc debug node/NAME`, then `chroot /host`); the script keeps what the static pods need beside it. Copy both off the machine.',
    argv: ['/usr/local/bin/cluster-backup.sh', '/home/core/assets/backup'],
    flavour: 'openshift',
  },
  {
    text: 'Check it, and try a restore before it is needed: `etcdutl snapshot status` and `etcdutl snapshot restore` from etcd 3.6 on (`etcdctl` no longer has them), `etcdctl snapshot restore` before; always into an empty directory.',
  },
] as const;

export const backupMissing = defineAnalyzer({
  meta: {
    id: 'etcd/backup-missing',
    title: 'No backup of etcd in the cluster',
    description: 'Whether a CronJob that looks like a backup of etcd exists and succeeds.',
    messages: {
      none: {
        severity: 'info',
        confidence: {
          level: 'possible',
          reason: 'backups made outside of the cluster, as by a cron job of a machine, are not seen',
        },
        text: 'No CronJob of the cluster takes snapshots of etcd ({member:object}).',
        remedy: SNAPSHOT,
      },
      notSucceeding: {
        severity: 'info',
        confidence: {
          level: 'likely',
          reason: 'the CronJob looks like a backup of etcd by its name or command',
        },
        text: '{job:object} looks like the backup of etcd, but {state:text}.',
        remedy: [
          {
            text: 'See its last Jobs.',
            argv: ['kubectl', 'get', 'jobs', '-n', '{job.namespace}'],
          },
          {
            text: 'Once it ends well, try a restore of what it wrote: `etcdutl snapshot restore` from etcd 3.6 on, `etcdctl snapshot restore` before.',
          },
        ],
      },
    },
    checks: {
      backedUp: {
        checklist: 'control-plane',
        item: 'etcd backup',
        expected: 'a CronJob that takes snapshots and ends well',
        found: 'last ended well at {last:time}',
      },
    },
    references: [
      'https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/#backing-up-an-etcd-cluster',
      'etcd CHANGELOG-3.6: snapshot status and restore moved to etcdutl',
    ],
  },
  needs: { plane: controlPlane, etcd: etcdCluster, cronJobs },
  appliesTo({ plane, etcd }) {
    if (plane.flavour === 'rke2') {
      return {
        applies: false,
        reason: 'RKE2 takes snapshots of etcd by itself, twice a day unless told otherwise',
      };
    }
    return etcd.applies;
  },
  analyze({ etcd, cronJobs: jobs }, context) {
    const backups = jobs.items.filter(looksLikeBackup);
    for (const job of backups) {
      const { lastSuccessfulTime: last } = job.status ?? {};
      const subject = subjectOf(job);
      const state = job.spec?.suspend
        ? 'it is suspended'
        : last === undefined
          ? 'it has never ended well'
          : isOlder(context.age(last, job), STALE_SECONDS)
            ? `it last ended well at ${last}`
            : undefined;
      // Before Kubernetes 1.21 the status does not tell of successes; a new job has had no turn.
      const young = isOlder(context.age(job.metadata.creationTimestamp, job), STALE_SECONDS) !== true;
      if (state === undefined || (last === undefined && young)) {
        context.looked({ check: 'backedUp', values: { last: last ?? '' }, subject });
      } else {
        context.report({
          message: 'notSucceeding',
          values: { job: subject, state },
          subject,
          evidence: [context.at(job, '/status')],
        });
      }
    }
    const member = etcd.members.find(({ instance }) => instance?.pod);
    if (backups.length > 0 || !member || !jobs.coverage.complete) return undefined;
    context.report({
      message: 'none',
      values: { member: member.subject, version: etcd.version ?? member.instance?.version ?? 'unknown' },
      subject: member.subject,
      evidence: [context.absent({ artifact: cronJobs, scope: CLUSTER_SCOPE })],
    });
    return undefined;
  },
});

function looksLikeBackup(job: ItemOf<typeof cronJobs>): boolean {
  if (/etcd.*(?:backup|snapshot)|(?:backup|snapshot).*etcd/.test(job.metadata.name)) return true;
  const containers = job.spec?.jobTemplate?.spec?.template?.spec?.containers ?? [];
  return containers.some(({ image = '', command = [], args = [] }) => {
    const words = [...command, ...args].join(' ');
    return /snapshot\s+save/.test(words) || /etcd-?(?:backup|snapshot)/.test(`${image} ${words}`);
  });
}
