import { describe, expect, it } from 'vitest';
import { documentCoverage, logsCoverage, resourcesCoverage } from '../../../src/analyze/coverage.ts';
import { addItem, createStore, type Item, type Store } from '../../../src/analyze/store.ts';
import { apiServerVersion } from '../../../src/artifacts/api-server-version.ts';
import { namespaces, nodes, pods } from '../../../src/artifacts/resources.ts';
import type { CoverageRow, Outcome } from '../../../src/model/coverage.ts';
import { CLUSTER_SCOPE, type Scope } from '../../../src/model/scope.ts';

function row(
  artifact: string,
  scope: Scope | string,
  outcome: Outcome,
  parts: Partial<CoverageRow> = {},
): CoverageRow {
  const where: Scope = typeof scope === 'string' ? { type: 'namespace', namespace: scope } : scope;
  return {
    artifact,
    scope: where,
    outcome,
    ...(outcome === 'collected' ? {} : { reason: outcome }),
    ...parts,
  };
}

function storeWith(...rows: CoverageRow[]): Store {
  const store = createStore();
  store.rows.push(...rows);
  return store;
}

function addNamespaces(store: Store, ...names: string[]): void {
  for (const name of names) {
    const item = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } } as Item;
    addItem(store, namespaces.id, 0, item);
  }
}

describe('the coverage of a kind', () => {
  it('is complete after a list of the whole cluster', () => {
    const coverage = resourcesCoverage(storeWith(row(pods.id, CLUSTER_SCOPE, 'collected')), pods);

    expect(coverage.complete).toBe(true);
    expect(coverage.covers('shop')).toBe(true);
    expect(coverage.covers(undefined)).toBe(true);
  });

  it('of a refused kind is a gap everywhere, with its reason and what would help', () => {
    const fix = { flag: '--all' };
    const store = storeWith(row(pods.id, CLUSTER_SCOPE, 'forbidden', { reason: 'not allowed', fix }));

    const coverage = resourcesCoverage(store, pods);

    expect(coverage.complete).toBe(false);
    expect(coverage.covers('shop')).toEqual({
      artifact: pods.id,
      scope: CLUSTER_SCOPE,
      outcome: 'forbidden',
      reason: 'not allowed',
      fix,
    });
  });

  it('is that of each namespace where the cluster as a whole was refused', () => {
    const store = storeWith(
      row(pods.id, CLUSTER_SCOPE, 'forbidden'),
      row(pods.id, 'shop', 'collected'),
      row(pods.id, 'kong', 'timed-out'),
    );

    const coverage = resourcesCoverage(store, pods);

    expect(coverage.complete).toBe(false);
    expect(coverage.covers('shop')).toBe(true);
    expect(coverage.covers('kong')).toMatchObject({ outcome: 'timed-out' });
    expect(coverage.covers('other')).toMatchObject({ outcome: 'forbidden' });
  });

  it('has a gap for each known namespace that was not listed', () => {
    const store = storeWith(
      row(namespaces.id, CLUSTER_SCOPE, 'collected'),
      row(pods.id, 'shop', 'collected'),
    );
    addNamespaces(store, 'shop', 'kong');

    const coverage = resourcesCoverage(store, pods);

    expect(coverage.gaps.map((gap) => gap.scope)).toEqual([{ type: 'namespace', namespace: 'kong' }]);
    expect(coverage.covers('shop')).toBe(true);
  });

  it('is complete when every known namespace was listed', () => {
    const store = storeWith(
      row(namespaces.id, CLUSTER_SCOPE, 'collected'),
      row(pods.id, 'shop', 'collected'),
      row(pods.id, 'kong', 'collected'),
    );
    addNamespaces(store, 'shop', 'kong');

    expect(resourcesCoverage(store, pods).complete).toBe(true);
  });

  it('names the namespaces that were looked at when it is not known which there are', () => {
    const store = storeWith(row(pods.id, 'shop', 'collected'), row(pods.id, 'kong', 'collected'));

    const coverage = resourcesCoverage(store, pods);

    expect(coverage.covers('kong')).toBe(true);
    expect(coverage.covers('other')).toMatchObject({
      reason: 'only these namespaces were looked at: kong, shop',
    });
  });

  it('keeps a namespace that failed inside a list of the whole cluster', () => {
    const store = storeWith(row(pods.id, CLUSTER_SCOPE, 'collected'), row(pods.id, 'shop', 'partial'));

    const coverage = resourcesCoverage(store, pods);

    expect(coverage.complete).toBe(false);
    expect(coverage.covers('shop')).toMatchObject({ outcome: 'partial' });
    expect(coverage.covers('kong')).toBe(true);
  });

  it('takes of one scope in two bundles the one that was collected, in any order', () => {
    const rows = [row(pods.id, CLUSTER_SCOPE, 'forbidden'), row(pods.id, CLUSTER_SCOPE, 'collected')];

    expect(resourcesCoverage(storeWith(...rows), pods).complete).toBe(true);
    expect(resourcesCoverage(storeWith(...rows.reverse()), pods).complete).toBe(true);
  });

  it('is not changed by later samples', () => {
    const store = storeWith(
      row(pods.id, CLUSTER_SCOPE, 'collected'),
      row(pods.id, CLUSTER_SCOPE, 'error', { sample: 1 }),
    );

    expect(resourcesCoverage(store, pods).complete).toBe(true);
  });

  it('of one without namespaces is complete only by a list of the cluster', () => {
    expect(resourcesCoverage(storeWith(row(nodes.id, CLUSTER_SCOPE, 'collected')), nodes).complete).toBe(
      true,
    );
    expect(resourcesCoverage(storeWith(row(nodes.id, 'shop', 'collected')), nodes).complete).toBe(false);
  });
});

