import { describe, expect, it } from 'vitest';
import { pods } from '../../../src/artifacts/resources.ts';
import { type DrainView, drainBlockers } from '../../../src/derive/drain-blockers.ts';
import { defineAnalyzer } from '../../../src/model/analyzer.ts';
import { ago, anyObject, type Built, controlledBy, pod } from '../../support/builders.ts';
import type { Given } from '../../support/given.ts';
import { runOn } from '../../support/test-analyzer.ts';

function view(given: Given): DrainView {
  let seen: DrainView | undefined;
  const analyzer = defineAnalyzer({
    meta: { id: 'node/asked', title: 'Asked', description: 'Asked.', messages: {}, references: ['test'] },
    needs: { drain: drainBlockers },
    analyze({ drain }) {
      seen = drain;
      return undefined;
    },
  });
  runOn(analyzer, given);
  return seen as DrainView;
}

function placed(
  name: string,
  parts: { owner?: string; labels?: object; spec?: object; metadata?: object } = {},
): Built {
  const { owner, labels = {}, spec = {}, metadata = {} } = parts;
  return pod(name, {
    metadata: { labels, ...(owner ? controlledBy(owner, name) : {}), ...metadata },
    spec: { nodeName: 'worker-1', ...spec },
  });
}

function budget(name: string, selector: object | undefined, status: object, namespace = 'shop'): Built {
  return anyObject('policy/v1', 'PodDisruptionBudget', name, namespace, { spec: { selector }, status });
}

const names = (items: readonly { metadata: { name: string } }[]) =>
  items.map(({ metadata }) => metadata.name);
const NONE_LEFT = { disruptionsAllowed: 0, expectedPods: 2 };

describe('what blocks a drain', () => {
  it('tells pods apart as kubectl does', () => {
    const found = view({
      objects: [
        placed('agent', { owner: 'DaemonSet' }),
        placed('web', { owner: 'ReplicaSet', spec: { volumes: [{ name: 'a', emptyDir: {} }] } }),
        placed('tool'),
        placed('done', { metadata: { deletionTimestamp: ago(3) } }),
        placed('etcd', { metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } } }),
        pod('job', { spec: { nodeName: 'worker-1' }, status: { phase: 'Succeeded' } }),
        pod('elsewhere', { spec: { nodeName: 'worker-2' } }),
      ],
    }).of('worker-1');

    expect(found && { ...found, budgets: [] }).toMatchObject({
      daemons: [{ metadata: { name: 'agent' } }],
      evicted: [{ metadata: { name: 'web' } }, { metadata: { name: 'tool' } }],
      local: [{ metadata: { name: 'web' } }],
      bare: [{ metadata: { name: 'tool' } }],
    });
    expect(names(found?.evicted ?? [])).toEqual(['web', 'tool']);
  });

  it('names the budgets that allow nothing now, for the pods they guard', () => {
    const found = view({
      objects: [
        placed('web', { owner: 'ReplicaSet', labels: { app: 'web' } }),
        budget('guards', { matchLabels: { app: 'web' } }, NONE_LEFT),
        budget('guards-all', {}, NONE_LEFT),
        budget('guards-nothing', undefined, NONE_LEFT),
        budget('allows', { matchLabels: { app: 'web' } }, { disruptionsAllowed: 1, expectedPods: 2 }),
        budget('empty', { matchLabels: { app: 'web' } }, { disruptionsAllowed: 0, expectedPods: 0 }),
        budget('other', { matchLabels: { app: 'web' } }, NONE_LEFT, 'elsewhere'),
      ],
    }).of('worker-1');

    expect(names((found?.budgets ?? []).map((one) => one.budget))).toEqual(['guards', 'guards-all']);
    expect(names(found?.budgets[0]?.pods ?? [])).toEqual(['web']);
  });

  it('is not known when pods were refused', () => {
    expect(view({ forbidden: [pods] }).of('worker-1')).toBeUndefined();
  });
});
