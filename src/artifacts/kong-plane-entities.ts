import { document } from '../model/artifact.ts';
import { listIn, numberIn, objectIn, parseJsonObject, stringIn } from './json-bytes.ts';

/** How many entities of one kind a control plane holds. */
export interface KongEntityCount {
  /** `services`, `routes`, `consumers`, … as the Admin API names them. */
  readonly entity: string;
  readonly count: number;
  /** Size of the entities as the Admin API writes them in JSON, bytes. */
  readonly bytes: number;
  /** False when there are more than were counted. */
  readonly whole: boolean;
}

/** The size of a control plane's configuration. */
export interface KongPlaneEntities {
  readonly counts: readonly KongEntityCount[];
  readonly entities: number;
  /** Bytes of all entities counted; a lower bound of the configuration that data planes keep. */
  readonly bytes: number;
  /** True when every kind asked for was counted to its end. */
  readonly whole: boolean;
  /** Kinds that could not be counted, each with its reason. */
  readonly errors: readonly string[];
}

/**
 * Kinds that are counted. Certificates, keys and credentials are not asked for: their replies hold secrets, and
 * few of them make a configuration large.
 */
export const KONG_ENTITIES = [
  'services',
  'routes',
  'consumers',
  'plugins',
  'upstreams',
  'snis',
  'ca_certificates',
] as const;

/**
 * Entities of a Kong control plane, counted by paging its Admin API; no entity is stored. Scope object Pod, or
 * endpoint when a URL was given. Stored: `{counts: [{entity, count, bytes, whole}], errors: []}`.
 */
export const kongPlaneEntities = document<KongPlaneEntities>({
  id: 'kong-plane-entities',
  title: 'Size of the Kong configuration',
  contentType: 'json',
  maxBytes: 1024 * 1024,
  parse(bytes) {
    const stored = parseJsonObject(bytes);
    const counts = listIn(stored.counts).flatMap((one): KongEntityCount[] => {
      const { entity, count, bytes: size, whole } = objectIn(one);
      const [name, amount] = [stringIn(entity), numberIn(count)];
      if (name === undefined || amount === undefined) return [];
      return [{ entity: name, count: amount, bytes: numberIn(size) ?? 0, whole: whole !== false }];
    });
    const errors = listIn(stored.errors).filter((one) => typeof one === 'string');
    return {
      counts,
      entities: counts.reduce((sum, { count }) => sum + count, 0),
      bytes: counts.reduce((sum, one) => sum + one.bytes, 0),
      whole: errors.length === 0 && counts.every(({ whole }) => whole),
      errors,
    };
  },
});
