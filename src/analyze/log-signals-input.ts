import { type LogSignals, type LogSignalsArtifact, type LogTail, resourcesId } from '../model/artifact.ts';
import type { Coverage } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { ORIGIN } from '../model/origin.ts';
import type { Item, LogSection, Store } from './store.ts';
import { itemsOf } from './store.ts';

interface PodShape extends Item {
  readonly spec?: {
    readonly containers?: readonly { readonly name: string; readonly image?: string }[];
    readonly initContainers?: readonly { readonly name: string; readonly image?: string }[];
  };
}

/** Global ids of a token's patterns: the same token has the same id wherever it is needed. */
const tokenIds = new WeakMap<LogSignalsArtifact, string>();
let nextToken = 0;

/** The id of a pattern in the one matcher that serves all analyzers. */
export function patternId(artifact: LogSignalsArtifact, pattern: string): string {
  const token = tokenIds.get(artifact) ?? `s${nextToken++}`;
  tokenIds.set(artifact, token);
  return `${token}/${pattern}`;
}

/** Joins what the scan found with whose log it is, now that pods are known. */
export function logSignalsInput(
  store: Store,
  artifact: LogSignalsArtifact,
  coverage: Coverage,
): LogSignals<string> {
  const images = containerImages(store);
  const mine = store.logs.filter((section) => belongs(section, artifact, images));
  const byContainer = new Map<string, LogSection[]>();
  const byPod = new Map<string, LogSection[]>();
  for (const section of mine) {
    if (section.scope.type !== 'container') continue;
    getOrCreate(byContainer, containerKey(section.scope), () => []).push(section);
    getOrCreate(byPod, podKey(section.scope), () => []).push(section);
  }
  function sectionsOf(wanted: { namespace: string; pod: string; container?: string }): readonly LogSection[] {
    const { namespace, pod, container } = wanted;
    const found =
      container === undefined
        ? byPod.get(podKey(wanted))
        : byContainer.get(containerKey({ namespace, pod, container }));
    return found ?? [];
  }
  return {
    coverage,
    matches(pattern, container) {
      const id = patternId(artifact, pattern);
      return (container ? sectionsOf(container) : mine)
        .map((section) => section.matches.get(id))
        .filter((found) => found !== undefined);
    },
    seen(container) {
      return (byContainer.get(containerKey(container)) ?? []).some(
        (section) => section.scope.type === 'container' && !section.scope.previous,
      );
    },
    lastWords(container): LogTail | undefined {
      const sections = byContainer.get(containerKey(container)) ?? [];
      const previous = sections.find(
        (section) => section.scope.type === 'container' && section.scope.previous,
      );
      const section = previous?.tail ? previous : sections.find((one) => one.tail);
      if (!section?.tail) return undefined;
      return { scope: section.scope, ...section.tail, ...originOfSection(section) };
    },
  };
}

/** Log results carry their origin under the same symbol as items do. */
export function originOfSection(section: LogSection): object {
  return {
    [ORIGIN]: {
      path: section.path,
      line: 1,
      pointer: '',
      scope: section.scope,
      observation: section.observation,
    },
  };
}

function containerImages(store: Store): Map<string, string> {
  const images = new Map<string, string>();
  for (const pod of itemsOf(store, resourcesId('', 'Pod')) as PodShape[]) {
    for (const container of [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]) {
      const key = containerKey({
        namespace: pod.metadata.namespace ?? '',
        pod: pod.metadata.name,
        container: container.name,
      });
      if (container.image) images.set(key, container.image);
    }
  }
  return images;
}

function belongs(
  section: LogSection,
  artifact: LogSignalsArtifact,
  images: ReadonlyMap<string, string>,
): boolean {
  const { image, container } = artifact.component;
  if (!image && !container) return true;
  if (section.scope.type !== 'container') return false;
  if (container?.test(section.scope.container)) return true;
  const name = images.get(containerKey(section.scope));
  return name !== undefined && (image?.test(name) ?? false);
}

function containerKey(scope: { namespace: string; pod: string; container: string }): string {
  return `${scope.namespace}/${scope.pod}/${scope.container}`;
}

function podKey({ namespace, pod }: { namespace: string; pod: string }): string {
  return `${namespace}/${pod}`;
}
