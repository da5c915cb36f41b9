import { randomBytes } from 'node:crypto';
import { type KubeWrites, MANAGED_BY, type TemporaryObjects } from '../model/kube-writes.ts';
import { reasonOf } from './outcome.ts';

/** A request of ours must not be left in the air when the user interrupts, nor hold up the end for long. */
const CREATE_MS = 30_000;
const REMOVE_MS = 15_000;

/** An object of ours that is still there when the collection has ended. */
export interface LeftOver {
  /** Path of the object at the API server. */
  readonly path: string;
  readonly reason: string;
}

/** The objects of one collection. */
export interface TemporaryRecord {
  readonly objects: TemporaryObjects;
  /** Removes everything that was created, the newest first; never throws. */
  removeAll(): Promise<readonly LeftOver[]>;
}

/**
 * Keeps track of what a collection creates. Names are chosen here, so that an object whose answer was lost is
 * removed as well; a create under way is waited for, since it would come after its own removal otherwise.
 */
export function createTemporary(connect: () => Promise<KubeWrites>): TemporaryRecord {
  const paths: string[] = [];
  const creating = new Set<Promise<unknown>>();
  let writes: Promise<KubeWrites> | undefined;
  let ended = false;

  function open(): Promise<KubeWrites> {
    writes ??= connect();
    return writes;
  }

  async function remove(path: string): Promise<LeftOver[]> {
    try {
      await (await open()).remove(path, AbortSignal.timeout(REMOVE_MS));
      return [];
    } catch (error) {
      return [{ path, reason: reasonOf(error) }];
    }
  }

  return {
    objects: {
      async create(collection, { metadata, ...rest }) {
        if (ended) throw new Error('the collection has ended: nothing is created any more');
        const { generateName, ...fields } = metadata;
        const name = `${generateName}${randomBytes(4).toString('hex')}`;
        const labels = { ...(fields.labels as object | undefined), ...MANAGED_BY };
        const body = { ...rest, metadata: { ...fields, name, labels } };
        paths.push(`${collection}/${name}`);
        const work = open().then((access) => access.create(collection, body, AbortSignal.timeout(CREATE_MS)));
        const settled = work.then(
          () => {},
          () => {},
        );
        creating.add(settled);
        settled.finally(() => creating.delete(settled));
        return work;
      },
    },
    async removeAll() {
      ended = true;
      await Promise.all(creating);
      const left: LeftOver[] = [];
      for (const path of paths.splice(0).reverse()) left.push(...(await remove(path)));
      await writes?.then((access) => access.close()).catch(() => {});
      return left;
    },
  };
}
