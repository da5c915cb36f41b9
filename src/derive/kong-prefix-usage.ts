import { kongPlaneEntities } from '../artifacts/kong-plane-entities.ts';
import { kongPlaneProbes } from '../artifacts/kong-plane-probes.ts';
import { kubeletStatsSummary } from '../artifacts/kubelet-stats-summary.ts';
import type { PodItem } from '../artifacts/resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { quantityText } from './quantity.ts';

/** Something measured, with the document it stands in. */
export interface Measured {
  readonly bytes: number;
  /** Size of the file system, where the kubelet says: of a volume in memory its limit. */
  readonly capacity: number | undefined;
  readonly document: object;
  /** JSON Pointer inside the document. */
  readonly pointer: string;
}

/** How much Kong's prefixes hold, as kubelets and commands in the containers measured it. */
export interface KongPrefixUsage {
  /** Of a volume of a pod; the larger of what the kubelet and `du` say. */
  of(pod: PodItem, volume: string): Measured | undefined;
  /** The file of the database of the configuration. */
  database(pod: PodItem): Measured | undefined;
  /** The largest configuration a control plane was counted to hold, in words; undefined when none was counted. */
  readonly configuration: string | undefined;
}

/** LMDB keeps its pages in this file (kong: `<prefix>/dbless.lmdb/data.mdb`). */
const DATA_FILE = 'data.mdb';

/** Sizes of prefixes by pod. All of it is opt-in, so that its absence says nothing. */
export const kongPrefixUsage = defineDerived({
  id: 'kong-prefix-usage',
  title: 'Usage of Kong prefixes',
  needs: {
    summaries: optional(kubeletStatsSummary),
    probes: optional(kongPlaneProbes),
    entities: optional(kongPlaneEntities),
  },
  derive({ summaries, probes, entities }): KongPrefixUsage {
    const volumes = new Map<string, Measured>();
    for (const summary of summaries.items) {
      for (const [podIndex, { podRef, volume: measured }] of summary.value.pods.entries()) {
        for (const [index, { name, usedBytes, capacityBytes }] of measured.entries()) {
          if (usedBytes === undefined) continue;
          const pointer = `/pods/${podIndex}/volume/${index}`;
          const entry = { bytes: usedBytes, capacity: capacityBytes, document: summary, pointer };
          volumes.set(`${podRef.namespace}/${podRef.name}/${name}`, entry);
        }
      }
    }
    const told = new Map<string, (typeof probes.items)[number]>(
      probes.items.flatMap((probe) => {
        const { plane } = probe.value;
        return plane ? [[`${plane.namespace}/${plane.pod}`, probe] as const] : [];
      }),
    );
    return {
      of(pod, volume) {
        const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
        const byKubelet = volumes.get(`${key}/${volume}`);
        const probe = told.get(key);
        const bytes = probe?.value.prefixBytes;
        if (!probe || bytes === undefined || bytes <= (byKubelet?.bytes ?? 0)) return byKubelet;
        return { bytes, capacity: byKubelet?.capacity, document: probe, pointer: '/prefixBytes' };
      },
      database(pod) {
        const probe = told.get(`${pod.metadata.namespace}/${pod.metadata.name}`);
        const index = probe?.value.databaseFiles.findIndex(({ name }) => name.endsWith(DATA_FILE)) ?? -1;
        const file = probe?.value.databaseFiles[index];
        if (!probe || !file) return undefined;
        return {
          bytes: file.bytes,
          capacity: undefined,
          document: probe,
          pointer: `/databaseFiles/${index}`,
        };
      },
      configuration: largest(entities.items.map(({ value }) => value)),
    };
  },
});

function largest(
  counted: readonly { readonly entities: number; readonly bytes: number }[],
): string | undefined {
  const most = counted.reduce<(typeof counted)[number] | undefined>(
    (best, one) => (best && best.bytes >= one.bytes ? best : one),
    undefined,
  );
  if (!most || most.entities === 0) return undefined;
  return `${most.entities} entities, at least ${quantityText('memory', most.bytes)} as JSON`;
}
