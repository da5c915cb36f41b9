import { describe, expect, it } from 'vitest';
import { createInputs } from '../../../src/analyze/inputs.ts';
import { type KongPlanes, kongPlanes } from '../../../src/derive/kong-planes.ts';
import { type AnyAnalyzer, defineAnalyzer } from '../../../src/model/analyzer.ts';
import { service } from '../../support/builders.ts';
import { type Given, storeOf } from '../../support/given.ts';
import { clusterService, controlPlane, dataPlane, notAsked, registry } from '../../support/kong.ts';

const reader = defineAnalyzer({
  meta: { id: 'kong/reader', title: '', description: '', messages: {}, references: ['none'] },
  needs: { planes: kongPlanes },
  analyze: () => undefined,
}) as AnyAnalyzer;

function planesOf(given: Given): KongPlanes {
  const store = storeOf([reader], given);
  return createInputs(store).build({ planes: kongPlanes }).planes as KongPlanes;
}

function told(address: string, objects: readonly object[] = clusterService()) {
  const pod = dataPlane('kong-dp-0', { env: { KONG_CLUSTER_CONTROL_PLANE: address } });
  return planesOf({ objects: [pod, controlPlane(), ...objects], documents: [registry([])] }).dataPlanes[0]!;
}

describe('where an address leads', () => {
  it.each([
    'kong-cp-kong-cluster:8005',
    'kong-cp-kong-cluster.kong:8005',
    'kong-cp-kong-cluster.kong.svc:8005',
    'kong-cp-kong-cluster.kong.svc.cluster.local:8005',
    'KONG-CP-KONG-CLUSTER.kong.svc.cluster.example.:8005',
    '10.96.0.21:8005',
    'kong-cp-kong-cluster',
  ])('%s is the Service', (address) => {
    expect(told(address)).toMatchObject({
      target: { found: 'service', offered: true, ready: 1 },
      registration: { state: 'absent' },
    });
  });

  it('a port the Service does not have is not offered', () => {
    expect(told('kong-cp-kong-cluster:8006').target).toMatchObject({
      found: 'service',
      port: 8006,
      offered: false,
    });
  });

  it('a headless Service leads to any port of its pods', () => {
    const headless = service('kong-cp', {
      metadata: { namespace: 'kong' },
      spec: { clusterIP: 'None', selector: { app: 'kong-cp-kong' }, ports: [] },
    });

    expect(told('kong-cp:8005', [headless]).target).toMatchObject({ found: 'service', offered: true });
  });

  it('an address of a load balancer is its Service', () => {
    const [first, slice] = clusterService();
    const balanced = { ...first, status: { loadBalancer: { ingress: [{ hostname: 'kong.example.com' }] } } };

    expect(told('kong.example.com:8005', [balanced, slice!]).target.found).toBe('service');
  });

  it.each([
    'kong-cp.example.com:8005',
    'example.com:443',
    '203.0.113.7:8005',
    '[2001:db8::1]:8005',
    '127.0.0.1:8005',
  ])('%s is outside', (address) => {
    expect(told(address).target.found).toBe('outside');
  });

  it('an ExternalName Service leads outside', () => {
    const external = service('cp', {
      metadata: { namespace: 'kong' },
      spec: { type: 'ExternalName', externalName: 'cp.example.com' },
    });

    expect(told('cp:8005', [external]).target.found).toBe('outside');
  });

  it('a name in the cluster without a Service is nothing', () => {
    expect(told('gw-cp.kong.svc:8005').target).toEqual({
      found: 'nothing',
      namespace: 'kong',
      name: 'gw-cp',
    });
  });

  it('is not seen where Services were refused', () => {
    const given = {
      objects: [dataPlane()],
      rows: [notAsked()],
      forbidden: [{ id: 'resources:core/Service' }],
    };

    expect(planesOf(given).dataPlanes[0]?.target).toMatchObject({ found: 'unseen' });
  });
});
