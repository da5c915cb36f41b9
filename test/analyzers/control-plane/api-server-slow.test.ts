import { apiServerSlow } from '../../../analyzers/control-plane/api-server-slow.ts';
import { apiServerMetrics } from '../../../src/artifacts/api-server-metrics.ts';
import {
  apiMetrics,
  buckets,
  componentLog,
  repeated,
  staticPod,
  twoLooks,
} from '../../support/control-plane-builders.ts';
import { OBSERVED } from '../../support/given.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const started = `process_start_time_seconds ${Date.parse(OBSERVED) / 1000 - 86_400}`;
const requests = (code: string, count: number, resource = 'pods') =>
  `apiserver_request_total{code="${code}",resource="${resource}",verb="GET"} ${count}`;
const latency = (verb: string, bounds: readonly (readonly [string, number])[]) =>
  buckets('apiserver_request_sli_duration_seconds', bounds, `scope="resource",verb="${verb}"`);
const SLOW = [
  ['1', 900],
  ['5', 1000],
  ['+Inf', 1000],
] as const;
const SERVER = staticPod('kube-apiserver', 'cp-1');
const TIMEOUT =
  'E0115 11:59:30.000000       1 writers.go:123] "Unhandled Error" err="apiserver was unable to write a JSON response: http: Handler timeout"';
const POD = 'Pod/kube-system/kube-apiserver-cp-1';

/** A day with errors, refusals and slow requests. */
const BAD_PAST = [
  requests('200', 9500),
  requests('500', 500),
  'apiserver_request_terminations_total{code="429"} 9000',
  ...latency('GET', SLOW),
];
const restarted = `process_start_time_seconds ${Date.parse(OBSERVED) / 1000 + 10}`;

testAnalyzer(apiServerSlow, {
  silent: [
    {
      name: 'errors, refusals and slow requests that were over before the first of two looks',
      given: {
        documents: twoLooks(
          apiMetrics([started, ...BAD_PAST]),
          apiMetrics([started, ...BAD_PAST.slice(1), requests('200', 9700)]),
        ),
      },
    },
    {
      name: 'few errors, quick',
      given: {
        documents: [
          apiMetrics([
            started,
            requests('200', 99_900),
            requests('500', 100),
            ...latency('GET', [
              ['0.1', 999],
              ['+Inf', 1000],
            ]),
          ]),
        ],
      },
    },
    {
      name: 'a server that just started',
      given: { documents: [apiMetrics([requests('200', 50), requests('500', 20)])] },
    },
    {
      name: 'not ready while it starts, and asked for an API whose server is gone (both seen with 1.36)',
      given: {
        documents: [
          apiMetrics([
            requests('200', 2000),
            'apiserver_request_total{code="500",component="",dry_run="",group="",resource="",scope="",subresource="/readyz",verb="GET",version=""} 900',
            'apiserver_request_terminations_total{code="503",component="aggregator",group="",resource="",scope="",subresource="/apis",verb="GET",version=""} 1800',
          ]),
        ],
      },
    },
    {
      name: 'pods refused because a webhook does not answer',
      given: {
        documents: [
          apiMetrics([
            requests('200', 2000),
            requests('500', 100),
            'apiserver_admission_webhook_rejection_count{error_type="calling_webhook_error",name="guard.example.com",operation="CREATE",rejection_code="503",type="validating"} 95',
          ]),
        ],
      },
    },
    {
      name: 'watches last as long as the client wants',
      given: { documents: [apiMetrics([requests('200', 5000), ...latency('WATCH', SLOW)])] },
    },
    {
      name: 'one timed-out request',
      given: {
        objects: [SERVER],
        documents: [apiMetrics([requests('200', 5000)])],
        logs: [componentLog('kube-apiserver', 'cp-1', [[60, TIMEOUT]])],
      },
    },
  ],
  reports: [
    {
      name: 'five percent errors',
      given: {
        objects: [SERVER],
        documents: [
          apiMetrics([started, requests('200', 9500), requests('503', 400, 'leases'), requests('500', 100)]),
        ],
      },
      expect: [
        {
          message: 'errors',
          subject: POD,
          values: { percent: '5.0', total: 10_000, worst: 'leases', uptime: 86_400 },
        },
      ],
    },
    {
      name: 'a third given up',
      given: {
        documents: [
          apiMetrics([requests('200', 2000), 'apiserver_request_terminations_total{code="429"} 1000']),
        ],
      },
      expect: [{ message: 'terminated', subject: 'host:kube-apiserver', values: { percent: '33.3' } }],
    },
    {
      name: 'slow requests at one of the instances',
      given: {
        objects: [SERVER, staticPod('kube-apiserver', 'cp-2')],
        documents: [
          apiMetrics([requests('200', 5000), ...latency('GET', SLOW)], {
            type: 'endpoint',
            endpoint: 'https://10.0.0.2:6443/metrics',
          }),
        ],
      },
      expect: [{ message: 'slow', subject: 'Pod/kube-system/kube-apiserver-cp-2' }],
    },
    {
      name: 'errors, refusals and slow requests between two looks at a server that was fine for a day',
      given: {
        objects: [SERVER],
        documents: twoLooks(
          apiMetrics([
            started,
            requests('200', 1e6),
            ...latency('GET', [
              ['1', 1e6],
              ['+Inf', 1e6],
            ]),
          ]),
          apiMetrics([
            started,
            requests('200', 1e6 + 150),
            requests('500', 50, 'leases'),
            'apiserver_request_terminations_total{code="429"} 100',
            ...latency('GET', [
              ['1', 1e6 + 50],
              ['5', 1e6 + 200],
              ['+Inf', 1e6 + 200],
            ]),
          ]),
        ),
      },
      expect: [
        {
          message: 'errorsNow',
          subject: POD,
          values: { percent: '25.0', total: 200, worst: 'leases', seconds: 30 },
        },
        { message: 'terminatedNow', subject: POD, values: { percent: '33.3', seconds: 30 } },
        { message: 'slowNow', subject: POD, values: { limit: 1, seconds: 30 } },
      ],
    },
    {
      name: 'too few requests between two looks: told since the start',
      given: {
        objects: [SERVER],
        documents: twoLooks(
          apiMetrics([started, requests('200', 9500), requests('500', 500)]),
          apiMetrics([started, requests('200', 9550), requests('500', 500)]),
        ),
      },
      expect: [{ message: 'errors', subject: POD, values: { percent: '5.0', total: 10_050 } }],
    },
    {
      name: 'a server started anew between two looks: told since that start',
      given: {
        objects: [SERVER],
        documents: twoLooks(
          apiMetrics([started, requests('200', 1000)]),
          apiMetrics([restarted, requests('200', 1800), requests('500', 200)]),
        ),
      },
      expect: [{ message: 'errors', subject: POD, values: { percent: '10.0', total: 2000, uptime: 20 } }],
    },
    {
      name: 'requests given up now',
      given: {
        objects: [SERVER],
        documents: [apiMetrics([requests('200', 5000)])],
        logs: [componentLog('kube-apiserver', 'cp-1', repeated(5, 60, TIMEOUT))],
      },
      expect: [{ message: 'timeouts', subject: POD, values: { count: 5 } }],
    },
  ],
  unknown: [{ name: 'metrics were refused', given: { forbidden: [apiServerMetrics] } }],
});
