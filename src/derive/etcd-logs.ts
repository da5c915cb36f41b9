import { logSignals } from '../model/artifact.ts';

/**
 * What etcd says of its own troubles, in the zap JSON of 3.5 and later and in the capnslog lines of 3.4; texts
 * as in facts control-plane-and-nodes.md §4.7 (seen with 3.4.23 and 3.5.30, the rest from source).
 */
export const etcdLog = logSignals({
  component: { id: 'etcd', container: /^etcd$/, unit: /^(?:etcd|rke2-server)(?:\.service)?$/ },
  patterns: {
    slowSync: {
      any: ['slow fdatasync', ', expected less than 1s'],
      re: /slow fdatasync|sync duration of (?<took>\S+), expected less than/,
    },
    lateHeartbeat: {
      any: ['failed to send out heartbeat on time'],
    },
    /** Every request above 100 ms: common, and harmless alone. */
    slowApply: {
      any: ['apply request took too long', 'took too long ('],
      re: /apply request took too long|result "[^"]*.*" took too long \(/,
    },
    /** Requests of a second and more. */
    verySlowApply: {
      any: ['apply request took too long', 'took too long ('],
      re: /(?:apply request took too long","took":"|took too long \()(?<took>(?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?s)\b/,
    },
    elected: { any: ['elected leader '], re: /elected leader (?<leader>[0-9a-f]+) at term (?<term>\d+)/ },
    noLeader: {
      any: ['serving /health false; no leader', '/health error; no leader', 'etcdserver: no leader'],
    },
    peerUnreachable: {
      any: ['prober detected unhealthy status', 'health check for peer '],
      re: /"remote-peer-id":"(?<peer>[0-9a-f]+)".*"error":"(?<error>[^"]*)|health check for peer (?<old>[0-9a-f]+) could not connect: (?<cause>.*)/,
    },
    streamLost: {
      any: ['lost TCP streaming connection with remote peer', 'lost the TCP streaming connection with peer'],
      re: /"remote-peer-id":"(?<peer>[0-9a-f]+)"|connection with peer (?<old>[0-9a-f]+)/,
    },
    sendingBufferFull: { any: ['sending buffer is full (overloaded network)'] },
    clockDrift: {
      any: ['prober found high clock drift', 'the clock difference against peer '],
      // Some versions write the two durations the wrong way round.
      re: /"remote-peer-id":"(?<peer>[0-9a-f]+)".*"clock-drift":"(?<drift>[^"]+)"(?:,"rtt":"(?<rtt>[^"]+)")?|against peer (?<old>[0-9a-f]+) is too high \[(?<difference>\S+)/,
    },
    clusterMismatch: { any: ['cluster ID mismatch'] },
    removedForGood: {
      any: [
        'the member has been permanently removed from the cluster',
        'this member has been permanently removed from the cluster',
      ],
    },
    inconsistent: {
      any: [
        'found data inconsistency with peers',
        'data inconsistency detected',
        'etcdserver: corrupt cluster',
        'alarm CORRUPT raised',
      ],
    },
    damagedFile: {
      any: [
        'walpb: crc mismatch',
        'snap: crc mismatch',
        'failed to open WAL',
        'failed to read WAL, cannot be repaired',
        'read wal error (',
        'failed to recover v3 backend from snapshot',
      ],
    },
    rejected: {
      any: ['rejected connection'],
      re: /rejected connection(?: on (?:client|peer) endpoint)?","remote-addr":"(?<from>[^"]*):\d+".*"error":"(?<error>(?!EOF|read tcp|tls: first record)[^"]*)|rejected connection from "(?<old>[^"]*):\d+" \(error "(?<cause>(?!EOF|read tcp|tls: first record)[^"]*)"/,
    },
  },
});
