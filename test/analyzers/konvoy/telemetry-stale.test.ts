import { telemetryStale } from '../../../analyzers/konvoy/telemetry-stale.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { CLUSTER_SCOPE } from '../../../src/model/scope.ts';
import { ago, type Built, condition, controlledBy, pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const IMAGES = {
  'fluent-bit': ['DaemonSet', 'docker.io/fluent/fluent-bit:1.5.6'],
  fluentd: ['StatefulSet', 'ghcr.io/banzaicloud/fluentd:v1.11'],
  elasticsearch: ['StatefulSet', 'docker.elastic.co/elasticsearch/elasticsearch-oss:6.8.2'],
  kibana: ['StatefulSet', 'docker.elastic.co/kibana/kibana-oss:6.8.2'],
  prometheus: ['StatefulSet', 'quay.io/prometheus/prometheus:v2.22.1'],
  grafana: ['StatefulSet', 'grafana/grafana:7.0.3'],
} as const;
type Program = keyof typeof IMAGES;

function part(program: Program, { ready = true, since = 3600, metadata = {} } = {}): Built {
  const [kind, image] = IMAGES[program];
  const { ownerReferences } = controlledBy(kind, program) as { ownerReferences: unknown };
  return pod(`${program}-0`, {
    metadata: { namespace: 'kubeaddons', ownerReferences, ...metadata },
    spec: { containers: [{ name: 'app', image }] },
    status: {
      conditions: [condition('Ready', ready ? 'True' : 'False', { lastTransitionTime: ago(since) })],
    },
  });
}

function log(program: Program, line: string, { age = 60, times = 1 } = {}) {
  const text = Array.from({ length: times }, () => `${ago(age).replace('Z', '.000000Z')} ${line}\n`).join('');
  return { namespace: 'kubeaddons', pod: `${program}-0`, container: 'app', text };
}

const LOGGING = ['fluent-bit', 'fluentd', 'elasticsearch', 'kibana'] as const;
const QUIET = [
  log('elasticsearch', 'started'),
  log('prometheus', 'Server is ready to receive web requests.'),
];

/** The logging chain with one part that differs. */
function logging(...others: Built[]): Built[] {
  const names = new Set(others.map(({ metadata }) => metadata.name));
  return [...others, ...LOGGING.map((one) => part(one)).filter(({ metadata }) => !names.has(metadata.name))];
}

const FLOOD =
  'flood stage disk watermark [95%] exceeded on [x][elasticsearch-0] free: 1gb[3%], all indices on this node will be marked read-only';
const FLUSH =
  "[ warn] [engine] failed to flush chunk '1-1.flb', retry in 10 seconds: task_id=1, input=tail.0 > output=es.0";

testAnalyzer(telemetryStale, {
  silent: [
    { name: 'none of these programs', given: { objects: [pod('web')] }, status: 'not-applicable' },
    {
      name: 'Fluent Bit alone may ship to anywhere',
      given: { objects: [part('fluent-bit', { ready: false })] },
      status: 'not-applicable',
    },
    {
      name: 'all links are ready and say nothing',
      given: { objects: [...logging(), part('prometheus'), part('grafana')], logs: QUIET },
    },
    {
      name: 'a store that began five minutes ago',
      given: { objects: logging(part('elasticsearch', { ready: false, since: 300 })) },
    },
    {
      name: 'one of two Prometheus servers, each of which has all metrics',
      given: {
        objects: [
          part('prometheus', { ready: false }),
          {
            ...part('prometheus'),
            metadata: {
              ...part('prometheus').metadata,
              name: 'prometheus-b-0',
              ...controlledBy('StatefulSet', 'prometheus-b'),
            },
          },
          part('grafana'),
        ],
        logs: QUIET,
      },
    },
    {
      name: 'a disk that was full two hours ago',
      given: { objects: logging(), logs: [log('elasticsearch', FLOOD, { age: 7200 })] },
    },
    {
      name: 'a few deliveries tried again',
      given: { objects: logging(), logs: [...QUIET, log('fluent-bit', FLUSH)] },
    },
    {
      name: 'the log of the store was not read: it may be why nothing is delivered',
      given: { objects: logging(), logs: [log('fluent-bit', FLUSH, { times: 20 })] },
    },
  ],
  reports: [
    {
      name: 'the store is down: those before and behind it are not blamed',
      given: {
        objects: logging(part('elasticsearch', { ready: false }), part('kibana', { ready: false })),
        logs: [log('fluent-bit', FLUSH, { times: 20 })],
      },
      expect: [
        {
          message: 'storeDown',
          subject: 'StatefulSet/kubeaddons/elasticsearch',
          severity: 'warning',
          values: { kind: 'logs', count: 1, program: 'Elasticsearch' },
        },
      ],
    },
    {
      name: 'the disk of the store is full',
      given: {
        objects: logging(),
        logs: [log('elasticsearch', FLOOD), log('fluent-bit', FLUSH, { times: 20 })],
      },
      expect: [
        { message: 'storeFull', subject: 'StatefulSet/kubeaddons/elasticsearch', confidence: 'likely' },
      ],
    },
    {
      name: 'Prometheus has no room, the logs are well',
      given: {
        objects: [...logging(), part('prometheus'), part('grafana')],
        logs: [log('prometheus', 'err="write /data/wal/00000123: no space left on device"'), ...QUIET],
      },
      expect: [
        { message: 'storeFull', subject: 'StatefulSet/kubeaddons/prometheus', values: { kind: 'metrics' } },
      ],
    },
    {
      name: 'too many shards',
      given: {
        objects: logging(),
        logs: [
          log(
            'elasticsearch',
            'this action would add [10] total shards, but this cluster currently has [1000]/[1000] maximum shards open;',
          ),
        ],
      },
      expect: [{ message: 'storeRefuses', subject: 'StatefulSet/kubeaddons/elasticsearch' }],
    },
    {
      name: 'the aggregator is down',
      given: { objects: logging(part('fluentd', { ready: false })), logs: QUIET },
      expect: [
        { message: 'linkDown', subject: 'StatefulSet/kubeaddons/fluentd', values: { program: 'Fluentd' } },
      ],
    },
    {
      name: 'shippers deliver nothing to a store that is up',
      given: { objects: logging(), logs: [...QUIET, log('fluent-bit', FLUSH, { times: 20 })] },
      expect: [
        { message: 'notDelivered', subject: 'DaemonSet/kubeaddons/fluent-bit', values: { count: 20 } },
      ],
    },
    {
      name: 'Kibana is down, Grafana does not reach Prometheus',
      given: {
        objects: [...logging(part('kibana', { ready: false })), part('prometheus'), part('grafana')],
        logs: [
          ...QUIET,
          log(
            'grafana',
            'logger=data-proxy-log error="http: proxy error: dial tcp: lookup prometheus: no such host"',
          ),
        ],
      },
      expect: [
        { message: 'viewerDown', subject: 'StatefulSet/kubeaddons/kibana' },
        { message: 'viewerCutOff', subject: 'StatefulSet/kubeaddons/grafana', values: { kind: 'metrics' } },
      ],
    },
  ],
  unknown: [
    { name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ },
    {
      name: 'only some pods are there',
      given: {
        objects: [part('elasticsearch', { ready: false })],
        rows: [{ artifact: pods.id, scope: CLUSTER_SCOPE, outcome: 'truncated', reason: 'the list was cut' }],
      },
      reason: /cut/,
    },
  ],
});
