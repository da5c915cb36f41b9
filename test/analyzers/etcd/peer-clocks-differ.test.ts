import { peerClocksDiffer } from '../../../analyzers/etcd/peer-clocks-differ.ts';
import { componentLog, etcdPods } from '../../support/control-plane-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const drift = (fields: string) =>
  `{"level":"warn","ts":"2026-01-15T11:59:00Z","caller":"rafthttp/probing_status.go:86","msg":"prober found high clock drift","round-tripper-name":"ROUND_TRIPPER_SNAPSHOT","remote-peer-id":"d66e878e1cd03cfc",${fields}}`;
const OLD =
  '2026-01-15 11:59:00.000000 W | rafthttp: the clock difference against peer d66e878e1cd03cfc is too high [5.2s > 1s]';
const log = (line: string, secondsAgo = 60) => [componentLog('etcd', 'cp-1', [[secondsAgo, line]])];
const values = (text: string) => ({ peer: 'd66e878e1cd03cfc', drift: text });

testAnalyzer(peerClocksDiffer, {
  silent: [
    { name: 'no warning', given: { objects: etcdPods() } },
    {
      name: 'a warning before the clock was set',
      given: { objects: etcdPods(1), logs: log(drift('"clock-drift":"8m0.64s","rtt":"502.906µs"'), 7200) },
    },
  ],
  reports: [
    {
      name: 'minutes apart (zap)',
      given: { objects: etcdPods(1), logs: log(drift('"clock-drift":"8m0.64s","rtt":"502.906µs"')) },
      expect: [{ message: 'drift', subject: 'Pod/kube-system/etcd-cp-1', values: values('8m0.64s') }],
    },
    {
      name: 'a version that writes the two durations the wrong way round',
      given: { objects: etcdPods(1), logs: log(drift('"clock-drift":"502.906µs","rtt":"2.5s"')) },
      expect: [{ message: 'drift', subject: 'Pod/kube-system/etcd-cp-1', values: values('2.5s') }],
    },
    {
      name: 'seconds apart (capnslog)',
      given: { objects: etcdPods(1), logs: log(OLD) },
      expect: [{ message: 'drift', subject: 'Pod/kube-system/etcd-cp-1', values: values('5.2s') }],
    },
  ],
});
