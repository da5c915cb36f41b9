import { document } from '../model/artifact.ts';
import { readEtcdctl } from './etcdctl-json.ts';
import { type HealthCheck, healthChecksIn } from './health-text.ts';
import { listIn, numberIn, objectIn, parseJsonObject, stringIn } from './json-bytes.ts';

/** What one `etcdctl` run printed, kept apart: unreachable endpoints stand on stderr only. */
export interface StoredEtcdctl {
  /** Without the connection flags: `member list`, `endpoint status --cluster`, `endpoint health`, `alarm list`. */
  readonly command: string;
  /** As printed with `-w json`: a text, so that 64-bit ids stay whole. */
  readonly stdout?: string;
  readonly stderr?: string;
  /** Why nothing was printed, e.g. a timeout or a refused exec. */
  readonly error?: string;
}

/** One HTTP reply of the metrics or client port. */
export interface StoredEtcdHttp {
  /** `/health`, `/readyz`, `/livez` or `/version`. */
  readonly path: string;
  readonly status?: number;
  readonly text?: string;
  readonly error?: string;
}

/** A member as the member list has it; ids are decimal strings of 64 bits. */
export interface EtcdMember {
  readonly id: string;
  /** Empty: added, but never started. */
  readonly name: string;
  readonly peerURLs: readonly string[];
  readonly clientURLs: readonly string[];
  readonly isLearner: boolean;
}

/** What one endpoint says of itself. Absent `leader`: it knows of none. */
export interface EtcdEndpointStatus {
  readonly endpoint: string;
  readonly memberId?: string;
  readonly clusterId?: string;
  /** E.g. `3.5.30`. */
  readonly version?: string;
  /** Bytes of the database file. */
  readonly dbSize?: number;
  /** Bytes in use; the rest is free for reuse, given back by defragmentation only. */
  readonly dbSizeInUse?: number;
  /** Bytes; from etcd 3.6 on. */
  readonly dbSizeQuota?: number;
  readonly leader?: string;
  /** Of the key space, as text: what a compaction is told. */
  readonly revision?: string;
  readonly raftTerm?: number;
  readonly raftIndex?: number;
  readonly raftAppliedIndex?: number;
  readonly isLearner: boolean;
  /** E.g. `etcdserver: no leader`, `memberID:13668033151171901709 alarm:NOSPACE `. */
  readonly errors: readonly string[];
}

/** Answer of `endpoint health` for one endpoint. */
export interface EtcdEndpointHealth {
  readonly endpoint: string;
  readonly healthy: boolean;
  readonly error?: string;
}

/** A raised alarm. */
export interface EtcdAlarm {
  readonly memberId: string;
  /** `NOSPACE`, `CORRUPT`, or the number of one that is not known. */
  readonly alarm: string;
}

/** A reply of `/health`, `/readyz` or `/livez`. */
export interface EtcdHttpHealth {
  readonly path: string;
  readonly ok: boolean;
  /** Reason of `/health` (from 3.5 on), e.g. `ALARM NOSPACE`, `RAFT NO LEADER`; or why there is no reply. */
  readonly reason?: string;
  readonly checks: readonly HealthCheck[];
}

/** What was asked of one etcd member about itself and its cluster. */
export interface EtcdStatus {
  /** Undefined: not answered, as without quorum. */
  readonly members?: readonly EtcdMember[];
  readonly statuses: readonly EtcdEndpointStatus[];
  readonly health: readonly EtcdEndpointHealth[];
  /** Undefined: not answered. */
  readonly alarms?: readonly EtcdAlarm[];
  /** Endpoints that gave no status, from stderr. */
  readonly unreachable: readonly { readonly endpoint: string; readonly error: string }[];
  readonly http: readonly EtcdHttpHealth[];
  /** `etcdserver` of `/version`. */
  readonly version?: string;
  /** Commands that failed, each with its reason. */
  readonly failures: readonly { readonly command: string; readonly error: string }[];
}

/**
 * Member list, endpoint status, endpoint health and alarms of an etcd cluster as one member answers them, and
 * its `/health`, `/readyz`, `/livez` and `/version`. Scope object Pod of the member asked, or endpoint for an
 * etcd outside the cluster. Stored: `{etcdctl: StoredEtcdctl[], http: StoredEtcdHttp[]}`; order status, health,
 * alarm, member list, each with `--command-timeout=5s`, run as argv (the image has no shell), and
 * `endpoint status --cluster` with `endpoint status` of the member alone when that fails.
 */
export const etcdStatus = document<EtcdStatus>({
  id: 'etcd-status',
  title: 'Members, status and alarms of etcd',
  contentType: 'json',
  maxBytes: 4 * 1024 * 1024,
  rearranged: true,
  parse(bytes) {
    const stored = parseJsonObject(bytes);
    const runs = listIn(stored.etcdctl).map(storedRun);
    const http = listIn(stored.http).map(objectIn);
    if (runs.length === 0 && http.length === 0) throw new Error('nothing etcd answered is in the document');
    const version = http.map(versionIn).find((one) => one !== undefined);
    return {
      ...readEtcdctl(runs),
      http: http.filter((one) => one.path !== '/version').map(httpHealth),
      ...(version === undefined ? {} : { version }),
    };
  },
});

function storedRun(value: unknown): StoredEtcdctl {
  const fields = objectIn(value);
  const [stdout, stderr, error] = [fields.stdout, fields.stderr, fields.error].map(stringIn);
  return {
    command: stringIn(fields.command) ?? '',
    ...(stdout === undefined ? {} : { stdout }),
    ...(stderr === undefined ? {} : { stderr }),
    ...(error === undefined ? {} : { error }),
  };
}

function httpHealth(fields: Readonly<Record<string, unknown>>): EtcdHttpHealth {
  const text = stringIn(fields.text) ?? '';
  const reason = stringIn(fields.error) ?? reasonIn(text);
  return {
    path: stringIn(fields.path) ?? '',
    ok: numberIn(fields.status) === 200,
    ...(reason === undefined ? {} : { reason }),
    checks: healthChecksIn(text),
  };
}

function reasonIn(text: string): string | undefined {
  return jsonField(text, 'reason') || undefined;
}

function versionIn(fields: Readonly<Record<string, unknown>>): string | undefined {
  return fields.path === '/version' ? jsonField(stringIn(fields.text) ?? '', 'etcdserver') : undefined;
}

/** A text field of a small JSON reply; undefined when the reply is none. */
function jsonField(text: string, field: string): string | undefined {
  try {
    return stringIn(objectIn(JSON.parse(text))[field]);
  } catch {
    return undefined;
  }
}
