import type { ServiceItem } from '../artifacts/network-resources.ts';
import type { PodItem } from '../artifacts/resources.ts';
import type { Coverage, Gap } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { type IstioWorkloads, podKind } from './istio-workloads.ts';
import type { ServicesOfTemplate } from './services-of-template.ts';
import { targetPortOf } from './target-port.ts';

/** The pods a Gateway's selector matches, and the ports by which they are reached. */
export interface GatewayPods {
  /** One pod of each namespace, of the first three: what lacks there is told there. */
  readonly byNamespace: readonly (readonly [namespace: string, pod: PodItem])[];
  readonly services: readonly ServiceItem[];
  /** Ports of the Services and the ports of the pods behind them; undefined when pods are reached past Services. */
  readonly ports: ReadonlySet<number> | undefined;
  /** Port numbers of the Services, as texts. */
  readonly offered: readonly string[];
  /** Why there may be other Services. */
  readonly gap: Gap | undefined;
}

type Labels = Readonly<Record<string, string>>;

/** Equal for selectors that ask for the same, in whatever order. */
export function selectorKey(selector: Labels): string {
  return JSON.stringify(Object.entries(selector).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const NAMESPACES = 3;
const NAMED = 10;

/** Gateway pods by selector, each looked up once: many Gateways are for the same pods. */
export function gatewayPods(
  workloads: IstioWorkloads,
  services: ServicesOfTemplate,
  servicesSeen: Coverage,
): (selector: Labels) => GatewayPods {
  const known = new Map<string, GatewayPods>();
  return (selector) => {
    return getOrCreate(known, selectorKey(selector), () =>
      describe(workloads.proxiesAnywhere(selector), services, servicesSeen),
    );
  };
}

/** The namespaces, three at most, that the pods of a Gateway run in, by its selector; each looked up once. */
export function gatewayNamespaces(workloads: IstioWorkloads): (selector: Labels) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (selector) => {
    // Without a selector a Gateway is for every proxy.
    if (Object.keys(selector).length === 0) return [];
    return getOrCreate(known, selectorKey(selector), () =>
      [...new Set(workloads.proxiesAnywhere(selector).map(({ metadata }) => metadata.namespace ?? ''))].slice(
        0,
        NAMESPACES,
      ),
    );
  };
}

function describe(pods: readonly PodItem[], services: ServicesOfTemplate, seen: Coverage): GatewayPods {
  const kinds = [...new Map(pods.map((pod) => [podKind(pod), pod])).values()];
  const byNamespace = new Map(kinds.map((pod) => [pod.metadata.namespace ?? '', pod]));
  const found = new Set<ServiceItem>();
  const ports = new Set<number>();
  for (const pod of kinds) {
    for (const service of services.matching(pod.metadata.namespace, pod.metadata.labels)) {
      found.add(service);
      for (const port of service.spec?.ports ?? []) {
        ports.add(port.port);
        const target = targetPortOf(port, pod);
        if (target !== undefined) ports.add(target);
      }
    }
  }
  const offered = [...found].flatMap(({ spec }) => (spec?.ports ?? []).map(({ port }) => String(port)));
  return {
    byNamespace: [...byNamespace].slice(0, NAMESPACES),
    services: [...found].slice(0, NAMED),
    ports: kinds.some(isReachedDirectly) ? undefined : ports,
    offered: [...new Set(offered)].slice(0, NAMED),
    gap: [...byNamespace.keys()].map((one) => seen.covers(one)).find((covered) => covered !== true),
  };
}

/** At the address of its node. */
function isReachedDirectly({ spec }: PodItem): boolean {
  return (
    spec?.hostNetwork === true ||
    (spec?.containers ?? []).some(({ ports = [] }) => ports.some(({ hostPort }) => hostPort))
  );
}
