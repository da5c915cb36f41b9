import type { Origin } from '../model/origin.ts';

interface Managed extends Origin {
  readonly metadata: {
    readonly managedFields?: readonly { readonly fieldsV1?: object }[];
  };
}

/** Maps of a Secret or ConfigMap that hold keys. */
const MAPS = ['f:data', 'f:stringData', 'f:binaryData'] as const;
const FIELD = 'f:';

/**
 * The keys of a Secret or ConfigMap, read from its managedFields: they name every field and hold no value.
 * Empty where nobody kept them (`kubectl get -o yaml` leaves them out), so this names keys and denies none.
 */
export function dataKeysOf({ metadata }: Managed): string[] {
  const keys = new Set<string>();
  for (const { fieldsV1 = {} } of metadata.managedFields ?? []) {
    const fields = fieldsV1 as Readonly<Record<string, object | undefined>>;
    for (const map of MAPS) {
      for (const field of Object.keys(fields[map] ?? {})) {
        if (field.startsWith(FIELD)) keys.add(field.slice(FIELD.length));
      }
    }
  }
  return [...keys].sort();
}
