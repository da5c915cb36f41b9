import { kindsOf } from '../../scripts/samples/kinds.ts';
import { ago, objectOf } from '../../scripts/samples/object.ts';
import type { ApiObject, Scenario } from '../../scripts/samples/scenario.ts';
import { SCENARIOS } from '../../scripts/samples/scenarios.ts';
import type { FakeCluster } from '../support/fake-kube.ts';
import { base64, type Canary, secretsFor } from './canary.ts';
import { LINES } from './canary-lines.ts';
import { plantedObjects } from './canary-objects.ts';

/** A cluster with secrets in every place where they are met. */
export interface CanaryCluster {
  readonly cluster: FakeCluster;
  /** Removed by what they look like or where they stand. */
  readonly canaries: readonly Canary[];
  /** Secrets of the cluster that reappear with nothing around that tells: only `--known-secrets` finds them. */
  readonly reappearing: readonly Canary[];
}

const POD = 'canary-lines';
/** The sample has a container that crashes, so that reports quote the end of its log. */
const SAMPLE = 'database-credentials-refused';

/** What is planted: objects of the namespace `shop`, and a log without times of its containers called `app`. */
export interface Planted {
  readonly objects: readonly ApiObject[];
  readonly log: string;
  readonly canaries: readonly Canary[];
  readonly reappearing: readonly Canary[];
}

/** Every secret in every place, and the places. */
export function plant(): Planted {
  const canaries: Canary[] = [];
  const places = plantedObjects(secretsFor);
  for (const [name, { secret }] of places) canaries.push({ name: `object: ${name}`, secret });
  const known = knownValues();
  const objects = [
    ...[...places.values()].map(({ object }) => object),
    ...inConfigMaps(canaries),
    ...inEvents(canaries),
    linesPod(),
    ...known.objects,
  ];
  const log = `${linesIn('log', canaries)}\n${known.log}`;
  return { objects, log, canaries, reappearing: known.canaries };
}

/** The sample cluster with everything planted. */
export async function canaryCluster(): Promise<CanaryCluster> {
  const scenario = await SCENARIOS.get(SAMPLE)!();
  const { objects, log, canaries, reappearing } = plant();
  const more: Canary[] = [];
  const logs = { [`shop/${POD}/app`]: stamped(log), ...crashing(scenario, more) };
  return { canaries: [...canaries, ...more], reappearing, cluster: clusterOf(scenario, objects, logs) };
}

/** Every shape once, with secrets of this place, one after another. */
export function linesIn(place: string, canaries: Canary[]): string {
  return Object.entries(LINES)
    .map(([shape, make]) => lineIn(place, shape, make, canaries))
    .join('\nan ordinary message\n');
}

function lineIn(place: string, shape: string, make: (typeof LINES)[string], canaries: Canary[]): string {
  const name = `${place}: ${shape}`;
  return make(secretsFor(name), (secret) => canaries.push({ name, secret }));
}

function clusterOf(
  scenario: Scenario,
  planted: readonly ApiObject[],
  logs: Readonly<Record<string, string>>,
): FakeCluster {
  // Leases of the day of the sample would be waited for.
  const objects = [...scenario.objects, ...planted].filter(({ kind }) => kind !== 'Lease');
  return { resources: kindsOf(objects), objects, logs: { ...Object.fromEntries(scenario.logs), ...logs } };
}

/** The end of the log of what crashes, as reports quote it. */
function crashing(scenario: Scenario, canaries: Canary[]): Record<string, string> {
  const crashed = [...scenario.logs.keys()].filter(
    (key) => key.startsWith('shop/') && key.endsWith('/previous'),
  );
  return Object.fromEntries(
    crashed.map((key) => [key, `${scenario.logs.get(key)}${stamped(linesIn(`end of ${key}`, canaries))}`]),
  );
}

function inConfigMaps(canaries: Canary[]): ApiObject[] {
  return Object.entries(LINES).map(([shape, make], index) =>
    objectOf(
      { kind: 'ConfigMap', namespace: 'shop', name: `canary-line-${index}` },
      { data: { 'a.txt': `first\n${lineIn('ConfigMap', shape, make, canaries)}\nlast\n` } },
    ),
  );
}

function inEvents(canaries: Canary[]): ApiObject[] {
  return Object.entries(LINES).map(([shape, make], index) =>
    objectOf(
      { kind: 'Event', namespace: 'shop', name: `canary-event-${index}`, age: 60 },
      {
        type: 'Warning',
        reason: 'Failed',
        message: lineIn('event', shape, make, canaries),
        involvedObject: { kind: 'Pod', namespace: 'shop', name: POD },
        firstTimestamp: ago(60),
        lastTimestamp: ago(30),
        count: 2,
      },
    ),
  );
}

function linesPod(): ApiObject {
  return objectOf(
    { kind: 'Pod', namespace: 'shop', name: POD },
    {
      spec: { nodeName: 'worker-1', containers: [{ name: 'app', image: 'r.example/a:1' }] },
      status: {
        phase: 'Running',
        containerStatuses: [{ name: 'app', ready: true, restartCount: 0, state: { running: {} } }],
      },
    },
  );
}

/** A Secret, and its values in places where nothing says what they are. */
function knownValues(): { objects: ApiObject[]; log: string; canaries: Canary[] } {
  const secrets = secretsFor('known');
  const forms: Readonly<Record<string, (s: string) => string>> = {
    plain: (s) => `connected as ${s} at last`,
    quoted: (s) => `the answer was "${s}"`,
    'in a path': (s) => `GET /files/${s}/index.html`,
    'in base64': (s) => `payload ${base64(s)} sent`,
    'in longer base64': (s) => `payload ${base64(`x:${s}:yz`)} sent`,
    'in still longer base64': (s) => `payload ${base64(`xy${s}yz`)} sent`,
    'in a URL': (s) => `GET /x?name=${encodeURIComponent(`${s}+/`)}`,
    'in JSON': (s) => JSON.stringify({ text: JSON.stringify({ text: `${s}"\\` }) }),
  };
  const rows = Object.entries(forms).map(([name, form]) => {
    const secret = secrets();
    const value = name === 'in a URL' ? `${secret}+/` : name === 'in JSON' ? `${secret}"\\` : secret;
    return { name: `known value ${name}`, secret, value, line: form(secret) };
  });
  const data = Object.fromEntries(rows.map(({ value }, index) => [`password-${index}`, base64(value)]));
  return {
    objects: [
      objectOf({ kind: 'Secret', namespace: 'shop', name: 'canary-known' }, { type: 'Opaque', data }),
      ...rows.map(({ line }, index) =>
        objectOf(
          { kind: 'ConfigMap', namespace: 'shop', name: `canary-known-${index}` },
          { data: { text: line } },
        ),
      ),
    ],
    log: rows.map(({ line }) => line).join('\n'),
    canaries: rows.map(({ name, secret }) => ({ name, secret })),
  };
}

function stamped(text: string): string {
  return text
    .split('\n')
    .map((line) => `2026-03-03T09:29:00.184020417Z ${line}\n`)
    .join('');
}
