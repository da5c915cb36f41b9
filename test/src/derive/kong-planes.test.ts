import { describe, expect, it } from 'vitest';
import { createInputs, deriveContext } from '../../../src/analyze/inputs.ts';
import { type KongPlanes, kongPlanes } from '../../../src/derive/kong-planes.ts';
import { type AnyAnalyzer, defineAnalyzer } from '../../../src/model/analyzer.ts';
import { type Given, storeOf } from '../../support/given.ts';
import { clusterService, controlPlane, dataPlane, registry, replies, row } from '../../support/kong.ts';

const reader = defineAnalyzer({
  meta: { id: 'kong/reader', title: '', description: '', messages: {}, references: ['none'] },
  needs: { planes: kongPlanes },
  analyze: () => undefined,
}) as AnyAnalyzer;

function planesOf(given: Given): KongPlanes {
  const store = storeOf([reader], given);
  return createInputs(store).build({ planes: kongPlanes }).planes as KongPlanes;
}

function registrationOf(given: Given, name = 'kong-dp-0') {
  return planesOf(given).dataPlanes.find(({ pod }) => pod.metadata.name === name)?.registration;
}

function told(address: string, objects: readonly object[] = clusterService()) {
  const pod = dataPlane('kong-dp-0', { env: { KONG_CLUSTER_CONTROL_PLANE: address } });
  return planesOf({ objects: [pod, controlPlane(), ...objects], documents: [registry([])] }).dataPlanes[0]!;
}

