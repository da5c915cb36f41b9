import type { ServiceItem } from '../artifacts/network-resources.ts';
import type { PodItem } from '../artifacts/resources.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { subjectKey, subjectOf } from '../model/subject.ts';
import { matchesLabels } from './label-selector.ts';

/** Pairs of Service and pod its selector matches: of each selector only the pods of its rarest pair are looked at. */
export function selectPods(
  serviceItems: readonly ServiceItem[],
  podItems: readonly PodItem[],
): (readonly [string, string])[] {
  const podsByLabel = new Map<string, PodItem[]>();
  for (const pod of podItems) {
    for (const [label, value] of Object.entries(pod.metadata.labels ?? {})) {
      getOrCreate(podsByLabel, `${pod.metadata.namespace}/${label}=${value}`, () => []).push(pod);
    }
  }
  const pairs: (readonly [string, string])[] = [];
  for (const service of serviceItems) {
    const selector = service.spec?.selector ?? {};
    if (service.spec?.type === 'ExternalName') continue;
    const key = subjectKey(subjectOf(service));
    const candidates = Object.entries(selector).map(
      ([label, value]) => podsByLabel.get(`${service.metadata.namespace}/${label}=${value}`) ?? [],
    );
    const [rarest = []] = candidates.sort((a, b) => a.length - b.length);
    for (const pod of rarest) {
      if (matchesLabels(pod.metadata.labels, selector)) pairs.push([key, subjectKey(subjectOf(pod))]);
    }
  }
  return pairs;
}
