import { type ServiceItem, services } from '../artifacts/network-resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { matchesLabels } from './label-selector.ts';

type Labels = Readonly<Record<string, string>>;

/** Services that would select the pods of a template, whether such pods exist or not. */
export interface ServicesOfTemplate {
  matching(namespace: string | undefined, labels: Labels | undefined): readonly ServiceItem[];
}

/** Services by the first pair of their selector. */
export const servicesOfTemplate = defineDerived({
  id: 'services-of-template',
  title: 'Services by pod template',
  needs: { services: optional(services) },
  derive({ services: collection }): ServicesOfTemplate {
    const byPair = new Map<string, ServiceItem[]>();
    for (const service of collection.items) {
      const [pair] = Object.entries(service.spec?.selector ?? {});
      if (!pair || service.spec?.type === 'ExternalName') continue;
      getOrCreate(byPair, `${service.metadata.namespace}/${pair[0]}=${pair[1]}`, () => []).push(service);
    }
    return {
      matching: (namespace, labels) =>
        Object.entries(labels ?? {})
          .flatMap(([label, value]) => byPair.get(`${namespace}/${label}=${value}`) ?? [])
          .filter((service) => matchesLabels(labels, service.spec?.selector ?? {})),
    };
  },
});
