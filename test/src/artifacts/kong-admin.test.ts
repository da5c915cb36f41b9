import { describe, expect, it } from 'vitest';
import { kongControlPlane } from '../../../src/artifacts/kong-admin.ts';
import type { PodItem } from '../../../src/artifacts/resources.ts';

function pod(container: Record<string, unknown>): PodItem {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'kong' },
    spec: { containers: [{ name: 'proxy', ...container }] },
  } as PodItem;
}

function env(variables: Record<string, string>) {
  return Object.entries(variables).map(([name, value]) => ({ name, value }));
}

const CONTROL_PLANE = { KONG_ROLE: 'control_plane' };

describe('kongControlPlane', () => {
  it.each([
    ['0.0.0.0:8444 http2 ssl reuseport backlog=16384', { port: 8444, scheme: 'https' }],
    ['127.0.0.1:8444 ssl, [::]:9001', { port: 9001, scheme: 'http' }],
    ['unix:/tmp/admin.sock, 0.0.0.0:8001', { port: 8001, scheme: 'http' }],
  ])('reads the port out of KONG_ADMIN_LISTEN=%s', (listen, expected) => {
    const container = { env: env({ ...CONTROL_PLANE, KONG_ADMIN_LISTEN: listen }) };

    expect(kongControlPlane(pod(container))).toEqual({ container: 'proxy', ...expected });
  });

  it('takes the declared ports, then the defaults, where KONG_ADMIN_LISTEN says nothing', () => {
    const declared = { env: env(CONTROL_PLANE), ports: [{ containerPort: 8444 }, { containerPort: 8005 }] };

    expect(kongControlPlane(pod(declared))).toMatchObject({ port: 8444, scheme: 'https' });
    expect(kongControlPlane(pod({ env: env(CONTROL_PLANE) }))).toMatchObject({ port: 8001, scheme: 'http' });
  });

  it('says that an Admin API is switched off', () => {
    const container = { env: env({ ...CONTROL_PLANE, KONG_ADMIN_LISTEN: 'off' }) };

    expect(kongControlPlane(pod(container))).toMatchObject({ container: 'proxy', off: expect.any(String) });
  });

  it.each([
    ['a data plane', { image: 'kong:3.6', env: env({ KONG_ROLE: 'data_plane' }) }],
    ['a traditional node', { image: 'kong:3.6' }],
    [
      'the ingress controller',
      { image: 'kong/kubernetes-ingress-controller:3.0', ports: [{ containerPort: 8005 }] },
    ],
  ])('is not %s', (_, container) => {
    expect(kongControlPlane(pod(container))).toBeUndefined();
  });

  it.each(['kong:3.4', 'registry.test:5000/mirror/kong/kong-gateway:3.4.3.5', 'docker.io/kong@sha256:aa'])(
    'is an image %s that listens for data planes and whose role comes from elsewhere',
    (image) => {
      const role = [{ name: 'KONG_ROLE', valueFrom: { configMapKeyRef: { name: 'kong', key: 'role' } } }];

      expect(kongControlPlane(pod({ image, env: role, ports: [{ containerPort: 8005 }] }))).toBeDefined();
    },
  );
});
