import { spaceExhausted } from '../../../analyzers/etcd/space-exhausted.ts';
import { etcdStatus } from '../../../src/artifacts/etcd-status.ts';
import {
  apiMetrics,
  componentLog,
  etcdDocument,
  etcdMetricsOf,
  etcdPods,
  etcdStatusOf,
  MEMBERS,
  staticPod,
} from '../../support/control-plane-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const GIB = 1024 ** 3;
const [first] = MEMBERS as [(typeof MEMBERS)[number]];
const sized = (bytes: number, more: object = {}) => [
  { ...first, status: { dbSize: bytes, dbSizeInUse: bytes, ...more } },
  ...MEMBERS.slice(1),
];
const alarms = [{ id: first.id, alarm: 1 }];
const notAsked = [
  { artifact: etcdStatus.id, scope: { type: 'cluster' }, outcome: 'skipped', reason: 'not asked' } as const,
];
const REFUSED =
  'E0115 11:59:00.000000       1 status.go:71] "Unhandled Error" err="etcdserver: mvcc: database space exceeded"';

testAnalyzer(spaceExhausted, {
  silent: [
    { name: 'a small database', given: { objects: etcdPods(), documents: [etcdDocument()] } },
    {
      name: 'a quota raised with the flag',
      given: {
        objects: etcdPods(3, { flags: ['--quota-backend-bytes=8589934592'] }),
        documents: [etcdDocument(sized(1.9 * GIB))],
      },
    },
    {
      name: 'two thirds of the quota',
      given: { objects: etcdPods(), documents: [etcdDocument(sized(1.4 * GIB))] },
      info: [{ message: 'nearQuota', subject: 'Pod/kube-system/etcd-cp-1', severity: 'info' }],
    },
    {
      name: 'the refusal is in the log, but etcd was asked and has no alarm',
      given: {
        objects: [...etcdPods(), staticPod('kube-apiserver', 'cp-1')],
        documents: [etcdDocument()],
        logs: [componentLog('kube-apiserver', 'cp-1', [[60, REFUSED]])],
      },
    },
  ],
  reports: [
    {
      name: 'the alarm is raised and the database full',
      given: {
        objects: etcdPods(),
        documents: [
          etcdDocument(sized(2 * GIB), { alarms }),
          apiMetrics([
            'apiserver_resource_objects{group="",resource="events"} 912000',
            'apiserver_resource_objects{group="apps",resource="replicasets"} 1200',
            'apiserver_resource_objects{group="",resource="secrets"} -1',
          ]),
        ],
      },
      expect: [
        {
          message: 'noSpace',
          subject: 'Pod/kube-system/etcd-cp-1',
          values: {
            size: 2 * GIB,
            quota: 2 * GIB,
            revision: '18',
            version: '3.5.15',
            top: ['912000 events', '1200 replicasets.apps'],
          },
        },
      ],
    },
    {
      name: 'the status of 3.4 tells the alarm, the list does not',
      given: {
        objects: etcdPods(),
        documents: [etcdDocument(sized(2 * GIB, { errors: [`memberID:${first.id} alarm:NOSPACE `] }))],
      },
      expect: [{ message: 'noSpace', subject: 'Pod/kube-system/etcd-cp-1' }],
    },
    {
      name: 'room was made, the alarm stayed',
      given: { objects: etcdPods(), documents: [etcdDocument(MEMBERS, { alarms })] },
      expect: [{ message: 'alarmLeft', subject: 'Pod/kube-system/etcd-cp-1' }],
    },
    {
      name: 'only the metrics port answers',
      given: {
        objects: etcdPods(1),
        documents: [
          etcdMetricsOf('cp-1', [
            'etcd_mvcc_db_total_size_in_bytes 3.3e+09',
            'etcd_server_quota_backend_bytes 4.294967296e+09',
          ]),
        ],
        rows: notAsked,
      },
      expect: [
        {
          message: 'nearQuota',
          subject: 'Pod/kube-system/etcd-cp-1',
          severity: 'warning',
          values: { percent: 76 },
        },
      ],
    },
    {
      name: 'almost full, by the quota of 3.6',
      given: { objects: etcdPods(), documents: [etcdDocument(sized(7.8 * GIB, { dbSizeQuota: 8 * GIB }))] },
      expect: [{ message: 'nearQuota', subject: 'Pod/kube-system/etcd-cp-1', severity: 'critical' }],
    },
    {
      name: 'only /health of the metrics port tells',
      given: {
        objects: etcdPods(1),
        documents: [
          etcdStatusOf(
            'cp-1',
            [],
            [{ path: '/health', status: 503, text: '{"health":"false","reason":"ALARM NOSPACE"}' }],
          ),
        ],
      },
      expect: [{ message: 'writesRefused', subject: 'Pod/kube-system/etcd-cp-1', confidence: 'certain' }],
    },
    {
      name: 'only the API server tells',
      given: {
        objects: [...etcdPods(), staticPod('kube-apiserver', 'cp-1')],
        rows: notAsked,
        logs: [componentLog('kube-apiserver', 'cp-1', [[60, REFUSED]])],
      },
      expect: [{ message: 'writesRefused', subject: 'Pod/kube-system/etcd-cp-1', confidence: 'likely' }],
    },
    {
      name: 'only the API server tells, and its etcd runs elsewhere',
      given: {
        objects: [...etcdPods(2), staticPod('kube-apiserver', 'cp-9')],
        rows: notAsked,
        logs: [componentLog('kube-apiserver', 'cp-9', [[60, REFUSED]])],
      },
      expect: [{ message: 'writesRefused', subject: 'Pod/kube-system/kube-apiserver-cp-9' }],
    },
  ],
  unknown: [
    {
      name: 'the refusal is a day old',
      given: {
        objects: [...etcdPods(), staticPod('kube-apiserver', 'cp-1')],
        rows: notAsked,
        logs: [componentLog('kube-apiserver', 'cp-1', [[86_400, REFUSED]])],
      },
      reason: /not asked/,
    },
  ],
});
