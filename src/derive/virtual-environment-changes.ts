import type { DeriveContext } from '../model/artifact.ts';
import type { ResourceIdentity } from '../model/json.ts';
import { isOlder } from '../model/observation.ts';

/** An operator waits 5 s after the last change, then works through all Services: after a minute it has followed. */
export const SETTLED_SECONDS = 60;

/** Whether so much time has passed since the last change that the operator has followed. */
export type Settling =
  | { readonly state: 'settled' }
  /** Seconds from the last change to the moment it was observed. */
  | { readonly state: 'settling'; readonly seconds: number }
  /** Nothing says when it was changed or observed. */
  | { readonly state: 'unknown' };

/** When something was changed last, with the objects whose observation counts. */
export interface LastChange {
  /** ISO 8601. */
  readonly time: string;
  /** The object that was observed first. */
  readonly observed: object;
}

interface Managed extends ResourceIdentity {
  readonly metadata: ResourceIdentity['metadata'] & {
    readonly managedFields?: readonly { readonly subresource?: string; readonly time?: string }[];
  };
}

/** The last change of any of these objects, their statuses left out; undefined when none has a time. */
export function lastChange(
  items: readonly ResourceIdentity[],
  { observed }: Pick<DeriveContext, 'observed'>,
): LastChange | undefined {
  let time: string | undefined;
  let first: { readonly item: object; readonly at: string } | undefined;
  for (const item of items) {
    for (const one of timesOf(item)) if (time === undefined || one > time) time = one;
    const at = observed(item)?.time;
    if (at !== undefined && (first === undefined || at < first.at)) first = { item, at };
  }
  return time === undefined || first === undefined ? undefined : { time, observed: first.item };
}

function timesOf({ metadata }: Managed): readonly string[] {
  const written = (metadata.managedFields ?? []).filter(({ subresource }) => !subresource);
  const times = [metadata.creationTimestamp, ...written.map(({ time }) => time)];
  return times.filter((time) => time !== undefined && time !== null) as string[];
}

/** Whether the last change of these objects, or the other one given, is long enough ago. */
export function settlingOf(
  items: readonly ResourceIdentity[],
  other: LastChange | undefined,
  context: Pick<DeriveContext, 'observed' | 'age'>,
): Settling {
  const own = lastChange(items, context);
  const changes = [own, other].filter((one) => one !== undefined);
  const time = changes
    .map((one) => one.time)
    .sort()
    .at(-1);
  const ages = changes.flatMap(({ observed }) => context.age(time, observed) ?? []);
  const [age] = ages.sort((a, b) => a.seconds - b.seconds);
  if (!age) return { state: 'unknown' };
  if (isOlder(age, SETTLED_SECONDS) === true) return { state: 'settled' };
  return { state: 'settling', seconds: Math.max(0, Math.round(age.seconds)) };
}
