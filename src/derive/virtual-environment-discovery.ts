import type { IstioControlPlanes } from './istio-control-planes.ts';
import type { IstioProxy } from './istio-sidecars.ts';
import { isReady } from './pod-readiness.ts';

/** Where the sidecars of a namespace look for their control plane, and whether anything stands there. */
export interface DiscoveryOutlook {
  /** Each once: `istiod.istio-system.svc:15012`. */
  readonly addresses: readonly string[];
  /** In the words of a row, when each leads to a control plane with a ready pod. */
  readonly fine: string | undefined;
  /** In the words of a row, of the first that does not. */
  readonly problem: string | undefined;
}

/** What the seed tries by hand with `nc -zvw2 istio-pilot.istio-system 15010`, read from objects. */
export function discoveryOutlook(
  sidecars: readonly IstioProxy[],
  planes: Pick<IstioControlPlanes, 'behind'>,
): DiscoveryOutlook {
  const hosts = new Map(sidecars.map(({ discovery }) => [discovery.text, discovery.host]));
  const seen = [...hosts].map(([address, host]) => {
    const [name = '', namespace = ''] = host.split('.');
    const behind = planes.behind({ namespace, name });
    const ready = behind.flatMap(({ pods }) => pods).filter(isReady).length;
    const versions = [...new Set(behind.flatMap(({ version }) => version?.text ?? []))].join(', ');
    return { address, ready, isThere: behind.length > 0, versions };
  });
  const bad = seen.find(({ ready }) => ready === 0);
  const words = seen.map(
    ({ address, ready, versions }) =>
      `\`${address}\`: ${ready} ready${versions ? `, Istio ${versions}` : ''}`,
  );
  return {
    addresses: [...hosts.keys()],
    fine: bad || seen.length === 0 ? undefined : words.join('; '),
    problem:
      bad &&
      `\`${bad.address}\` leads to ${bad.isThere ? 'a control plane without a ready pod' : 'no control plane that is seen in this cluster'}; what follows is told by istio/proxy-not-ready`,
  };
}
