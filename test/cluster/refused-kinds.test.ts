import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leases } from '../../collectors/control-plane/leases.ts';
import { events } from '../../collectors/kubernetes/events.ts';
import { resources } from '../../collectors/kubernetes/resources.ts';
import { connect } from '../../src/kube/connect.ts';
import { type CollectedBundle, collectBundle } from '../support/collect-bundle.ts';
import { type Cluster, START_MS, startCluster } from './cluster.ts';
import { type ListableKind, listableKinds } from './kubectl-lists.ts';
import { apply } from './workloads.ts';

/** Seen as the events of the core group; and not at all, since asking for it probes hosts. */
const NOT_LISTED: ReadonlySet<string> = new Set([
  'resources:events.k8s.io/Event',
  'resources:core/ComponentStatus',
]);
/** Sixty collections, each of every kind. */
const ALL_KINDS_MS = 600_000;

let cluster: Cluster;
let kinds: ListableKind[];
let whole: Map<string, string>;

beforeAll(async () => {
  cluster = await startCluster();
  kinds = (await listableKinds(cluster.plane)).filter(({ artifact }) => !NOT_LISTED.has(artifact));
  await apply(cluster.plane, kinds.flatMap(roleWithout));
  whole = objectsOf(await collectAs(cluster.plane.kubeconfig), '');
}, START_MS);

afterAll(async () => {
  await cluster?.stop();
}, 30_000);

function nameOf({ artifact }: ListableKind): string {
  return `without-${artifact.slice('resources:'.length).toLowerCase().replace('/', '-')}`;
}

function groupOf({ apiVersion }: ListableKind): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

/** A user of the API server's own authorisation who may list everything else. */
function roleWithout(refused: ListableKind) {
  const name = nameOf(refused);
  const rbac = 'rbac.authorization.k8s.io';
  const others = kinds.filter(({ artifact }) => artifact !== refused.artifact);
  const rules = others.map((kind) => ({
    apiGroups: [groupOf(kind)],
    resources: [kind.name],
    verbs: ['list'],
  }));
  return [
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name }, rules },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
      subjects: [{ apiGroup: rbac, kind: 'User', name }],
    },
  ];
}

async function collectAs(kubeconfig: string): Promise<CollectedBundle> {
  const signal = new AbortController().signal;
  return collectBundle(await connect({ kubeconfig, signal, env: {} }), [events, leases, resources]);
}

/** Names of the objects of each list but those of one artifact, by path. */
function objectsOf({ manifest, entries }: CollectedBundle, except: string): Map<string, string> {
  // Events and leases come and go by themselves.
  const unsteady = /Event$|Lease$/;
  const lists = manifest.entries.filter(
    ({ artifact }) => artifact.startsWith('resources:') && artifact !== except && !unsteady.test(artifact),
  );
  return new Map(
    lists.map(({ path }) => {
      const { items } = JSON.parse(entries.get(path) ?? '') as { items: { metadata: { name: string } }[] };
      return [
        path,
        items
          .map(({ metadata }) => metadata.name)
          .sort()
          .join(' '),
      ];
    }),
  );
}

describe('a user who may list every kind but one, each in turn', () => {
  it(
    'misses that kind, knows the missing rule, and has all others',
    async () => {
      expect(kinds.length).toBeGreaterThan(50);
      for (const kind of kinds) {
        const user = nameOf(kind);
        const result = await collectAs(await cluster.plane.userKubeconfig({ name: user }));

        const rows = result.manifest.coverage.filter(({ artifact }) => artifact === kind.artifact);
        expect(rows.length, user).toBeGreaterThan(0);
        for (const row of rows) {
          expect(row, user).toMatchObject({ outcome: 'forbidden', reason: expect.stringMatching(/./) });
          const { rule } = row.fix ?? {};
          expect(rule, user).toMatchObject({ apiGroups: [groupOf(kind)], resources: [kind.name] });
        }
        const path = join('resources', groupOf(kind) || 'core', kind.name);
        const expected = new Map([...whole].filter(([one]) => !one.startsWith(`${path}/`)));
        expect(Object.fromEntries(objectsOf(result, kind.artifact)), user).toEqual(
          Object.fromEntries(expected),
        );
      }
    },
    ALL_KINDS_MS,
  );
});
