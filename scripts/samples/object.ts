import { createHash } from 'node:crypto';
import type { ApiObject } from './scenario.ts';

/** The moment of all samples: a Tuesday, 09:30 UTC. */
export const TIME = '2026-03-03T09:30:00Z';

export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;

/** Fields of an object, as JSON. */
export type Parts = Readonly<Record<string, unknown>>;

/** An ISO time so many seconds before the moment of the samples. */
export function ago(seconds: number): string {
  return new Date(Date.parse(TIME) - seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** As {@link ago}, with microseconds, as leases have it. */
export function microAgo(seconds: number): string {
  return new Date(Date.parse(TIME) - seconds * 1000).toISOString().replace('Z', '000Z');
}

/** The uid of an object, the same in every sample. */
export function uidOf(kind: string, namespace: string | undefined, name: string): string {
  const hex = createHash('sha256')
    .update(`${kind}/${namespace ?? ''}/${name}`)
    .digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** What an object is called and how old it is, seconds; 41 days unless said. */
export interface Identity {
  readonly kind: string;
  readonly apiVersion?: string;
  readonly namespace?: string;
  readonly name: string;
  readonly age?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly owner?: ApiObject;
}

/** An object with the metadata the API server would have given it. */
export function objectOf(identity: Identity, parts: Parts = {}): ApiObject {
  const { apiVersion = 'v1', kind, namespace, name, age = 41 * DAY, labels, annotations, owner } = identity;
  const uid = uidOf(kind, namespace, name);
  const { metadata, ...rest } = parts as { metadata?: Parts };
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid,
      resourceVersion: String(1000 + (Number.parseInt(uid.slice(0, 6), 16) % 180_000)),
      creationTimestamp: ago(age),
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ...(owner ? { ownerReferences: [ownerReference(owner)] } : {}),
      ...metadata,
    },
    ...rest,
  };
}

function ownerReference({ apiVersion, kind, metadata }: ApiObject): Parts {
  const { name, uid } = metadata;
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** A condition of a status. */
export function condition(type: string, status: 'True' | 'False', since: number, parts: Parts = {}): Parts {
  return { type, status, lastTransitionTime: ago(since), ...parts };
}

/** An event about an object; `age` is that of its last occurrence. */
export function eventAbout(
  about: ApiObject,
  what: {
    readonly type?: 'Normal' | 'Warning';
    readonly reason: string;
    readonly message: string;
    readonly age: number;
    readonly first?: number;
    readonly count?: number;
    readonly source: Parts;
    readonly fieldPath?: string;
  },
): ApiObject {
  const { type = 'Normal', reason, message, age, first = age, count = 1, source, fieldPath } = what;
  const { name, namespace = 'default', uid, resourceVersion } = about.metadata;
  const suffix = uidOf('Event', namespace, `${name} ${reason} ${message}`).replaceAll('-', '').slice(0, 16);
  return objectOf(
    { kind: 'Event', namespace, name: `${name}.${suffix}`, age: first },
    {
      involvedObject: {
        kind: about.kind,
        namespace,
        name,
        uid,
        apiVersion: about.apiVersion,
        resourceVersion,
        ...(fieldPath === undefined ? {} : { fieldPath }),
      },
      reason,
      message,
      source,
      firstTimestamp: ago(first),
      lastTimestamp: ago(age),
      count,
      type,
      eventTime: null,
      reportingComponent: String(source.component ?? ''),
      reportingInstance: String(source.host ?? ''),
    },
  );
}

/** A log as the kubelet gives it with timestamps; `age` of each line in seconds, oldest first. */
export function logOf(lines: readonly (readonly [age: number, text: string])[]): string {
  return lines.map(([age, text]) => `${ago(age).replace('Z', '.184020417Z')} ${text}\n`).join('');
}

/** The lines of one log of a container, by the key the scenario finds it with. */
export type LogEntry = readonly [key: string, text: string];

/** What one part of a cluster adds to a scenario. */
export interface ClusterPart {
  readonly objects: readonly ApiObject[];
  readonly logs: readonly LogEntry[];
}
