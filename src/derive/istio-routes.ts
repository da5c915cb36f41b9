import type { Destination, VirtualServiceItem } from '../artifacts/istio-resources.ts';
import type { ResourceIdentity } from '../model/json.ts';

/** A place of a VirtualService that sends traffic on. */
export interface RoutedDestination {
  readonly destination: Destination;
  /** JSON Pointer to the destination. */
  readonly pointer: string;
  readonly traffic: 'http' | 'tls' | 'tcp' | 'mirror';
}

/** Stands for all sidecars in `gateways`. */
export const MESH = 'mesh';
/** Owner of the VirtualServices and DestinationRules KtEnv makes. */
const OPERATOR_KIND = 'VirtualEnvironment';

/** Every destination of a VirtualService that is sent anything: those of weight 0 beside others are not. */
export function* destinationsOf({ spec }: VirtualServiceItem): Generator<RoutedDestination> {
  for (const traffic of ['http', 'tls', 'tcp'] as const) {
    for (const [index, rule] of (spec?.[traffic] ?? []).entries()) {
      const routes = rule.route ?? [];
      for (const [place, { destination, weight }] of routes.entries()) {
        if (!destination?.host || (weight === 0 && routes.length > 1)) continue;
        yield { destination, pointer: `/spec/${traffic}/${index}/route/${place}/destination`, traffic };
      }
    }
  }
  for (const [index, { mirror, mirrors = [] }] of (spec?.http ?? []).entries()) {
    if (mirror?.host) yield { destination: mirror, pointer: `/spec/http/${index}/mirror`, traffic: 'mirror' };
    for (const [place, { destination }] of mirrors.entries()) {
      const pointer = `/spec/http/${index}/mirrors/${place}/destination`;
      if (destination?.host) yield { destination, pointer, traffic: 'mirror' };
    }
  }
}

/** Names in `gateways`; without any a VirtualService is for the sidecars of the mesh. One without hosts is a delegate. */
export function gatewaysOf({ spec }: VirtualServiceItem): readonly string[] {
  const { gateways = [], hosts = [] } = spec ?? {};
  return gateways.length === 0 && hosts.length > 0 ? [MESH] : gateways;
}

/** Whether sidecars go by a VirtualService: it is for the mesh, and not every rule is for gateways only. */
export function isForMesh(item: VirtualServiceItem): boolean {
  if (!gatewaysOf(item).includes(MESH)) return false;
  const { http = [], tls = [], tcp = [] } = item.spec ?? {};
  const rules: readonly { readonly match?: readonly { readonly gateways?: readonly string[] }[] }[] = [
    ...http,
    ...tls,
    ...tcp,
  ];
  return (
    rules.length === 0 ||
    rules.some(
      ({ match = [] }) =>
        match.length === 0 ||
        match.some(({ gateways = [] }) => gateways.length === 0 || gateways.includes(MESH)),
    )
  );
}

/** Whether the operator of KtEnv keeps an object: its analyzers judge by the environments it stands for. */
export function isKeptByOperator({ metadata }: ResourceIdentity): boolean {
  return metadata.ownerReferences?.some(({ kind }) => kind === OPERATOR_KIND) ?? false;
}

/**
 * Namespace and name a Gateway reference means: `namespace/name`, `./name`, `name`, and the old form
 * `name.namespace.svc.cluster.local` (istio pilot/pkg/model, resolveGatewayName).
 */
export function gatewayRef(
  text: string,
  namespace: string | undefined,
): { readonly namespace: string; readonly name: string } {
  const own = namespace ?? '';
  const slash = text.indexOf('/');
  if (slash >= 0) {
    const before = text.slice(0, slash);
    return { namespace: before === '.' ? own : before, name: text.slice(slash + 1) };
  }
  const [name = text, of] = text.split('.');
  return { namespace: of ?? own, name };
}
