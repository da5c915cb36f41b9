import type { AnalyzeContext, EvidenceRefs } from '../model/analyzer.ts';
import type { EtcdCluster, EtcdMemberView } from './etcd-cluster.ts';
import { citeSample, metricValue } from './metric-samples.ts';

/** `DefaultQuotaBytes` of etcd server/storage/quota.go: 2 GiB. */
export const DEFAULT_QUOTA_BYTES = 2 * 1024 ** 3;

/** How full a member's database is; bytes. */
export interface Space {
  readonly member: EtcdMemberView;
  readonly size: number;
  /** Bytes in use; the rest of `size` is free pages. */
  readonly inUse?: number;
  readonly quota: number;
  readonly evidence: EvidenceRefs;
}

/** The space of a member, from its status or else its metrics; undefined when neither tells. */
export function spaceOf(member: EtcdMemberView, { at }: Pick<AnalyzeContext, 'at'>): Space | undefined {
  const { status, metrics, instance } = member;
  const measured = (name: string) => (metrics ? metricValue(metrics.value, name) : undefined);
  const flag = Number(instance?.flags.get('quota-backend-bytes'));
  const quota =
    status?.value.dbSizeQuota ??
    measured('etcd_server_quota_backend_bytes') ??
    (flag > 0 ? flag : DEFAULT_QUOTA_BYTES);
  if (status?.value.dbSize !== undefined) {
    const { dbSize: size, dbSizeInUse: inUse } = status.value;
    return {
      member,
      size,
      ...(inUse === undefined ? {} : { inUse }),
      quota,
      evidence: [at(status.document, `${status.pointer}/dbSize`)],
    };
  }
  const size = measured('etcd_mvcc_db_total_size_in_bytes');
  if (size === undefined || !metrics) return undefined;
  const inUse = measured('etcd_mvcc_db_total_size_in_use_in_bytes');
  return {
    member,
    size,
    ...(inUse === undefined ? {} : { inUse }),
    quota,
    evidence: [citeSample({ at }, metrics, 'etcd_mvcc_db_total_size_in_bytes')],
  };
}

/** The member with the least room. */
export function fullest(etcd: EtcdCluster, context: Pick<AnalyzeContext, 'at'>): Space | undefined {
  return etcd.members
    .flatMap((member) => spaceOf(member, context) ?? [])
    .sort((a, b) => b.size / b.quota - a.size / a.quota)[0];
}