describe('what a control plane knows of a data plane', () => {
  it.each([
    [12, 'fresh'],
    [45, 'fresh'],
    [46, 'late'],
    [60, 'late'],
    [61, 'stale'],
  ])('heard of %d s ago: %s', (age, state) => {
    const given = { objects: [dataPlane(), controlPlane()], documents: [registry([row('kong-dp-0', age)])] };

    expect(registrationOf(given)?.state).toBe(state);
  });

  it('is unclear where the clock is not known well enough', () => {
    const body = { data: [row('kong-dp-0', 50, { ttl: undefined })] };
    const given = {
      objects: [dataPlane(), controlPlane()],
      documents: [replies([{ path: '/clustering/data-planes', status: 200, body }])],
      errorSeconds: 30,
    };

    expect(registrationOf(given)?.state).toBe('unclear');
  });

  it('is the freshest of its rows: an earlier container had another id', () => {
    const rows = [row('kong-dp-0', 86_400, { id: 'old' }), row('kong-dp-0', 7, { id: 'new' })];
    const { dataPlanes, strangers } = planesOf({
      objects: [dataPlane(), controlPlane()],
      documents: [registry(rows)],
    });

    expect(dataPlanes[0]?.registration).toMatchObject({ state: 'fresh', entry: { row: { id: 'new' } } });
    expect(strangers.map(({ row: { id } }) => id)).toEqual(['old']);
  });

  it('goes by the address where two pods share a name', () => {
    const blue = dataPlane('a', {
      spec: { ...specOf(dataPlane()), hostname: 'kong' },
      status: { podIP: '10.0.0.1' },
    });
    const green = dataPlane('b', {
      spec: { ...specOf(dataPlane()), hostname: 'kong' },
      status: { podIP: '10.0.0.2' },
    });
    const rows = [row('kong', 5, { id: 'a', ip: '10.0.0.1' }), row('kong', 900, { id: 'b', ip: '10.0.0.2' })];
    const given = { objects: [blue, green, controlPlane()], documents: [registry(rows)] };

    expect(registrationOf(given, 'a')?.state).toBe('fresh');
    expect(registrationOf(given, 'b')?.state).toBe('stale');
  });

  it('goes by the node where the pod has its network', () => {
    const pod = dataPlane('kong-dp-0', {
      spec: { ...specOf(dataPlane()), hostNetwork: true, nodeName: 'node-7' },
    });

    expect(
      registrationOf({
        objects: [pod, controlPlane()],
        documents: [registry([row('node-7', 5, { ip: '192.0.2.7' })])],
      })?.state,
    ).toBe('fresh');
  });

  it('goes by the first 63 characters of a long name', () => {
    const name = `kong-${'x'.repeat(57)}-abcde`;
    const given = {
      objects: [dataPlane(name), controlPlane()],
      documents: [registry([row(name.slice(0, 62), 5, { ip: '203.0.113.1' })])],
    };

    expect(name.charAt(62)).toBe('-');
    expect(registrationOf(given, name)?.state).toBe('fresh');
  });

  it('is nothing for a pod whose address an old row of another pod has', () => {
    const given = {
      objects: [dataPlane(), controlPlane(), ...clusterService()],
      documents: [registry([row('kong-dp-9', 900)])],
    };

    expect(registrationOf(given)).toMatchObject({ state: 'absent', sure: true });
  });

  it('is not seen where its own control plane did not answer, though another did', () => {
    const other = controlPlane('other-cp-0', { metadata: { labels: { app: 'other' } } });
    const given: Given = {
      objects: [dataPlane(), controlPlane(), other, ...clusterService()],
      documents: [registry([], 'other-cp-0')],
      rows: [
        {
          artifact: 'kong-clustering-status',
          scope: { type: 'object', kind: 'Pod', namespace: 'kong', name: 'kong-cp-0' },
          outcome: 'error',
          reason: 'connection refused',
        },
      ],
    };

    expect(registrationOf(given)).toEqual({
      state: 'unseen',
      reason: 'its control plane was not asked: connection refused',
    });
  });

  it('is not seen where the one asked is no control plane, in its own words', () => {
    const body = { message: 'this endpoint is only available on a control plane' };
    const refused = replies([{ path: '/clustering/data-planes', status: 400, body }]);

    expect(
      registrationOf({ objects: [dataPlane(), controlPlane(), ...clusterService()], documents: [refused] }),
    ).toMatchObject({ state: 'unseen', reason: expect.stringContaining('HTTP 400 this endpoint') });
  });

  it('is not seen where a page of the list is missing', () => {
    const list = replies([
      { path: '/clustering/data-planes?size=1000', status: 200, body: { data: [] } },
      {
        path: '/clustering/data-planes?offset=x',
        status: 500,
        body: { message: 'An unexpected error happened' },
      },
    ]);

    expect(
      registrationOf({ objects: [dataPlane(), controlPlane(), ...clusterService()], documents: [list] }),
    ).toMatchObject({ state: 'unseen' });
  });

  it('is not seen for a data plane of a control plane elsewhere, whatever the one here lists', () => {
    expect(told('cp.example.com:443').registration).toEqual({
      state: 'unseen',
      reason: expect.stringContaining('--kong-admin-url'),
    });
  });
});

describe('the table of Kong planes', () => {
  it('has both planes, and rows without a pod once', () => {
    const rows = [row('kong-dp-0', 12), row('kong-dp-gone', 86_400, { ip: '10.20.0.99' })];
    const value = planesOf({
      objects: [dataPlane(), controlPlane(), controlPlane('kong-cp-1'), ...clusterService()],
      documents: [registry(rows), registry(rows, 'kong-cp-1')],
    });

    const table = kongPlanes.table?.(value, deriveContext);

    expect(table?.rows.map((cells) => [cells[1], cells[2], cells[4]])).toEqual([
      ['control plane', null, null],
      ['control plane', null, null],
      ['data plane', 'kong-dp-0', 12],
      ['data plane, no pod here', 'kong-dp-gone', 86_400],
    ]);
    expect(table?.rows.every((cells) => cells.length === table.columns.length)).toBe(true);
  });
});

function specOf(pod: object): Record<string, unknown> {
  return (pod as { spec: Record<string, unknown> }).spec;
}