describe('the coverage of a kind without any row', () => {
  it('is complete when the server does not serve it', () => {
    const store = createStore();
    store.served = new Set([pods.id]);

    expect(resourcesCoverage(store, nodes).complete).toBe(true);
    expect(resourcesCoverage(store, nodes).covers(undefined)).toBe(true);
  });

  it('is missing when the server serves it', () => {
    const store = createStore();
    store.served = new Set([pods.id]);

    expect(resourcesCoverage(store, pods).gaps[0]?.reason).toBe('Pod objects are not in this bundle');
  });

  it('is unknown when its group could not be discovered', () => {
    const store = createStore();
    store.served = new Set();
    store.undiscovered.set('', 'the group v1 could not be discovered: timeout');

    expect(resourcesCoverage(store, pods).covers('shop')).toMatchObject({
      reason: expect.stringContaining('could not be discovered'),
    });
  });

  it('is missing for the reason the layout gives', () => {
    const store = createStore();
    store.absent = () => ({ outcome: 'absent-from-layout', reason: 'this tool does not keep pods' });

    expect(resourcesCoverage(store, pods).gaps[0]).toMatchObject({
      outcome: 'absent-from-layout',
      reason: 'this tool does not keep pods',
    });
  });
});

describe('the coverage of documents and logs', () => {
  const container = (pod: string): Scope => ({ type: 'container', namespace: 'shop', pod, container: 'app' });

  it('of a document nobody asked for is a gap', () => {
    expect(documentCoverage(createStore(), apiServerVersion).complete).toBe(false);
    const store = storeWith(row(apiServerVersion.id, CLUSTER_SCOPE, 'collected'));
    expect(documentCoverage(store, apiServerVersion).complete).toBe(true);
  });

  it('does not count a container without a log as a gap', () => {
    const store = storeWith(
      row('logs', container('a'), 'collected'),
      row('logs', container('b'), 'not-found'),
    );

    const coverage = logsCoverage(store);

    expect(coverage.complete).toBe(true);
    expect(coverage.covers('shop')).toBe(true);
  });

  it('of a namespace has a gap while any of its logs has one, whatever comes last', () => {
    const store = storeWith(
      row('logs', container('a'), 'truncated'),
      row('logs', container('b'), 'collected'),
    );

    expect(logsCoverage(store).covers('shop')).toMatchObject({ outcome: 'truncated' });
  });
});

it('a question costs the same however many gaps there are', () => {
  let reads = 0;
  const names = Array.from({ length: 1000 }, (_, index) => `team-${index}`);
  const rows = names.map((namespace) => {
    const scope = {
      get type() {
        reads += 1;
        return 'namespace' as const;
      },
      namespace,
    };
    return row(pods.id, scope, 'forbidden');
  });
  const coverage = resourcesCoverage(storeWith(...rows), pods);
  reads = 0;

  for (const name of names) expect(coverage.covers(name)).not.toBe(true);

  expect(reads).toBeLessThan(10 * names.length);
});

describe('the coverage of documents in a bundle that ended early', () => {
  function endedEarly(...rows: CoverageRow[]): Store {
    const store = storeWith(...rows);
    store.complete = false;
    store.incompleteReason = 'the time was over';
    return store;
  }

  it('says that more may be missing where something was read', () => {
    const { gaps } = documentCoverage(
      endedEarly(row(apiServerVersion.id, 'shop', 'collected')),
      apiServerVersion,
    );

    expect(gaps.map(({ reason }) => reason)).toEqual([
      `Replies of "${apiServerVersion.title}" may be missing: the time was over`,
    ]);
  });

  it('says why nothing was read at all, and no other reason beside it', () => {
    const reason = 'runs only with `--nodes`';
    const skipped = row(apiServerVersion.id, CLUSTER_SCOPE, 'skipped', { reason });

    expect(documentCoverage(endedEarly(skipped), apiServerVersion).gaps).toMatchObject([{ reason }]);
  });
});
