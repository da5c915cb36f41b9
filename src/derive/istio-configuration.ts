import type { Applicability } from '../model/analyzer.ts';
import type { Collection, DeriveContext } from '../model/artifact.ts';
import type { ResourceIdentity } from '../model/json.ts';
import { isOlder } from '../model/observation.ts';
import type { IstioSidecars } from './istio-sidecars.ts';

/** Lists are read one after the other, and objects of one release are made one after the other. */
const SETTLED_SECONDS = 60;

type Listed = Pick<Collection<unknown>, 'items' | 'coverage'>;

/**
 * Whether there is configuration of these kinds to look at: the `appliesTo` of its analyzers. Where
 * nobody looked for any, a cluster none of whose pods has a proxy of Istio is not asked for it.
 */
export function configurationApplies(
  kinds: Readonly<Record<string, Listed>>,
  pods: Listed,
  sidecars: IstioSidecars,
): Applicability {
  const collections = Object.values(kinds);
  if (collections.some(({ items }) => items.length > 0)) return true;
  const gaps = collections.flatMap(({ coverage }) => coverage.gaps);
  if (gaps.length === 0) return { applies: false, reason: `there is no ${Object.keys(kinds).join(', ')}` };
  const isOmitted = gaps.every(({ outcome }) => outcome === 'skipped' || outcome === 'absent-from-layout');
  if (isOmitted && pods.coverage.complete && sidecars.proxies.length === 0)
    return { applies: false, reason: 'no pod has a proxy of Istio' };
  return { applies: 'unseen', gaps };
}

/**
 * Whether an object was last changed long enough before it was observed to be set against others; undefined
 * when that is not known. Without times of its writers the creation counts.
 */
export function isSettled(
  item: ResourceIdentity & {
    readonly metadata: { readonly managedFields?: readonly { readonly time?: string }[] };
  },
  context: DeriveContext,
): boolean | undefined {
  const { creationTimestamp, managedFields = [] } = item.metadata;
  const times = managedFields.map(({ time }) => time).filter((time) => time !== undefined);
  const newest = [...times, creationTimestamp ?? ''].sort().at(-1);
  return isOlder(context.age(newest, item), SETTLED_SECONDS);
}
