import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dump, loadAll } from 'js-yaml';

/** A document of kwok's configuration file: a Stage, Logs, PortForward, ClusterLogs, … */
export interface KwokDocument {
  readonly apiVersion: 'kwok.x-k8s.io/v1alpha1';
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

interface StageSpec {
  readonly resourceRef: unknown;
  readonly selector: { readonly matchExpressions: readonly unknown[] };
}

/** Label whose value names the stage an object goes to, in place of kwok's own (always healthy) stages. */
export const STATE_LABEL = 'kubecase.test/state';

/** A document of kwok's API. */
export function kwokDocument(
  kind: string,
  metadata: KwokDocument['metadata'],
  spec: KwokDocument['spec'],
): KwokDocument {
  return { apiVersion: 'kwok.x-k8s.io/v1alpha1', kind, metadata, spec };
}

/** A stage that gives every pod or node of one state this status once, with the event its kubelet would send. */
export function stage(options: {
  /** Value of {@link STATE_LABEL} on the objects it applies to. */
  readonly state: string;
  readonly kind: 'Pod' | 'Node';
  /** jq path that is absent until the status was set. */
  readonly unset: string;
  readonly statusTemplate: string;
  readonly event?: { readonly type: string; readonly reason: string; readonly message: string };
}): KwokDocument {
  const { state, kind, unset, statusTemplate, event } = options;
  return kwokDocument(
    'Stage',
    { name: `kubecase-${state}` },
    {
      resourceRef: { apiGroup: 'v1', kind },
      selector: {
        matchLabels: { [STATE_LABEL]: state },
        matchExpressions: [
          { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' },
          { key: unset, operator: 'DoesNotExist' },
        ],
      },
      next: { ...(event ? { event } : {}), statusTemplate },
    },
  );
}

/** Writes kwok's configuration: its own fast stages for objects without {@link STATE_LABEL}, then `documents`. */
export async function writeKwokConfig(
  file: string,
  moduleDir: string,
  documents: readonly KwokDocument[],
): Promise<void> {
  const own = [
    ...(await readStages(join(moduleDir, 'kustomize/stage/node/fast'))),
    ...(await readStages(join(moduleDir, 'kustomize/stage/pod/fast'))),
  ];
  await writeFile(file, [...own, ...documents].map((document) => dump(document)).join('---\n'));
}

async function readStages(folder: string): Promise<KwokDocument[]> {
  const stages: KwokDocument[] = [];
  for (const name of (await readdir(folder)).sort()) {
    if (!name.endsWith('.yaml')) continue;
    for (const document of loadAll(await readFile(join(folder, name), 'utf8'))) {
      if (isStage(document)) stages.push(withoutStaged(document));
    }
  }
  return stages;
}

function isStage(document: unknown): document is KwokDocument {
  return typeof document === 'object' && document !== null && 'kind' in document && document.kind === 'Stage';
}

function withoutStaged(document: KwokDocument): KwokDocument {
  // Deletion must still work for the objects we stage ourselves.
  if (document.metadata.name === 'pod-delete') return document;
  const spec = document.spec as unknown as StageSpec;
  const unlabelled = { key: `.metadata.labels["${STATE_LABEL}"]`, operator: 'DoesNotExist' };
  const matchExpressions = [...spec.selector.matchExpressions, unlabelled];
  return { ...document, spec: { ...document.spec, selector: { ...spec.selector, matchExpressions } } };
}
