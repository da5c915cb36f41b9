import { describe, expect, it } from 'vitest';
import { services } from '../../../src/artifacts/network-resources.ts';
import { serviceUsers } from '../../../src/derive/service-users.ts';
import { anyObject, type Built, pod, service } from '../../support/builders.ts';
import { inputsFrom } from '../../support/derived-value.ts';

function pointersTo(...objects: Built[]): string[] {
  const inputs = inputsFrom({ services, users: serviceUsers }, { objects: [service('web'), ...objects] });
  const [web] = inputs.services.items;
  return web ? inputs.users.usersOf(web).map((user) => user.pointer) : [];
}

function client(container: object, parts: Record<string, unknown> = {}): Built {
  return pod('client', { spec: { containers: [{ name: 'c', ...container }] }, ...parts });
}

function withEnv(name: string, value: string): Built {
  return client({ env: [{ name, value }] });
}

describe('a Service is used by', () => {
  it('an Ingress', () => {
    const backend = { service: { name: 'web', port: { number: 80 } } };
    const rules = [{ http: { paths: [{ path: '/', backend }] } }];

    expect(
      pointersTo(anyObject('networking.k8s.io/v1', 'Ingress', 'i', 'shop', { spec: { rules } })),
    ).toEqual(['/spec/rules/0']);
    expect(
      pointersTo(anyObject('networking.k8s.io/v1', 'Ingress', 'i', 'other', { spec: { rules } })),
    ).toEqual([]);
  });

  it('a webhook and an APIService', () => {
    const reference = { name: 'web', namespace: 'shop' };
    const webhooks = [
      { name: 'a', clientConfig: { url: 'https://x' } },
      { name: 'b', clientConfig: { service: reference } },
    ];

    expect(
      pointersTo(
        anyObject('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'w', null, {
          webhooks,
        }),
        anyObject('apiregistration.k8s.io/v1', 'APIService', 'v1.x', null, { spec: { service: reference } }),
      ),
    ).toEqual(['/spec/service', '/webhooks/1/clientConfig']);
  });

  it.each([
    ['URL', 'http://web/path'],
    ['URL', 'http://web:8080'],
    ['URL', 'https://user@web.shop.svc.cluster.local:443'],
    ['PEERS', 'web.shop.svc:1,web.shop.svc:2'],
    ['UPSTREAM', 'web:8005'],
    ['DB_HOST', 'web'],
    ['ANY', 'web.shop'],
  ])('a pod with %s=%s', (name, value) => {
    expect(pointersTo(withEnv(name, value))[0]).toBe('/spec/containers/0/env/0');
  });

  it.each([
    ['ROLE', 'web'],
    ['URL', 'http://web.other.svc'],
    ['FILE', 'web.shop.conf'],
    ['TEXT', 'the web is wide'],
    ['URL', 'http://webmail/path'],
  ])('no pod with %s=%s', (name, value) => {
    expect(pointersTo(withEnv(name, value))).toEqual([]);
  });

  it('a pod that names it in its command or arguments', () => {
    expect(pointersTo(client({ args: ['--verbose', '--upstream=http://web:80'] }))).toEqual([
      '/spec/containers/0/args',
    ]);
  });

  it('not by its own pods, nor by pods that have ended', () => {
    const env = [{ name: 'URL', value: 'http://web' }];

    expect(pointersTo(client({ env }, { metadata: { labels: { app: 'web' } } }))).toEqual([]);
    expect(pointersTo(client({ env }, { status: { phase: 'Succeeded' } }))).toEqual([]);
  });
});
