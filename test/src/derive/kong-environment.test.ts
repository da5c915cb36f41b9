import { describe, expect, it } from 'vitest';
import { createInputs } from '../../../src/analyze/inputs.ts';
import { kongPlane } from '../../../src/derive/kong-environment.ts';
import { type KongPlanes, kongPlanes } from '../../../src/derive/kong-planes.ts';
import { type AnyAnalyzer, defineAnalyzer } from '../../../src/model/analyzer.ts';
import { anyObject } from '../../support/builders.ts';
import { type Given, storeOf } from '../../support/given.ts';
import {
  clusterService,
  controlPlane,
  dataPlane,
  type KongPodParts,
  notAsked,
  registry,
  row,
} from '../../support/kong.ts';

const reader = defineAnalyzer({
  meta: { id: 'kong/reader', title: '', description: '', messages: {}, references: ['none'] },
  needs: { planes: kongPlanes },
  analyze: () => undefined,
}) as AnyAnalyzer;

function planesOf(given: Given): KongPlanes {
  const store = storeOf([reader], given);
  return createInputs(store).build({ planes: kongPlanes }).planes as KongPlanes;
}

describe('who is a Kong plane', () => {
  it('is told by the environment, whatever labels and names are', () => {
    const { dataPlanes, controlPlanes } = planesOf({
      objects: [
        dataPlane('blue'),
        controlPlane('green'),
        anyObject('v1', 'Pod', 'kong-proxy', 'kong', {
          spec: { containers: [{ name: 'kong', image: 'kong:3.6' }] },
        }),
      ],
    });

    expect(dataPlanes.map(({ pod }) => pod.metadata.name)).toEqual(['blue']);
    expect(controlPlanes.map(({ pod }) => pod.metadata.name)).toEqual(['green']);
  });

  it('is told by its address where the role comes from a ConfigMap', () => {
    const pod = dataPlane('blue', { env: { KONG_ROLE: '' } });

    expect(kongPlane(pod as never)?.role).toBe('data plane');
  });

  it.each<[string, KongPodParts]>([
    [
      'belongs to a Job',
      { metadata: { ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'm', uid: 'u' }] } },
    ],
    ['was evicted', { status: { phase: 'Failed' } }],
    ['has completed', { status: { phase: 'Succeeded' } }],
    ['is being deleted', { metadata: { deletionTimestamp: '2026-01-15T11:59:59Z' } }],
  ])('is no pod that %s', (_, parts) => {
    expect(kongPlane(dataPlane('blue', parts) as never)).toBeUndefined();
  });

  it('is told by a ConfigMap its container takes its environment from', () => {
    const bare = anyObject('v1', 'Pod', 'hand-written', 'edge', {
      spec: {
        containers: [
          {
            name: 'gateway',
            image: 'registry.example/edge:7',
            envFrom: [{ configMapRef: { name: 'kong-env' } }],
          },
        ],
      },
    });
    const settings = anyObject('v1', 'ConfigMap', 'kong-env', 'edge', {
      data: { KONG_ROLE: 'data_plane', KONG_CLUSTER_CONTROL_PLANE: 'cp.kong:8005', KONG_CLUSTER_MTLS: 'pki' },
    });

    const [plane] = planesOf({ objects: [bare, settings], rows: [notAsked()] }).dataPlanes;

    expect(plane).toMatchObject({ container: 'gateway', address: 'cp.kong:8005', mtls: 'pki' });
  });

  it('is none by its image alone where the gateway operator has switched the cluster listener off', () => {
    const gateway = controlPlane('dataplane-x', {
      env: { KONG_ROLE: '', KONG_CLUSTER_LISTEN: 'off', KONG_DATABASE: 'off' },
    });

    expect(planesOf({ objects: [gateway], rows: [notAsked()] })).toMatchObject({
      controlPlanes: [],
      dataPlanes: [],
    });
  });

  it('belongs to the control plane its address leads to, of several in several namespaces', () => {
    const other = {
      namespace: 'edge',
      labels: { app: 'edge-cp' },
    };
    const edge = dataPlane('edge-dp-0', {
      env: { KONG_CLUSTER_CONTROL_PLANE: 'edge-cp.edge:8005' },
      metadata: { namespace: 'edge' },
    });
    const service = anyObject('v1', 'Service', 'edge-cp', 'edge', {
      spec: { selector: { app: 'edge-cp' }, ports: [{ port: 8005 }] },
    });

    const { dataPlanes } = planesOf({
      objects: [
        dataPlane(),
        controlPlane(),
        ...clusterService(),
        edge,
        controlPlane('edge-cp-0', { metadata: other }),
        service,
      ],
      documents: [registry([row('kong-dp-0', 5)])],
    });

    expect(dataPlanes.map((plane) => plane.controlPlanes.map(({ pod }) => pod.metadata.name))).toEqual([
      ['kong-cp-0'],
      ['edge-cp-0'],
    ]);
    expect(dataPlanes[1]?.registration.state).toBe('unseen');
  });

  it('reads its cluster certificate from the Secret mounted there', () => {
    expect(kongPlane(dataPlane() as never)?.certificate).toEqual({
      secret: 'kong-cluster-cert',
      key: 'tls.crt',
    });
    const inline = dataPlane('blue', { env: { KONG_CLUSTER_CERT: '-----BEGIN CERTIFICATE-----' } });
    expect(kongPlane(inline as never)?.certificate).toEqual({ unseen: expect.stringContaining('no path') });
  });
});
