import { logSignals } from '../model/artifact.ts';

/**
 * What the programs of logging and metrics say when data does not get on. Elasticsearch: DiskThresholdMonitor and
 * IndicesService; Fluent Bit: src/flb_engine.c, plugins/in_tail; Fluentd: lib/fluent/plugin/{output,buffer}.rb;
 * Prometheus: tsdb; Kibana: elasticsearch client; Grafana: pkg/api/pluginproxy.
 */
export const telemetryLog = logSignals({
  component: { id: 'telemetry' },
  patterns: {
    /** A store that is full or keeps its indices read-only for that. */
    full: {
      any: [
        'flood stage disk watermark',
        'read-only-allow-delete',
        'read_only_allow_delete',
        'index read-only / allow delete',
        'o space left on device',
      ],
    },
    /** A store that takes nothing for another reason. */
    refuses: {
      any: [
        'maximum shards open',
        'maximum normal shards open',
        'circuit_breaking_exception',
        'CircuitBreakingException',
        'master not discovered',
        'MasterNotDiscoveredException',
        'opening storage failed',
      ],
    },
    /** A shipper or an aggregator that gets rid of nothing. */
    undelivered: {
      any: [
        'failed to flush chunk',
        'cannot be retried',
        'no upstream connections available',
        'failed to flush the buffer',
        'Could not communicate to ',
        'buffer space has too many data',
        'BufferOverflowError',
        'mem buf overlimit',
      ],
    },
    /** A viewer whose source does not answer. */
    cutOff: {
      any: [
        'No Living connections',
        'no living connections',
        'Unable to revive connection',
        'Unable to retrieve version information from',
        'Data proxy error',
        'proxy error: dial tcp',
      ],
    },
  },
});
