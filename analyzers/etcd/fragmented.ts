import { etcdStatus } from '../../src/artifacts/etcd-status.ts';
import { etcdCluster } from '../../src/derive/etcd-cluster.ts';
import { spaceOf } from '../../src/derive/etcd-space.ts';
import { etcdctl } from '../../src/derive/etcd-steps.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';

/** Prometheus mixin of etcd: less than half in use, of at least 100 MiB in use. */
const SHARE = 0.5;
const MIN_BYTES = 100 * 1024 * 1024;

export const fragmented = defineAnalyzer({
  meta: {
    id: 'etcd/fragmented',
    title: 'etcd database fragmented',
    description:
      'Whether most of the database file of etcd is free space that only defragmentation gives back.',
    messages: {
      mostlyFree: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'etcd tells both sizes' },
        text: 'The database of {member:object} is fragmented: of {size:bytes} only {inUse:bytes} are in use; the quota counts all of it.',
        remedy: [
          ...etcdctl(
            'Defragment one member after the other, the leader last: each stands still meanwhile.',
            'member',
            'defrag',
          ),
          {
            text: 'With the member stopped: `etcdutl defrag --data-dir` from etcd 3.6 on, `etcdctl defrag --data-dir` before.',
          },
        ],
        groupBy: [],
      },
    },
    checks: {
      compact: {
        item: 'etcd database in use',
        expected: 'at least half of its size',
        found: '{inUse:bytes} of {size:bytes} in use',
      },
    },
    references: [
      'https://etcd.io/docs/latest/op-guide/maintenance/#defragmentation',
      'etcd contrib/mixin: etcdDatabaseHighFragmentationRatio',
    ],
  },
  needs: { etcd: etcdCluster, statuses: etcdStatus },
  appliesTo: ({ etcd }) => etcd.applies,
  analyze({ etcd }, context) {
    for (const member of etcd.members) {
      const space = spaceOf(member, context);
      if (space?.inUse === undefined) continue;
      const { size, inUse, evidence } = space;
      const { subject } = member;
      if (inUse > MIN_BYTES && inUse / size < SHARE) {
        context.report({
          message: 'mostlyFree',
          values: { member: subject, size, inUse },
          subject,
          evidence,
        });
      } else {
        context.looked({ check: 'compact', values: { size, inUse }, subject });
      }
    }
    return undefined;
  },
});
