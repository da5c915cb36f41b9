import type { FactTable } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { Value } from '../model/message.ts';
import { subjectOf } from '../model/subject.ts';
import type { NamespaceRouting, ServiceRouting } from './virtual-environment-routing.ts';
import { subsetName } from './virtual-environment-rules.ts';

/** Which subset of each Service requests of each environment are sent to, as the operator's rules have it. */
export function routingTable(namespaces: readonly NamespaceRouting[]): FactTable {
  return {
    id: 'virtual-environment-routes',
    title: 'Where requests of an environment go',
    columns: [
      { id: 'service', title: 'Service', tag: 'object' },
      { id: 'header', title: 'Header', tag: 'text' },
      { id: 'values', title: 'Values', tag: 'text' },
      { id: 'subset', title: 'Go to subset', tag: 'text' },
    ],
    rows: namespaces
      .filter(({ gap }) => gap === undefined)
      .flatMap((namespace) => namespace.services.flatMap((one) => rowsOf(one, namespace))),
  };
}

/** A row per subset with the values that lead to it, the default last. */
function rowsOf({ service, expected }: ServiceRouting, { effective: { spec } }: NamespaceRouting): Value[][] {
  if (!expected.made) return [];
  const values = new Map<string, Set<string>>();
  for (const { header, subset } of expected.routes) {
    if (header?.name === spec.header) getOrCreate(values, subset, () => new Set()).add(header.value);
  }
  const subject = subjectOf(service);
  const usual = subsetName(spec.defaultSubset);
  const routed = expected.routes.length > 0;
  return [
    ...[...values].map(([subset, all]): Value[] => [subject, spec.header, [...all], subset]),
    ...(routed ? [[subject, spec.header, 'any other, or none', usual || 'any pod'] as Value[]] : []),
  ];
}
