import { type DestinationRuleItem, destinationRules } from '../artifacts/istio-resources.ts';
import { defineDerived } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { istioHosts, wildcardsOf } from './istio-hosts.ts';

/** DestinationRules by the host they are for. */
export interface IstioDestinationRules {
  /** All that are for this full host, of whatever namespace; those of the host itself before those of wildcards. */
  of(fullHost: string): readonly DestinationRuleItem[];
}

/** DestinationRules by full host. */
export const istioDestinationRules = defineDerived({
  id: 'istio-destination-rules',
  title: 'DestinationRules by host',
  needs: { rules: destinationRules, hosts: istioHosts },
  derive({ rules, hosts }): IstioDestinationRules {
    const byHost = new Map<string, DestinationRuleItem[]>();
    for (const item of rules.items) {
      const { host } = item.spec ?? {};
      if (host) getOrCreate(byHost, hosts.full(host, item.metadata.namespace), () => []).push(item);
    }
    return {
      of: (fullHost) => [fullHost, ...wildcardsOf(fullHost)].flatMap((host) => byHost.get(host) ?? []),
    };
  },
});
