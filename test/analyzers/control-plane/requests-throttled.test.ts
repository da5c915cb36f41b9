import { requestsThrottled } from '../../../analyzers/control-plane/requests-throttled.ts';
import { apiServerMetrics } from '../../../src/artifacts/api-server-metrics.ts';
import { apiMetrics, componentLog, repeated, twoLooks } from '../../support/control-plane-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const rejected = (count: number, reason = 'queue-full') =>
  `apiserver_flowcontrol_rejected_requests_total{flow_schema="global-default",priority_level="global-default",reason="${reason}"} ${count}`;
const REFUSED =
  'E0115 11:59:30.000000       1 x.go:1] the server has received too many requests and has asked us to try again later (get pods)';
const WAITED =
  'I0115 11:59:30.000000       1 request.go:655] Waited for 1.2s due to client-side throttling, not priority and fairness, request: GET:https://10.96.0.1';
const CLIENT = 'Pod/kube-system/kube-controller-manager-cp-1';
const log = (line: string, count: number, secondsAgo = 60) => [
  componentLog('kube-controller-manager', 'cp-1', repeated(count, secondsAgo, line)),
];

testAnalyzer(requestsThrottled, {
  silent: [
    { name: 'none refused', given: { documents: [apiMetrics(['apiserver_current_inflight_requests 3'])] } },
    {
      name: 'refusals that were over before the first of two looks',
      given: { documents: twoLooks(apiMetrics([rejected(900)]), apiMetrics([rejected(902)])) },
    },
    { name: 'a burst at the start', given: { documents: [apiMetrics([rejected(4)])] } },
    {
      name: 'a client refused yesterday',
      given: { documents: [apiMetrics([])], logs: log(REFUSED, 30, 86_400) },
    },
    {
      name: 'a client that slows itself down',
      given: { documents: [apiMetrics([])], logs: log(WAITED, 60) },
      info: [{ message: 'clientSide', subject: CLIENT, values: { count: 60 } }],
    },
  ],
  reports: [
    {
      name: 'a priority level with full queues',
      given: { documents: [apiMetrics([rejected(900), rejected(50, 'time-out')])] },
      expect: [
        {
          message: 'rejected',
          subject: 'host:kube-apiserver',
          values: { count: 950, level: 'global-default', schema: 'global-default', reason: 'queue-full' },
        },
      ],
    },
    {
      name: 'refusals between two looks',
      given: { documents: twoLooks(apiMetrics([rejected(900)]), apiMetrics([rejected(940)])) },
      expect: [
        { message: 'rejectedNow', subject: 'host:kube-apiserver', values: { count: 40, seconds: 30 } },
      ],
    },
    {
      name: 'a counter that fell between two looks: told since the start',
      given: { documents: twoLooks(apiMetrics([rejected(900)]), apiMetrics([rejected(60)])) },
      expect: [{ message: 'rejected', subject: 'host:kube-apiserver', values: { count: 60 } }],
    },
    {
      name: 'a client that is turned away',
      given: { documents: [apiMetrics([])], logs: log(REFUSED, 12) },
      expect: [{ message: 'clientRefused', subject: CLIENT, values: { count: 12 } }],
    },
  ],
  unknown: [{ name: 'metrics were refused', given: { forbidden: [apiServerMetrics] } }],
});
