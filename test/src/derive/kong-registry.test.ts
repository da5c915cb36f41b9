import { describe, expect, it } from 'vitest';
import { createInputs } from '../../../src/analyze/inputs.ts';
import { type KongPlanes, kongPlanes } from '../../../src/derive/kong-planes.ts';
import { type AnyAnalyzer, defineAnalyzer } from '../../../src/model/analyzer.ts';
import { type Given, OBSERVED, storeOf } from '../../support/given.ts';
import { clusterService, controlPlane, dataPlane, registry, row } from '../../support/kong.ts';
import { planeMetrics } from '../../support/kong-plane-builders.ts';

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

describe('metrics of a control plane in place of its list', () => {
  const SEEN = Date.parse(OBSERVED) / 1000 - 20;
  const labels = '{node_id="a",hostname="kong-dp-0",ip="10.20.0.15"}';
  const metrics = planeMetrics(
    'kong-cp-0',
    `kong_data_plane_last_seen${labels} ${SEEN}`,
    `kong_data_plane_config_hash${labels} 0`,
    'kong_data_plane_version_compatible{node_id="a",hostname="kong-dp-0",ip="10.20.0.15",kong_version="3.6.1"} 1',
  );
  const objects = [dataPlane(), controlPlane(), ...clusterService()];
  const closed = {
    artifact: 'kong-clustering-status',
    scope: { type: 'object', kind: 'Pod', namespace: 'kong', name: 'kong-cp-0' },
    outcome: 'forbidden',
    reason: 'the Admin API says: Invalid credentials (HTTP 401)',
  } as const;

  it('tell when it last heard of a data plane, its version, and that it has no configuration', () => {
    expect(registrationOf({ objects, documents: [metrics], rows: [closed] })).toMatchObject({
      state: 'fresh',
      entry: { row: { hostname: 'kong-dp-0', version: '3.6.1', configHash: '0'.repeat(32) } },
    });
  });

  it('count for nothing where the same control plane gave its list', () => {
    const given = { objects, documents: [metrics, registry([row('kong-dp-0', 300)])] };

    expect(registrationOf(given)?.state).toBe('stale');
  });

  it('say nothing when they hold no data plane', () => {
    const none = planeMetrics('kong-cp-0', 'kong_datastore_reachable 1');

    expect(registrationOf({ objects, documents: [none], rows: [closed] })?.state).toBe('unseen');
  });
});
