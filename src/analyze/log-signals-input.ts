import { type LogSignalsArtifact, resourcesId } from '../model/artifact.ts';
import type { Coverage } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { LogOwner, LogSignals, LogTail } from '../model/log-signals.ts';
import { ORIGIN } from '../model/origin.ts';
import type { Scope } from '../model/scope.ts';
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
  images: ContainerImages,
): LogSignals<string> {
  const mine = store.logs.filter((section) => belongs(section, artifact, images));
  const byOwner = new Map<string, LogSection[]>();
  for (const section of mine) {
    for (const key of ownerKeys(section.scope)) getOrCreate(byOwner, key, () => []).push(section);
  }
  const sectionsOf = (owner: LogOwner): readonly LogSection[] => byOwner.get(ownerKey(owner)) ?? [];
  return {
    coverage,
    matches(pattern, owner) {
      const id = patternId(artifact, pattern);
      return (owner ? sectionsOf(owner) : mine)
        .map((section) => section.matches.get(id))
        .filter((found) => found !== undefined);
    },
    seen(container) {
      return sectionsOf(container).some(
        ({ scope, part }) => scope.type === 'container' && !scope.previous && part === undefined,
      );
    },
    units() {
      const scopes = mine.map((section) => section.scope).filter((scope) => scope.type === 'unit');
      return scopes.map(({ node, unit }) => ({ node, unit }));
    },
    lastWords(owner): LogTail | undefined {
      const sections = sectionsOf(owner);
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

/** The image of each container, by namespace, pod and container name. */
export type ContainerImages = ReadonlyMap<string, string>;

/** Images as the pods' specs name them; made once for all signals. */
export function containerImages(store: Store): ContainerImages {
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

function belongs(section: LogSection, artifact: LogSignalsArtifact, images: ContainerImages): boolean {
  const { image, container, unit } = artifact.component;
  if (!image && !container && !unit) return true;
  if (section.scope.type === 'unit') return unit?.test(section.scope.unit) ?? false;
  if (section.scope.type !== 'container') return false;
  if (container?.test(section.scope.container)) return true;
  const name = images.get(containerKey(section.scope));
  return name !== undefined && (image?.test(name) ?? false);
}

function containerKey(scope: { namespace: string; pod: string; container: string }): string {
  return `${scope.namespace}/${scope.pod}/${scope.container}`;
}

/** The owners a log answers for: the container and its pod, or the unit and its node. */
function ownerKeys(scope: Scope): string[] {
  if (scope.type === 'unit') return [ownerKey(scope), ownerKey({ node: scope.node })];
  if (scope.type !== 'container') return [];
  return [ownerKey(scope), ownerKey({ namespace: scope.namespace, pod: scope.pod })];
}

function ownerKey(owner: LogOwner): string {
  if ('node' in owner) return `node ${owner.node}${owner.unit === undefined ? '' : `/${owner.unit}`}`;
  const pod = `pod ${owner.namespace}/${owner.pod}`;
  return owner.container === undefined ? pod : `${pod}/${owner.container}`;
}
