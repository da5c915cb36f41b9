import { describe, expect, it } from 'vitest';
import { apiServer } from '../../../collectors/control-plane/api-server.ts';
import { resources } from '../../../collectors/kubernetes/resources.ts';
import { readInputs } from '../../../src/analyze/read-inputs.ts';
import { apiServerMetrics } from '../../../src/artifacts/api-server-metrics.ts';
import type { Metrics } from '../../../src/artifacts/prometheus-text.ts';
import type { ProgressEvent } from '../../../src/collect/progress.ts';
import { defineCollector } from '../../../src/model/collector.ts';
import { CLUSTER_SCOPE } from '../../../src/model/scope.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { fakeKube } from '../../support/fake-kube.ts';

const OBSERVED = { time: '2026-03-01T12:00:00.000Z', source: 'server-date', errorSeconds: 1 } as const;

/** Counts how often it is read. */
function counting() {
  let reads = 0;
  return defineCollector({
    meta: { id: 'test/counting', title: '', description: '', produces: [apiServerMetrics] },
    needs: {},
    rbac: () => [],
    async collect({ bundle }) {
      await bundle.add(apiServerMetrics, CLUSTER_SCOPE, async () => {
        const body = Buffer.from(`apiserver_request_total ${++reads}\n`);
        return { body, observedAt: OBSERVED };
      });
    },
  });
}

function cluster() {
  return fakeKube({
    replies: {
      '/version': { body: '{"gitVersion":"v1.36.3","major":"1","minor":"36"}' },
      '/metrics': { body: 'apiserver_request_total 7\n' },
    },
  });
}

describe('--sample 2', () => {
  it('reads counters again after the interval, as sample 1', async () => {
    const waits: number[] = [];
    const events: ProgressEvent[] = [];

    const bundle = await collectBundle(cluster(), [counting()], {
      counterSeconds: 30,
      wait: async (seconds) => void waits.push(seconds),
      onProgress: (event) => events.push(event),
    });

    expect(waits).toEqual([30]);
    expect(events).toContainEqual({ type: 'settle', seconds: 30, why: 'counters' });
    const metrics = bundle.manifest.entries.filter(({ artifact }) => artifact === apiServerMetrics.id);
    expect(metrics.map(({ sample }) => sample)).toEqual([0, 1]);
    expect(metrics.map(({ path }) => bundle.entries.get(path))).toEqual([
      'apiserver_request_total 1\n',
      'apiserver_request_total 2\n',
    ]);
    expect(bundle.row(apiServerMetrics.id, 'cluster', 1)).toMatchObject({ outcome: 'collected' });
  });

  it('reads nothing but counters again', async () => {
    const kube = cluster();

    const bundle = await collectBundle(kube, [resources, apiServer], { counterSeconds: 1 });

    const asked = (path: string) => kube.requests.filter((request) => request.split('?')[0] === path).length;
    expect(asked('/metrics')).toBe(2);
    expect(asked('/api/v1/secrets')).toBe(1);
    const twice = bundle.manifest.entries.filter(({ sample }) => sample === 1);
    expect(new Set(twice.map(({ artifact }) => artifact))).toEqual(new Set([apiServerMetrics.id]));
  });

  it('gives analyzers the first sample only', async () => {
    const bundle = await collectBundle(cluster(), [counting()], { counterSeconds: 1 });

    const { store } = await readInputs([bundle.result.file], [apiServerMetrics]);

    const values = store.documents.get(apiServerMetrics.id)?.map(({ value }) => value as Metrics);
    expect(values?.map(({ samples }) => samples.map(({ value }) => value))).toEqual([[1]]);
  });

  it('is off unless asked for', async () => {
    const bundle = await collectBundle(cluster(), [counting()]);

    expect(bundle.manifest.entries.filter(({ artifact }) => artifact === apiServerMetrics.id)).toHaveLength(
      1,
    );
  });
});
