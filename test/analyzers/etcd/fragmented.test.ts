import { fragmented } from '../../../analyzers/etcd/fragmented.ts';
import { etcdStatus } from '../../../src/artifacts/etcd-status.ts';
import { etcdDocument, etcdMetricsOf, etcdPods, MEMBERS } from '../../support/control-plane-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const MIB = 1024 ** 2;
const sized = (size: number, inUse: number) => [
  { ...MEMBERS[0]!, status: { dbSize: size * MIB, dbSizeInUse: inUse * MIB } },
  ...MEMBERS.slice(1),
];
const notAsked = [
  { artifact: etcdStatus.id, scope: { type: 'cluster' }, outcome: 'skipped', reason: 'not asked' } as const,
];

testAnalyzer(fragmented, {
  silent: [
    { name: 'most of it in use', given: { objects: etcdPods(), documents: [etcdDocument(sized(900, 700))] } },
    { name: 'a small database', given: { objects: etcdPods(), documents: [etcdDocument(sized(300, 90))] } },
  ],
  reports: [
    {
      name: 'a third in use',
      given: { objects: etcdPods(), documents: [etcdDocument(sized(900, 300))] },
      expect: [
        {
          message: 'mostlyFree',
          subject: 'Pod/kube-system/etcd-cp-1',
          values: { size: 900 * MIB, inUse: 300 * MIB },
        },
      ],
    },
    {
      name: 'seen in the metrics alone',
      given: {
        objects: etcdPods(1),
        rows: notAsked,
        documents: [
          etcdMetricsOf('cp-1', [
            'etcd_mvcc_db_total_size_in_bytes 9e+08',
            'etcd_mvcc_db_total_size_in_use_in_bytes 2e+08',
          ]),
        ],
      },
      expect: [{ message: 'mostlyFree', subject: 'Pod/kube-system/etcd-cp-1' }],
    },
  ],
  unknown: [
    { name: 'etcd was not asked', given: { objects: etcdPods(1), rows: notAsked }, reason: /not asked/ },
  ],
});
