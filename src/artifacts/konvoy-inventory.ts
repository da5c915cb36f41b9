import { load } from 'js-yaml';
import { document } from '../model/artifact.ts';
import { jsonBytes, listIn, objectIn, parseJsonObject, stringIn } from './json-bytes.ts';

/** A machine of inventory.yaml. */
export interface InventoryHost {
  /** As Ansible calls it; Konvoy writes the address inside the network of the machines. */
  readonly name: string;
  /** `ansible_host`, where to log in: the public address in a cloud; the name where it is not set. */
  readonly address: string;
  /** `control-plane`, `node`, `bastion`, … */
  readonly group: string;
  readonly pool?: string;
}

/** What is used of inventory.yaml, Konvoy's list of machines for Ansible. */
export interface KonvoyInventory {
  readonly hosts: readonly InventoryHost[];
  /** `control_plane_endpoint`; undefined when it is empty. */
  readonly endpoint?: string;
}

/**
 * inventory.yaml of Konvoy 1.x, scope cluster: an inventory of Ansible with the groups `control-plane`, `node` and
 * `bastion`. `reduceKonvoyInventory` makes the body: the file may hold users and keys.
 */
export const konvoyInventory = document<KonvoyInventory>({
  id: 'konvoy-inventory',
  title: 'inventory.yaml of Konvoy',
  contentType: 'json',
  rearranged: true,
  foreign: 'konvoy-configuration',
  maxBytes: 1024 * 1024,
  parse(bytes) {
    const { hosts, endpoint } = parseJsonObject(bytes);
    const listed = listIn(hosts).flatMap((host): InventoryHost[] => {
      const { name, address, group, pool } = objectIn(host);
      if (typeof name !== 'string' || typeof group !== 'string') return [];
      const poolName = stringIn(pool);
      return [
        {
          name,
          address: stringIn(address) ?? name,
          group,
          ...(poolName === undefined ? {} : { pool: poolName }),
        },
      ];
    });
    const at = stringIn(endpoint);
    return { hosts: listed, ...(at ? { endpoint: at } : {}) };
  },
});

/** Whether the first lines of a file are those of such an inventory. */
export function isKonvoyInventory(text: string): boolean {
  return /^control-plane:\s*$/m.test(text) && /^ +hosts:/m.test(text) && !/^apiVersion:/m.test(text);
}

/** Leaves of inventory.yaml what is used of it; throws when it is no YAML or names no group of hosts. */
export function reduceKonvoyInventory(bytes: Uint8Array): Uint8Array {
  const groups = objectIn(load(new TextDecoder().decode(bytes)));
  const hosts = Object.entries(groups).flatMap(([group, value]) =>
    Object.entries(objectIn(objectIn(value).hosts)).map(([name, variables]) => {
      const { ansible_host, node_pool } = objectIn(variables);
      return { name, address: ansible_host, group, pool: node_pool };
    }),
  );
  if (!('control-plane' in groups)) throw new Error('it has no group control-plane');
  return jsonBytes({ hosts, endpoint: objectIn(objectIn(groups.all).vars).control_plane_endpoint });
}
