import { type ConfigMapItem, configMaps, type SecretItem, secrets } from '../artifacts/resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import type { Lookup } from '../model/coverage.ts';
import type { ObjectRef } from '../model/subject.ts';
import type { ConfigKind } from './config-error.ts';
import { dataKeysOf } from './data-keys.ts';
import { closestName, nameFinder } from './name-likeness.ts';

/** The Secrets and ConfigMaps pods are configured from: whether they exist, and what is likely meant when not. */
export interface ConfigSources {
  lookup(source: ConfigSource): Lookup<SecretItem | ConfigMapItem>;
  /** The existing object of the namespace whose name comes nearest; undefined when none does. */
  nearest(source: ConfigSource): ObjectRef | undefined;
  /** The key of an existing object that comes nearest to the wanted one. */
  nearestKey(source: ConfigSource, key: string): string | undefined;
}

/** A Secret or ConfigMap as a pod names it. */
export interface ConfigSource {
  readonly kind: ConfigKind;
  readonly namespace: string;
  readonly name: string;
}

/** Secrets and ConfigMaps by name. Optional: the kubelet's own words suffice without them. */
export const configSources = defineDerived({
  id: 'config-sources',
  title: 'Secrets and ConfigMaps by name',
  needs: { secrets: optional(secrets), configMaps: optional(configMaps) },
  derive(inputs): ConfigSources {
    const nearest = {
      Secret: nameFinder(inputs.secrets.items),
      ConfigMap: nameFinder(inputs.configMaps.items),
    };
    function lookup(source: ConfigSource): Lookup<SecretItem | ConfigMapItem> {
      return source.kind === 'Secret' ? inputs.secrets.lookup(source) : inputs.configMaps.lookup(source);
    }
    return {
      lookup,
      nearest({ kind, namespace, name }) {
        const found = nearest[kind](namespace, name);
        return found === undefined ? undefined : { group: '', kind, namespace, name: found };
      },
      nearestKey(source, key) {
        const found = lookup(source);
        return found.state === 'present' ? closestName(key, dataKeysOf(found.item)) : undefined;
      },
    };
  },
});

/** The token of a kind, to cite what was searched. */
export function artifactOf(kind: ConfigKind): typeof secrets | typeof configMaps {
  return kind === 'Secret' ? secrets : configMaps;
}
