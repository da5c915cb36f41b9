import { describe, expect, it } from 'vitest';
import { appliesTo, verdictOf } from '../../../src/derive/network-policy.ts';

type Policy = Parameters<typeof appliesTo>[0];

function policy(spec: object): Policy {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'p', namespace: 'shop' },
    spec,
  } as unknown as Policy;
}

const peer = {
  pod: { namespace: 'pay', labels: { app: 'db' } },
  namespaceLabels: { team: 'pay' },
  addresses: ['10.1.0.9'],
};
const destination = { port: 5432, protocol: 'TCP', names: ['sql'] };

function egress(rule: object, to: object = peer) {
  const asked = { peer: to as typeof peer, destination };
  return verdictOf([policy({ podSelector: {}, policyTypes: ['Egress'], egress: [rule] })], 'egress', asked);
}

describe('a policy speaks of', () => {
  it('ingress unless it says otherwise, of egress when it has rules for it', () => {
    expect(appliesTo(policy({}), 'ingress')).toBe(true);
    expect(appliesTo(policy({}), 'egress')).toBe(false);
    expect(appliesTo(policy({ egress: [] }), 'egress')).toBe(true);
    expect(appliesTo(policy({ policyTypes: ['Egress'] }), 'ingress')).toBe(false);
  });
});

describe('a rule lets through', () => {
  it.each([
    ['everything when empty', {}],
    ['a port by number', { ports: [{ port: 5432 }] }],
    ['a port by name', { ports: [{ port: 'sql' }] }],
    ['a range of ports', { ports: [{ port: 5000, endPort: 6000 }] }],
    [
      'both selectors of one entry',
      {
        to: [
          {
            namespaceSelector: { matchLabels: { team: 'pay' } },
            podSelector: { matchLabels: { app: 'db' } },
          },
        ],
      },
    ],
    ['a block of addresses', { to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }],
  ])('%s', (_name, rule) => {
    expect(egress(rule)).toBe('allowed');
  });

  it.each([
    ['another port', { ports: [{ port: 5433 }] }],
    ['another protocol', { ports: [{ port: 5432, protocol: 'UDP' }] }],
    ['pods of its own namespace only', { to: [{ podSelector: {} }] }],
    ['a namespace with other labels', { to: [{ namespaceSelector: { matchLabels: { team: 'web' } } }] }],
    ['what a block leaves out', { to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }] }],
  ])('not %s', (_name, rule) => {
    expect(egress(rule)).toBe('blocked');
  });

  it('nobody knows what, when labels of the namespace or an address are missing', () => {
    const { namespaceLabels: _, ...unseen } = peer;

    expect(egress({ to: [{ namespaceSelector: { matchLabels: { team: 'pay' } } }] }, unseen)).toBe('unknown');
    expect(egress({ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }, { addresses: [] })).toBe('unknown');
  });
});

it('without a policy everything is allowed, and one of several is enough', () => {
  const asked = { peer, destination };
  const none = policy({ policyTypes: ['Ingress'], ingress: [] });
  const all = policy({ policyTypes: ['Ingress'], ingress: [{}] });

  expect(verdictOf([], 'ingress', asked)).toBe('allowed');
  expect(verdictOf([none], 'ingress', asked)).toBe('blocked');
  expect(verdictOf([none, all], 'ingress', asked)).toBe('allowed');
});
