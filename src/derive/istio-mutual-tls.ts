import type { ClientTls, DestinationRuleItem } from '../artifacts/istio-resources.ts';
import type { PeerAuthenticationItem } from '../artifacts/istio-workload-resources.ts';
import type { ServiceItem } from '../artifacts/network-resources.ts';
import type { PodItem } from '../artifacts/resources.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { oldestFirst } from './creation-order.ts';
import { scopeLabels } from './istio-scope-conflicts.ts';
import { matchesLabels } from './label-selector.ts';

/** What a sidecar accepts on a port, and the policy that says so. */
export interface ServerMode {
  readonly mode: 'STRICT' | 'PERMISSIVE' | 'DISABLE';
  readonly policy: PeerAuthenticationItem | undefined;
}

/** PeerAuthentications as the sidecars go by them. */
export interface ServerModes {
  /** The closest policy that sets a mode: of the workload, of its namespace, of the mesh; the oldest of equals. */
  of(pod: PodItem, port: number | undefined): ServerMode;
}

const MODES: ReadonlySet<string | undefined> = new Set(['STRICT', 'PERMISSIVE', 'DISABLE']);

/** Policies by namespace, those for single workloads apart. */
export function serverModes(items: readonly PeerAuthenticationItem[], rootNamespace: string): ServerModes {
  const byNamespace = new Map<string | undefined, PeerAuthenticationItem[]>();
  for (const item of oldestFirst(items)) {
    if (!item.metadata.deletionTimestamp)
      getOrCreate(byNamespace, item.metadata.namespace, () => []).push(item);
  }
  return {
    of(pod, port) {
      const { namespace, labels } = pod.metadata;
      const own = byNamespace.get(namespace) ?? [];
      const ofWorkload = own.filter((one) => {
        const wanted = scopeLabels(one);
        return wanted !== undefined && matchesLabels(labels, wanted);
      });
      const general = [...own, ...(byNamespace.get(rootNamespace) ?? [])].filter(
        (one) => scopeLabels(one) === undefined,
      );
      for (const policy of [...ofWorkload, ...general]) {
        // Modes of ports count for workloads only.
        const ofPort = ofWorkload.includes(policy)
          ? policy.spec?.portLevelMtls?.[String(port)]?.mode
          : undefined;
        const mode = MODES.has(ofPort) ? ofPort : policy.spec?.mtls?.mode;
        if (MODES.has(mode)) return { mode: mode as ServerMode['mode'], policy };
      }
      return { mode: 'PERMISSIVE', policy: undefined };
    },
  };
}

/** How a rule has clients connect to one port of a Service, or to all whose port it does not name. */
export interface ClientSetting {
  readonly tls: ClientTls;
  /** JSON Pointer in the rule. */
  readonly pointer: string;
  readonly ports: readonly NonNullable<NonNullable<ServiceItem['spec']>['ports']>[number][];
}

/** Settings of `trafficPolicy` with the ports of the Service each is for; those of subsets are left out. */
export function clientSettings({ spec }: DestinationRuleItem, service: ServiceItem): ClientSetting[] {
  const { tls, portLevelSettings = [] } = spec?.trafficPolicy ?? {};
  const ports = service.spec?.ports ?? [];
  const named = new Set(portLevelSettings.map(({ port }) => port?.number));
  const found: ClientSetting[] = portLevelSettings.flatMap((setting, index) =>
    setting.tls
      ? [
          {
            tls: setting.tls,
            pointer: `/spec/trafficPolicy/portLevelSettings/${index}/tls`,
            ports: ports.filter(({ port }) => port === setting.port?.number),
          },
        ]
      : [],
  );
  const rest = ports.filter(({ port }) => !named.has(port));
  if (tls && rest.length > 0) found.push({ tls, pointer: '/spec/trafficPolicy/tls', ports: rest });
  return found;
}
