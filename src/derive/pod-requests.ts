import type { PodItem } from '../artifacts/resources.ts';
import { parseQuantity } from './quantity.ts';

/** Amounts by resource name, in base units. */
export type Amounts = ReadonlyMap<string, number>;

type Requests = Readonly<Record<string, string>> | undefined;

/**
 * What the scheduler counts for a pod: the sum of its containers and sidecars, or the peak while an init
 * container runs beside the sidecars started before it, plus overhead; and one of `pods`. A request of the
 * pod as a whole replaces the sum (k8s.io/component-helpers resource.PodRequests).
 */
export function podRequests(pod: PodItem): Amounts {
  const { spec } = pod;
  const total = new Map<string, number>();
  const sidecars = new Map<string, number>();
  const peak = new Map<string, number>();
  for (const container of spec?.containers ?? []) add(total, container.resources?.requests);
  for (const container of spec?.initContainers ?? []) {
    if (container.restartPolicy === 'Always') {
      add(sidecars, container.resources?.requests);
      raise(peak, sidecars);
    } else {
      const running = new Map(sidecars);
      add(running, container.resources?.requests);
      raise(peak, running);
    }
  }
  for (const [resource, amount] of sidecars) total.set(resource, (total.get(resource) ?? 0) + amount);
  raise(total, peak);
  for (const [resource, text] of Object.entries(spec?.resources?.requests ?? {})) {
    total.set(resource, parseQuantity(text) ?? 0);
  }
  add(total, spec?.overhead);
  total.set('pods', 1);
  return total;
}

function add(sum: Map<string, number>, requests: Requests): void {
  for (const [resource, text] of Object.entries(requests ?? {})) {
    sum.set(resource, (sum.get(resource) ?? 0) + (parseQuantity(text) ?? 0));
  }
}

function raise(highest: Map<string, number>, amounts: Amounts): void {
  for (const [resource, amount] of amounts)
    highest.set(resource, Math.max(highest.get(resource) ?? 0, amount));
}
