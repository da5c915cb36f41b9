import type { ServiceEntryItem } from '../artifacts/istio-resources.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { oldestFirst } from './creation-order.ts';
import { type FirstSeen, firstSeen } from './istio-visibility.ts';

/** A port of a ServiceEntry. */
export interface EntryPort {
  readonly entry: ServiceEntryItem;
  /** Position in `spec.ports`. */
  readonly index: number;
  readonly number: number;
  readonly protocol: string;
}

/** Two ServiceEntries that do not go together, the older one first. */
export interface EntryConflict {
  readonly first: EntryPort;
  readonly other: EntryPort;
  /** Hosts of both, for conflicts over a host. */
  readonly hosts: readonly string[];
}

function portsOf(entries: readonly ServiceEntryItem[]): EntryPort[] {
  const alive = entries.filter(({ metadata }) => !metadata.deletionTimestamp);
  return oldestFirst(alive).flatMap((entry) =>
    (entry.spec?.ports ?? []).flatMap(({ number, protocol = '' }, index) =>
      number === undefined ? [] : [{ entry, index, number, protocol: protocol.toUpperCase() }],
    ),
  );
}

/**
 * TCP ports of ServiceEntries without addresses: nothing but the port tells their traffic from that of others
 * (IST0134). Entries that leave the destination as it is (`NONE`), or were given addresses, are well.
 */
export function portsWithoutAddress(entries: readonly ServiceEntryItem[]): EntryPort[] {
  return portsOf(
    entries.filter(({ spec, status }) => {
      const { addresses = [], resolution = 'NONE' } = spec ?? {};
      return addresses.length === 0 && (status?.addresses ?? []).length === 0 && resolution !== 'NONE';
    }),
  ).filter(({ protocol }) => protocol === 'TCP' || protocol === '');
}

/** Of several entries without addresses on a port the oldest takes all of its traffic. */
export function takenPorts(ports: readonly EntryPort[]): EntryConflict[] {
  const byPort = new Map<number, EntryPort[]>();
  for (const one of ports) getOrCreate(byPort, one.number, () => []).push(one);
  return [...byPort.values()].flatMap((group) => {
    const older = firstSeen<EntryPort>(({ entry }) => entry);
    return group.flatMap((other) => {
      const first = older.before(other);
      older.add(other);
      return first && first.entry !== other.entry ? [{ first, other, hosts: [] }] : [];
    });
  });
}

/** Entries that give one host and port different protocols (IST0177). */
export function protocolConflicts(entries: readonly ServiceEntryItem[]): EntryConflict[] {
  const byHost = new Map<string, EntryPort[]>();
  for (const one of portsOf(entries)) {
    for (const host of new Set(one.entry.spec?.hosts ?? []))
      getOrCreate(byHost, `${one.number} ${host.toLowerCase()}`, () => []).push(one);
  }
  const found = new Map<string, { first: EntryPort; other: EntryPort; hosts: string[] }>();
  for (const [key, group] of byHost) {
    const older = new Map<string, FirstSeen<EntryPort>>();
    for (const other of group) {
      const first = [...older]
        .filter(([protocol]) => protocol !== other.protocol)
        .map(([, seen]) => seen.before(other))
        .find((one) => one !== undefined && one.entry !== other.entry);
      getOrCreate(older, other.protocol, () => firstSeen<EntryPort>(({ entry }) => entry)).add(other);
      if (!first) continue;
      const [port = '', host = ''] = key.split(' ');
      const pair = [first, other].map(({ entry: { metadata } }) => `${metadata.namespace}/${metadata.name}`);
      getOrCreate(found, [...pair, port].join(' '), () => ({ first, other, hosts: [] })).hosts.push(host);
    }
  }
  return [...found.values()];
}
