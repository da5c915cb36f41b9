import { describe, expect, it } from 'vitest';
import type { VirtualServiceItem } from '../../../src/artifacts/istio-resources.ts';
import { destinationsOf, gatewayRef, gatewaysOf, isForMesh } from '../../../src/derive/istio-routes.ts';
import { networking } from '../../support/istio-configuration-builders.ts';

const route = (spec: object) => networking('VirtualService', 'web', spec) as unknown as VirtualServiceItem;
const to = (host: string, weight?: number) => ({
  destination: { host },
  ...(weight === undefined ? {} : { weight }),
});

describe('destinations', () => {
  it('are those of every kind of rule and of mirrors, each with its place', () => {
    const item = route({
      http: [{ route: [to('a')], mirror: { host: 'b' } }, { mirrors: [{ destination: { host: 'c' } }] }],
      tls: [{ route: [to('d')] }],
      tcp: [{ route: [to('e')] }],
    });

    expect([...destinationsOf(item)].map(({ destination, pointer }) => [destination.host, pointer])).toEqual([
      ['a', '/spec/http/0/route/0/destination'],
      ['d', '/spec/tls/0/route/0/destination'],
      ['e', '/spec/tcp/0/route/0/destination'],
      ['b', '/spec/http/0/mirror'],
      ['c', '/spec/http/1/mirrors/0/destination'],
    ]);
  });

  it('of weight 0 are none beside others, and all of it alone', () => {
    const hostsOf = (routes: object[]) =>
      [...destinationsOf(route({ http: [{ route: routes }] }))].map(({ destination }) => destination.host);

    expect(hostsOf([to('a', 100), to('b', 0)])).toEqual(['a']);
    expect(hostsOf([to('b', 0)])).toEqual(['b']);
  });
});

describe('gateways', () => {
  it('are the mesh where none is named, and none for a delegate', () => {
    expect(gatewaysOf(route({ hosts: ['web'] }))).toEqual(['mesh']);
    expect(gatewaysOf(route({ http: [] }))).toEqual([]);
  });

  it.each([
    ['edge', { namespace: 'shop', name: 'edge' }],
    ['./edge', { namespace: 'shop', name: 'edge' }],
    ['infra/edge', { namespace: 'infra', name: 'edge' }],
    ['edge.infra', { namespace: 'infra', name: 'edge' }],
    ['edge.infra.svc.cluster.local', { namespace: 'infra', name: 'edge' }],
  ])('%s is read as Istio does', (text, expected) => {
    expect(gatewayRef(text, 'shop')).toEqual(expected);
  });

  it('leave the mesh out where every match is for gateways', () => {
    const of = (match: object[]) => route({ hosts: ['web'], gateways: ['mesh', 'edge'], http: [{ match }] });

    expect(isForMesh(of([]))).toBe(true);
    expect(isForMesh(of([{ gateways: ['edge'] }, { port: 80 }]))).toBe(true);
    expect(isForMesh(of([{ gateways: ['edge'] }]))).toBe(false);
    expect(isForMesh(route({ hosts: ['web'], gateways: ['edge'] }))).toBe(false);
  });
});
