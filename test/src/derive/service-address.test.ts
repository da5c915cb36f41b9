import { expect, it } from 'vitest';
import { parseServiceAddress } from '../../../src/derive/service-address.ts';

it.each([
  ['web', { name: 'web', namespace: 'shop', form: 'bare' }],
  ['WEB:80', { name: 'web', namespace: 'shop', form: 'bare', port: 80 }],
  ['web.pay', { name: 'web', namespace: 'pay', form: 'qualified' }],
  ['web.pay.svc:443', { name: 'web', namespace: 'pay', form: 'full', port: 443 }],
  ['web.pay.svc.cluster.local.', { name: 'web', namespace: 'pay', form: 'full' }],
  ['db-0.db.pay.svc.cluster.local', { name: 'db', namespace: 'pay', form: 'full', pod: 'db-0' }],
])('%s is a Service', (host, expected) => {
  expect(parseServiceAddress(host, 'shop')).toEqual(expected);
});

it.each([
  'localhost',
  '10.96.0.1',
  '[fd00::1]:80',
  'api.eu.example.com',
  'web.pay.svc.other.domain',
  'a_b',
  '',
  'svc.cluster.local',
])('"%s" is none', (host) => {
  expect(parseServiceAddress(host, 'shop')).toBeUndefined();
});

it('the domain of the cluster may be another', () => {
  expect(parseServiceAddress('web.pay.svc.corp.example', 'shop', 'corp.example')).toMatchObject({
    name: 'web',
    namespace: 'pay',
  });
});
