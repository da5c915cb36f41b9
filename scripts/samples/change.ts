import type { Parts } from './object.ts';
import type { ApiObject } from './scenario.ts';

/** What a condition in {@link withConditions} has to say at least. */
type Condition = Parts & { readonly type?: unknown };

/** An object with other fields in its metadata, spec and status; what is not named stays. */
export function changed(
  object: ApiObject,
  {
    metadata,
    spec,
    status,
    ...rest
  }: { metadata?: Parts; spec?: Parts; status?: Parts; [field: string]: unknown },
): ApiObject {
  return {
    ...object,
    metadata: { ...object.metadata, ...metadata },
    ...(spec ? { spec: { ...(object.spec as Parts), ...spec } } : {}),
    ...(status ? { status: { ...(object.status as Parts), ...status } } : {}),
    ...rest,
  };
}

/** An object with these conditions in place of those of the same type, or beside the others. */
export function withConditions(object: ApiObject, ...conditions: readonly Condition[]): ApiObject {
  const { conditions: own = [] } = object.status as { conditions?: readonly Condition[] };
  const kept = own.filter(({ type }) => !conditions.some((one) => one.type === type));
  return changed(object, { status: { conditions: [...kept, ...conditions] } });
}
