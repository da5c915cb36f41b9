import { describe, expect, it } from 'vitest';
import { serviceEntries } from '../../../src/artifacts/istio-resources.ts';
import { services } from '../../../src/artifacts/network-resources.ts';
import { hostsOverlap, istioHosts, wildcardsOf } from '../../../src/derive/istio-hosts.ts';
import { anyObject, service } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';
import type { Given } from '../../support/given.ts';
import { networking } from '../../support/istio-configuration-builders.ts';

const web = service('web');
const entry = (name: string, hosts: readonly string[]) => networking('ServiceEntry', name, { hosts });
const stateOf = (host: string, objects: readonly object[], parts: Given = {}) =>
  derivedFrom(istioHosts, { objects, ...parts }).find(host, 'shop').state;

describe('what a host of Istio leads to', () => {
  it.each([
    ['web', 'service'],
    ['WEB', 'service'],
    ['web.shop.svc.cluster.local', 'service'],
    ['web.shop.svc.corp.example', 'service'],
    ['web.shop', 'incomplete'],
    ['web.shop.svc', 'incomplete'],
    ['cart', 'absent'],
    ['cart.shop.svc.cluster.local', 'absent'],
    ['cart.shop.svc.clusterset.local', 'elsewhere'],
    ['cart.shop.global', 'elsewhere'],
    ['api.example', 'absent'],
    ['*', 'elsewhere'],
    ['*.shop.svc.cluster.local', 'elsewhere'],
  ])('%s is %s', (host, state) => {
    expect(stateOf(host, [web])).toBe(state);
  });

  it('takes ServiceEntries first, those of the host itself before wildcards', () => {
    const hosts = derivedFrom(istioHosts, {
      objects: [entry('all', ['*.example']), entry('api', ['API.example'])],
    });

    expect(hosts.find('api.example', 'shop')).toMatchObject({
      state: 'entry',
      items: [{ metadata: { name: 'api' } }],
    });
    expect(hosts.find('a.b.example', 'shop')).toMatchObject({ items: [{ metadata: { name: 'all' } }] });
    expect(hosts.find('example', 'shop').state).toBe('absent');
  });

  it('says which Service would have to be there', () => {
    const hosts = derivedFrom(istioHosts, { objects: [] });

    expect(hosts.find('cart', 'shop')).toEqual({
      state: 'absent',
      service: { namespace: 'shop', name: 'cart' },
    });
    expect(hosts.find('api.example', 'shop')).toEqual({ state: 'absent' });
  });

  it('knows nothing to be absent in a mesh of several clusters or sources', () => {
    const remote = anyObject('v1', 'Secret', 'remote', 'istio-system', {
      metadata: { labels: { 'istio/multiCluster': 'true' } },
    });
    const sourced = anyObject('v1', 'ConfigMap', 'istio', 'istio-system', {
      data: { mesh: 'configSources:\n- address: xds://mcp:9901\n' },
    });

    expect(stateOf('cart', [remote])).toBe('elsewhere');
    expect(stateOf('api.example', [sourced])).toBe('elsewhere');
  });

  it('does not know it either when Services or ServiceEntries were not seen', () => {
    expect(stateOf('web', [], { forbidden: [services] })).toBe('unseen');
    expect(stateOf('api.example', [], { forbidden: [serviceEntries] })).toBe('unseen');
  });

  it('completes names by the domain kubeadm wrote down', () => {
    const config = anyObject('v1', 'ConfigMap', 'kubeadm-config', 'kube-system', {
      data: { ClusterConfiguration: 'networking:\n  dnsDomain: corp.example\n' },
    });

    expect(derivedFrom(istioHosts, { objects: [config] }).full('Web', 'shop')).toBe(
      'web.shop.svc.corp.example',
    );
  });
});

describe('wildcards', () => {
  it('are listed from the closest', () => {
    expect(wildcardsOf('a.b.c')).toEqual(['*.b.c', '*.c', '*']);
  });

  it.each([
    ['a.example', 'a.example', true],
    ['*.example', 'a.b.example', true],
    ['A.example', '*.EXAMPLE', true],
    ['*', 'a.example', true],
    ['*.b.example', '*.example', true],
    ['*.example', 'example', false],
    ['*.example', 'a.other', false],
    ['a.example', 'b.example', false],
  ])('%s and %s overlap: %s', (one, other, expected) => {
    expect(hostsOverlap(one, other)).toBe(expected);
  });
});
