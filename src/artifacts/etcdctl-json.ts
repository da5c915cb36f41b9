import type {
  EtcdAlarm,
  EtcdEndpointHealth,
  EtcdEndpointStatus,
  EtcdMember,
  EtcdStatus,
  StoredEtcdctl,
} from './etcd-status.ts';
import { listIn, numberIn, objectIn, stringIn } from './json-bytes.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Integers JavaScript cannot hold: etcd prints uint64 ids as bare numbers. */
const LONG_INTEGER = /([:[,]\s*)(\d{16,20})(?=\s*[,}\]])/g;
const STRING = /"(?:[^"\\]|\\.)*"/g;
/** `AlarmType` of etcdserverpb. */
const ALARMS: Readonly<Record<number, string>> = { 1: 'NOSPACE', 2: 'CORRUPT' };
const UNREACHABLE = /Failed to get the status of endpoint (\S+) \((.*)\)\s*$/gm;

/** What the runs of `etcdctl -w json` say, whichever of them answered; a later answer of a kind wins. */
export function readEtcdctl(runs: readonly StoredEtcdctl[]): Omit<EtcdStatus, 'http' | 'version'> {
  let members: EtcdMember[] | undefined;
  let alarms: EtcdAlarm[] | undefined;
  const statuses = new Map<string, EtcdEndpointStatus>();
  const health = new Map<string, EtcdEndpointHealth>();
  const unreachable = new Map<string, string>();
  const failures: { command: string; error: string }[] = [];
  for (const run of runs) {
    for (const [, endpoint = '', error = ''] of (run.stderr ?? '').matchAll(UNREACHABLE)) {
      unreachable.set(endpoint, error);
    }
    const answer = parseAnswer(run.stdout);
    if (answer === undefined) failures.push({ command: run.command, error: failureOf(run) });
    else if (run.command.startsWith('member list')) members = listIn(objectIn(answer).members).map(memberOf);
    else if (run.command.startsWith('alarm list')) alarms = listIn(objectIn(answer).alarms).map(alarmOf);
    else if (run.command.startsWith('endpoint health')) {
      for (const one of listIn(answer).map(healthOf)) health.set(one.endpoint, one);
    } else if (run.command.startsWith('endpoint status')) {
      for (const one of listIn(answer).map(statusOf)) statuses.set(one.endpoint, one);
    }
  }
  return {
    ...(members === undefined ? {} : { members }),
    statuses: [...statuses.values()],
    health: [...health.values()],
    ...(alarms === undefined ? {} : { alarms }),
    unreachable: [...unreachable]
      .filter(([endpoint]) => !statuses.has(endpoint))
      .map(([endpoint, error]) => ({ endpoint, error })),
    failures,
  };
}

/** JSON with its 64-bit integers as strings; undefined when nothing or no JSON was printed. */
function parseAnswer(stdout: string | undefined): unknown {
  const text = stdout?.trim();
  if (!text) return undefined;
  try {
    return JSON.parse(quoteLongIntegers(text));
  } catch {
    return undefined;
  }
}

/** Quotes integers of 16 and more digits, those inside strings left alone. */
export function quoteLongIntegers(text: string): string {
  const pieces: string[] = [];
  let end = 0;
  for (const match of text.matchAll(STRING)) {
    pieces.push(text.slice(end, match.index).replace(LONG_INTEGER, '$1"$2"'), match[0]);
    end = match.index + match[0].length;
  }
  pieces.push(text.slice(end).replace(LONG_INTEGER, '$1"$2"'));
  return pieces.join('');
}

function failureOf({ error, stderr = '' }: StoredEtcdctl): string {
  // etcdctl logs a JSON line before it says `Error: …`.
  const said = stderr.split('\n').filter((line) => line.startsWith('Error: '));
  return error ?? said.at(-1)?.slice('Error: '.length) ?? (stderr.trim().split('\n').at(-1) || 'no answer');
}

function memberOf(value: unknown): EtcdMember {
  const fields = objectIn(value);
  return {
    id: idIn(fields.ID) ?? '',
    name: stringIn(fields.name) ?? '',
    peerURLs: strings(fields.peerURLs),
    // etcdctl 3.5 writes `clientURLS` with --hex.
    clientURLs: strings(fields.clientURLs ?? fields.clientURLS),
    isLearner: fields.isLearner === true,
  };
}

function alarmOf(value: unknown): EtcdAlarm {
  const { memberID, alarm } = objectIn(value);
  const known = typeof alarm === 'number' ? ALARMS[alarm] : undefined;
  return { memberId: idIn(memberID) ?? '', alarm: known ?? String(alarm ?? '') };
}

function healthOf(value: unknown): EtcdEndpointHealth {
  const { endpoint, health, error } = objectIn(value);
  const text = stringIn(error);
  return {
    endpoint: stringIn(endpoint) ?? '',
    healthy: health === true,
    ...(text ? { error: text.trim() } : {}),
  };
}

function statusOf(value: unknown): EtcdEndpointStatus {
  const fields = objectIn(value);
  const status = objectIn(fields.Status);
  const header = objectIn(status.header);
  return {
    endpoint: stringIn(fields.Endpoint) ?? '',
    ...optionalText('memberId', idIn(header.member_id)),
    ...optionalText('clusterId', idIn(header.cluster_id)),
    ...optionalText('version', stringIn(status.version)),
    ...optionalText('revision', idIn(header.revision)),
    ...numbers(status, ['dbSize', 'dbSizeInUse', 'dbSizeQuota', 'raftTerm', 'raftIndex', 'raftAppliedIndex']),
    ...optionalText('leader', leaderIn(status.leader)),
    isLearner: status.isLearner === true,
    errors: strings(status.errors).map((error) => error.trim()),
  };
}

/** Zero is how a member without a leader prints it where the field is not left out. */
function leaderIn(value: unknown): string | undefined {
  const id = idIn(value);
  return id === '0' ? undefined : id;
}

function numbers<K extends string>(fields: Fields, names: readonly K[]): { readonly [N in K]?: number } {
  const found: { [N in K]?: number } = {};
  for (const name of names) {
    const value = numberIn(fields[name]);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function optionalText<K extends string>(name: K, value: string | undefined): { readonly [N in K]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [N in K]?: string };
}

/** An id as decimal text: quoted above, small enough to have stayed a number, or hex of `--hex`. */
function idIn(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return undefined;
  return /^\d+$/.test(value) ? value : hexToDecimal(value);
}

function hexToDecimal(value: string): string | undefined {
  return /^[0-9a-f]{1,16}$/i.test(value) ? BigInt(`0x${value}`).toString() : undefined;
}

function strings(value: unknown): string[] {
  return listIn(value).filter((element) => typeof element === 'string');
}
