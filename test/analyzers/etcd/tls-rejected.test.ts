import { tlsRejected } from '../../../analyzers/etcd/tls-rejected.ts';
import { componentLog, etcdPods, repeated } from '../../support/control-plane-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const rejected = (error: string) =>
  `{"level":"warn","ts":"2026-01-15T11:59:00Z","caller":"embed/config_logging.go:169","msg":"rejected connection on client endpoint","remote-addr":"10.0.0.1:57290","server-name":"","error":"${error}"}`;
const OLD =
  '2026-01-15 11:59:00.000000 I | embed: rejected connection from "10.0.0.2:40000" (error "remote error: tls: bad certificate", ServerName "")';
const log = (line: string, count = 5, secondsAgo = 60) => [
  componentLog('etcd', 'cp-1', repeated(count, secondsAgo, line)),
];

testAnalyzer(tlsRejected, {
  silent: [
    { name: 'the probe of a balancer', given: { objects: etcdPods(1), logs: log(rejected('EOF')) } },
    {
      name: 'plain HTTP against a TLS port',
      given: {
        objects: etcdPods(1),
        logs: log(rejected('tls: first record does not look like a TLS handshake')),
      },
    },
    {
      name: 'one try',
      given: { objects: etcdPods(1), logs: log(rejected('remote error: tls: bad certificate'), 1) },
    },
    {
      name: 'before the certificate was renewed',
      given: { objects: etcdPods(1), logs: log(rejected('remote error: tls: bad certificate'), 50, 7200) },
    },
  ],
  reports: [
    {
      name: 'a client certificate that is refused (zap)',
      given: { objects: etcdPods(1), logs: log(rejected('remote error: tls: bad certificate')) },
      expect: [
        {
          message: 'rejected',
          subject: 'Pod/kube-system/etcd-cp-1',
          values: { from: ['10.0.0.1'], error: 'remote error: tls: bad certificate', count: 5 },
        },
      ],
    },
    {
      name: 'a peer that is refused (capnslog)',
      given: { objects: etcdPods(1), logs: log(OLD) },
      expect: [{ message: 'rejected', subject: 'Pod/kube-system/etcd-cp-1', values: { from: ['10.0.0.2'] } }],
    },
  ],
});
