import { apiDiscovery } from '../artifacts/api-discovery.ts';
import type { ListHead } from '../layouts/item-visitor.ts';
import { createResourceItems, itemType } from '../layouts/items.ts';
import type { ContentEntry, Layout } from '../layouts/layout.ts';
import type { LogOwners } from '../layouts/log-owners.ts';
import { type BundleReading, readBundle } from '../layouts/read.ts';
import { RESOURCE_NAMES } from '../layouts/resource-names.ts';
import { createServerTimes } from '../layouts/server-times.ts';
import { resourcesId } from '../model/artifact.ts';
import type { Observation } from '../model/observation.ts';
import { learnFromObject } from '../redact/learned-names.ts';
import type { Obfuscation } from '../redact/obfuscate.ts';
import { collectSink } from './collect-sink.ts';
import type { EntrySink } from './entry-sink.ts';
import { checkJsonBounds } from './json-bounds.ts';
import { READ_LIMITS } from './limits.ts';
import { learnFromScope } from './obfuscating.ts';
import type { ReadOptions } from './reader.ts';

/** What has to be known of a bundle before the first entry of its new form is written. */
export interface Survey {
  readonly layout: Layout;
  readonly reading: BundleReading;
  /** When entries were read that do not say it themselves; undefined: nobody knows. */
  readonly observedAt: Observation | undefined;
  /** uid of the namespace kube-system. */
  readonly clusterId: string | undefined;
  /** Artifact ids the API server serves; undefined: discovery is not in the bundle. */
  readonly served: ReadonlySet<string> | undefined;
  /** The plural of a kind. */
  plural(group: string, kind: string): string;
}

/** Bytes at the end of a log that are searched for its last time. */
const LOG_TAIL = 8192;

/** Bytes of a record of discovery. */
const DISCOVERY_MAX = 16 * 1024 * 1024;

/** How a bundle is surveyed. */
export interface SurveyOptions extends ReadOptions {
  /** Learns the names that are to be replaced. */
  readonly obfuscation?: Obfuscation;
  /** Takes the pods, for logs whose name does not tell by itself whose they are. */
  readonly logOwners?: LogOwners;
}

/** Reads a bundle once for what its entries do not say one by one. Throws UserError as every reading does. */
export async function surveyBundle(input: string, options: SurveyOptions): Promise<Survey> {
  const { obfuscation, logOwners } = options;
  const times = createTimes();
  const plurals = new Map<string, string>();
  let served: Set<string> | undefined;
  let clusterId: string | undefined;

  function takeItem(bytes: Buffer, head: ListHead, { hint, sample }: ResourcesEntry): void {
    const object = attempt(() => {
      checkJsonBounds(bytes, options.limits ?? READ_LIMITS);
      return JSON.parse(bytes.toString()) as unknown;
    });
    times.ofItem(object);
    if (obfuscation) learnFromObject(object, obfuscation);
    if (logOwners && sample === 0 && isPod(itemType(fieldsOf(object), head, hint)))
      takePod(object, logOwners);
    const metadata = fieldsOf(fieldsOf(object).metadata);
    const isNamespace = fieldsOf(object).kind === 'Namespace' || fieldsOf(object).kind === undefined;
    if (isNamespace && metadata.name === 'kube-system' && metadata.namespace === undefined)
      clusterId ??= typeof metadata.uid === 'string' ? metadata.uid : undefined;
  }

  function takeDiscovery(bytes: Buffer): void {
    const found = attempt(() => apiDiscovery.parse(bytes));
    if (found === undefined) return;
    served ??= new Set();
    for (const { group, kind, plural } of found.resources) {
      plurals.set(resourcesId(group, kind), plural);
      served.add(resourcesId(group, kind));
    }
  }

  const reading = await readBundle(
    input,
    {
      onEntry(entry): EntrySink | undefined {
        if (entry.observedAt?.source === 'file-time') times.ofFile(entry.observedAt);
        if (obfuscation) learnFromEntry(entry, obfuscation);
        if (entry.kind === 'log') return tailSink(times.ofLog);
        if (entry.kind === 'document')
          return entry.artifact === apiDiscovery.id ? collectSink(DISCOVERY_MAX, takeDiscovery) : undefined;
        return createResourceItems(
          entry,
          { item: (bytes, _position, head) => takeItem(bytes, head, entry), end: () => {} },
          options.limits,
        );
      },
    },
    options,
  );
  return {
    layout: reading.layout,
    reading,
    observedAt: reading.about?.observedAt ?? times.observation(),
    clusterId,
    served,
    plural: (group, kind) =>
      plurals.get(resourcesId(group, kind)) ?? BUILT_IN_PLURALS.get(resourcesId(group, kind)) ?? guess(kind),
  };
}

type ResourcesEntry = Extract<ContentEntry, { kind: 'resources' }>;

function isPod(type: ReturnType<typeof itemType>): boolean {
  return type?.group === '' && type.kind === 'Pod';
}

function takePod(object: unknown, owners: LogOwners): void {
  const { name, namespace } = fieldsOf(fieldsOf(object).metadata);
  const { containers, initContainers } = fieldsOf(fieldsOf(object).spec);
  if (typeof name !== 'string' || typeof namespace !== 'string') return;
  owners.add(namespace, name, [...namesIn(containers), ...namesIn(initContainers)]);
}

function namesIn(containers: unknown): string[] {
  if (!Array.isArray(containers)) return [];
  return containers.map((one) => fieldsOf(one).name).filter((name) => typeof name === 'string');
}

function learnFromEntry(entry: ContentEntry, obfuscation: Obfuscation): void {
  const scopes = entry.kind === 'log' ? entry.sections.map(({ scope }) => scope) : [entry.scope];
  for (const scope of scopes) if (scope) learnFromScope(scope, obfuscation);
}

/** The plural of a kind no record names, as most are made (RESTMapper's guess in apimachinery). */
function guess(kind: string): string {
  const lower = kind.toLowerCase();
  if (/(?:s|x|ch|sh)$/.test(lower)) return `${lower}es`;
  return /[^aeiou]y$/.test(lower) ? `${lower.slice(0, -1)}ies` : `${lower}s`;
}

const BUILT_IN_PLURALS: ReadonlyMap<string, string> = new Map(
  [...RESOURCE_NAMES].map(([name, { apiVersion, kind }]) => {
    const type = itemType({ apiVersion, kind }, {}, undefined);
    return [resourcesId(type?.group ?? '', kind), name.split('.', 1)[0] ?? ''] as const;
  }),
);

/** Finds the newest time a server wrote, and the newest time of a file. */
function createTimes() {
  const servers = createServerTimes();
  let file: Observation | undefined;

  return {
    ofItem: servers.ofItem,
    ofLog(tail: string): void {
      for (const [, time] of tail.matchAll(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z)\s/gm))
        servers.note(time, true);
    },
    ofFile(observation: Observation): void {
      if (file === undefined || observation.time > file.time) file = observation;
    },
    observation: (): Observation | undefined => servers.observation() ?? file,
  };
}

function tailSink(done: (tail: string) => void): EntrySink {
  let tail = Buffer.alloc(0);
  return {
    chunk(bytes) {
      const last = bytes.subarray(Math.max(0, bytes.length - LOG_TAIL));
      tail = Buffer.concat([tail, last]).subarray(-LOG_TAIL);
    },
    end: () => done(tail.toString()),
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
