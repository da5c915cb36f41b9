import { document } from '../model/artifact.ts';
import { listIn, objectIn, stringIn } from './json-bytes.ts';

/** How far one type of configuration has got to a proxy. Nonces: equal ones mean that the proxy took it. */
export interface IstioSyncState {
  /** `CDS`, `LDS`, `RDS`, `EDS`, `ECDS`; other types by the last part of their type URL. */
  readonly type: string;
  /** Nonce of what was sent last; empty: nothing was sent. */
  readonly sent: string;
  /** Nonce of what the proxy confirmed last. */
  readonly acked: string;
  /** ISO 8601: when it was sent; since the reply has `resources` (Istio 1.24 at the latest). */
  readonly sentAt?: string;
  /** Why the proxy refused it, in its own words. */
  readonly lastError?: string;
}

/** A proxy that is connected to the istiod that was asked. */
export interface IstioSyncRow {
  readonly pod: string;
  readonly namespace: string;
  /** Name of the cluster the proxy is in, as istiod knows it; since 1.10. */
  readonly cluster?: string;
  /** Version of Istio in the proxy. */
  readonly version?: string;
  /** `SidecarProxy`, `Router`, `Waypoint`, `Ztunnel`; newer versions only. */
  readonly proxyType?: string;
  readonly states: readonly IstioSyncState[];
  /** JSON Pointer to the row in the list of rows. */
  readonly pointer: string;
}

/** The proxies one replica of istiod serves; each replica knows only its own. */
export interface IstioSyncStatus {
  /** The replica. */
  readonly controlPlane: { readonly namespace: string; readonly pod: string } | undefined;
  readonly rows: readonly IstioSyncRow[];
}

/**
 * `debug/syncz` of one replica of istiod. Scope `{type: 'object', kind: 'Pod', namespace, name}` of the replica, so
 * that the entry is `documents/istio-sync-status/_object/Pod/<namespace>/<pod>.json`.
 *
 * Stored: `{"controlPlane": {"namespace": "istio-system", "pod": "istiod-7d…"}, "path": "/debug/syncz",
 * "status": 200, "rows": <the body, a list>}`. Read too: the bare list, as `istioctl bug-report` keeps it.
 * A reply other than 200 or no list is no document: the collector records the outcome (401: not authenticated).
 */
export const istioSyncStatus = document<IstioSyncStatus>({
  id: 'istio-sync-status',
  title: 'Synchronisation of the proxies of an istiod',
  contentType: 'json',
  rearranged: true,
  maxBytes: 64 * 1024 * 1024,
  parse(bytes) {
    const stored: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const { controlPlane, rows = stored } = objectIn(stored);
    const list = Array.isArray(stored) ? stored : rows;
    // A replica that serves nobody prints the empty list of Go.
    if (!Array.isArray(list) && list !== null) throw new Error('a list of proxies was expected');
    const { namespace, pod } = objectIn(controlPlane);
    const names = [stringIn(namespace), stringIn(pod)] as const;
    return {
      controlPlane:
        names[0] === undefined || names[1] === undefined ? undefined : { namespace: names[0], pod: names[1] },
      rows: listIn(list).flatMap(rowOf),
    };
  },
});

/** Fields of a row before there was `resources`, by the type each is of. */
const FIELDS = [
  ['CDS', 'cluster'],
  ['LDS', 'listener'],
  ['RDS', 'route'],
  ['EDS', 'endpoint'],
  ['ECDS', 'extensionconfig'],
] as const;

/** Short names of the types of `resources`, by the last part of the type URL. */
const TYPES: Readonly<Record<string, string>> = {
  Cluster: 'CDS',
  Listener: 'LDS',
  RouteConfiguration: 'RDS',
  ClusterLoadAssignment: 'EDS',
  TypedExtensionConfig: 'ECDS',
  Secret: 'SDS',
};

function rowOf(value: unknown, index: number): IstioSyncRow[] {
  const row = objectIn(value);
  // `pod.namespace`: a pod's name may hold dots, a namespace holds none.
  const proxy = stringIn(row.proxy) ?? '';
  const dot = proxy.lastIndexOf('.');
  if (dot <= 0 || dot === proxy.length - 1) return [];
  const cluster = stringIn(row.cluster_id);
  const version = stringIn(row.istio_version) ?? stringIn(row.proxy_version);
  const proxyType = stringIn(row.proxy_type);
  const resources = Object.entries(objectIn(row.resources));
  return [
    {
      pod: proxy.slice(0, dot),
      namespace: proxy.slice(dot + 1),
      ...(cluster === undefined ? {} : { cluster }),
      ...(version === undefined || version === '' ? {} : { version }),
      ...(proxyType === undefined ? {} : { proxyType }),
      states: resources.length > 0 ? resources.map(resourceState) : FIELDS.flatMap(fieldStates(row)),
      pointer: `/rows/${index}`,
    },
  ];
}

function resourceState([typeUrl, value]: readonly [string, unknown]): IstioSyncState {
  const { sent, acked, sentTime, lastError } = objectIn(value);
  const last = typeUrl.slice(typeUrl.lastIndexOf('.') + 1);
  const error = stringIn(lastError);
  const time = Date.parse(stringIn(sentTime) ?? '');
  return {
    type: TYPES[last] ?? last,
    sent: stringIn(sent) ?? '',
    acked: stringIn(acked) ?? '',
    // Go's zero time stands for never.
    ...(time > 0 ? { sentAt: new Date(time).toISOString() } : {}),
    ...(error === undefined || error === '' ? {} : { lastError: error }),
  };
}

function fieldStates(row: Readonly<Record<string, unknown>>) {
  return ([type, field]: (typeof FIELDS)[number]): IstioSyncState[] => {
    const [sent, acked] = [stringIn(row[`${field}_sent`]), stringIn(row[`${field}_acked`])];
    // Both left out: before 1.10 there is no ECDS, and Go leaves out empty texts of some versions.
    if (sent === undefined && acked === undefined) return [];
    return [{ type, sent: sent ?? '', acked: acked ?? '' }];
  };
}
