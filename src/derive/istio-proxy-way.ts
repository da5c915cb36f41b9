import { type IstioProxyProbes, istioProxyProbes } from '../artifacts/istio-proxy-probes.ts';
import type { PodItem } from '../artifacts/resources.ts';
import { type DocumentItem, defineDerived, optional } from '../model/artifact.ts';
import type { EvidenceRef } from '../model/finding.ts';
import type { Confidence } from '../model/message.ts';
import type { ProxyLogState, XdsFaultClass } from './istio-proxy-log.ts';

/** What keeps a proxy from its control plane, and what shows it. */
export interface LinkFault {
  readonly class: XdsFaultClass;
  readonly detail: string;
  readonly cited: EvidenceRef;
  /** Where it is not its log that says so. */
  readonly confidence?: Confidence;
}

/** What was tried from inside proxies. */
export interface IstioProxyWays {
  of(pod: PodItem): DocumentItem<IstioProxyProbes> | undefined;
}

/** The way from proxies to their control plane as it was tried from their containers, by pod. */
export const istioProxyWays = defineDerived({
  id: 'istio-proxy-ways',
  title: 'Ways from Istio proxies to their control planes',
  needs: { probes: optional(istioProxyProbes) },
  derive({ probes }): IstioProxyWays {
    const byPod = new Map(
      probes.items.flatMap((item) =>
        item.scope.type === 'object' ? [[`${item.scope.namespace}/${item.scope.name}`, item] as const] : [],
      ),
    );
    return { of: ({ metadata: { namespace, name } }) => byPod.get(`${namespace}/${name}`) };
  },
});

const TRIED: Confidence = {
  level: 'certain',
  reason: 'the way was tried from the container of the proxy while the bundle was made',
};

/** What its log ends with; where that names nothing, the first step that failed when it was tried. */
export function linkFault(
  { fault }: ProxyLogState,
  way: DocumentItem<IstioProxyProbes> | undefined,
  at: (item: object, pointer?: string) => EvidenceRef,
): LinkFault | undefined {
  if (fault) {
    const { matches, hit, detail } = fault;
    return { class: fault.class, detail, cited: { cite: 'matches', matches, hit } };
  }
  if (!way) return undefined;
  const { dns, tcp, tls } = way.value;
  const common = { cited: at(way), confidence: TRIED };
  if (dns.state === 'fails') return { ...common, class: 'nameUnknown', detail: dns.detail };
  if (tcp.state === 'fails') {
    const refused = /refused/i.test(tcp.detail);
    return { ...common, class: refused ? 'refused' : 'timedOut', detail: tcp.detail };
  }
  if (tls.state !== 'fails') return undefined;
  return { ...common, class: tlsClass(tls.detail), detail: tls.detail };
}

/** By the words of OpenSSL in the output of curl. */
function tlsClass(detail: string): XdsFaultClass {
  if (/not yet valid/.test(detail)) return 'notYetValid';
  if (/expired/.test(detail)) return 'expired';
  return /no alternative certificate|does not match/.test(detail) ? 'nameMismatch' : 'untrusted';
}
