import { describe, expect, it } from 'vitest';
import { services } from '../../../src/artifacts/network-resources.ts';
import { serviceIndex } from '../../../src/derive/service-index.ts';
import { pod, service } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';
import type { Given } from '../../support/given.ts';

const db = service('db', {
  spec: { clusterIP: '10.96.0.9', externalIPs: ['192.0.2.5'] },
  status: { loadBalancer: { ingress: [{ hostname: 'LB.example' }] } },
});
const GIVEN: Given = {
  objects: [db, pod('web'), pod('agent', { spec: { hostNetwork: true }, status: { podIP: '192.0.2.11' } })],
};

function find(host: string, namespace = 'shop', given: Given = GIVEN) {
  const found = derivedFrom(serviceIndex, given).find(host, namespace);
  if (found.found === 'service') return `service ${found.service.metadata.name}`;
  return found.found === 'pod' ? `pod ${found.pod.metadata.name}` : found.found;
}

describe('where a host leads', () => {
  it.each([
    ['db', 'shop'],
    ['db.shop', 'other'],
    ['db.shop.svc', 'other'],
    ['db.shop.svc.cluster.local', 'other'],
    ['10.96.0.9', 'other'],
    ['192.0.2.5', 'other'],
    ['lb.example', 'other'],
  ])('%s is the Service for %s', (host, namespace) => {
    expect(find(host, namespace)).toBe('service db');
  });

  it('may be a pod, but not one on the network of its host', () => {
    expect(find('10.1.0.7')).toBe('pod web');
    expect(find('192.0.2.11')).toBe('outside');
  });

  it('is nothing when a Service is meant that is not there', () => {
    expect(find('cache')).toBe('nothing');
    expect(find('cache.shop')).toBe('nothing');
    expect(find('cache.other.svc')).toBe('nothing');
  });

  it('is outside for domains of the world and addresses nobody has', () => {
    expect(find('shop.example')).toBe('outside');
    expect(find('203.0.113.9')).toBe('outside');
  });

  it('is not seen when Services were not', () => {
    expect(find('db', 'shop', { forbidden: [services] })).toBe('unseen');
  });
});
