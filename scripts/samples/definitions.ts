import { condition, DAY, objectOf } from './object.ts';
import type { ApiObject } from './scenario.ts';

const AGE = 30 * DAY;

/** The definitions of Istio's kinds that samples have objects of. */
export function istioDefinitions(): ApiObject[] {
  return [
    ...['VirtualService', 'DestinationRule'].map((kind) => definition('networking.istio.io', kind, 'v1')),
    definition('networking.istio.io', 'EnvoyFilter', 'v1alpha3'),
  ];
}

/** A CustomResourceDefinition that is established, as far as analyzers look at it. */
export function definition(
  group: string,
  kind: string,
  version: string,
  scope: 'Namespaced' | 'Cluster' = 'Namespaced',
): ApiObject {
  const plural = `${kind.toLowerCase()}s`;
  const conditions = [
    condition('NamesAccepted', 'True', AGE, { reason: 'NoConflicts' }),
    condition('Established', 'True', AGE, { reason: 'InitialNamesAccepted' }),
  ];
  return objectOf(
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      name: `${plural}.${group}`,
      age: AGE,
    },
    {
      spec: {
        group,
        names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
        scope,
        conversion: { strategy: 'None' },
        versions: [{ name: version, served: true, storage: true }],
      },
      status: { conditions, storedVersions: [version] },
    },
  );
}
