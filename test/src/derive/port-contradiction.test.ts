import { expect, it } from 'vitest';
import type { PodItem } from '../../../src/artifacts/resources.ts';
import { contradictionOf, probeOf } from '../../../src/derive/port-contradiction.ts';

function pod(...containers: object[]): PodItem {
  return { spec: { containers: containers.map((one) => ({ name: 'app', ...one })) } } as unknown as PodItem;
}

const declared = { ports: [{ name: 'web', containerPort: 9090 }] };

it.each([
  ['a probe on the declared port', pod({ ...declared, livenessProbe: { tcpSocket: { port: 9090 } } }), 9090],
  ['a probe by name', pod({ ...declared, readinessProbe: { httpGet: { port: 'web' } } }), 9090],
  ['a variable', pod({ env: [{ name: 'SERVER_PORT', value: '3000' }] }), 3000],
  ['an address of ASP.NET', pod({ env: [{ name: 'ASPNETCORE_URLS', value: 'http://+:5000' }] }), 5000],
])('%s speaks against a target port', (_name, item, port) => {
  expect(contradictionOf(item, 8080, undefined)?.port).toBe(port);
});

it.each([
  ['a declared target port', pod({ ports: [{ containerPort: 8080 }], env: [{ name: 'PORT', value: '1' }] })],
  ['a probe without any declared port', pod({ readinessProbe: { httpGet: { port: 9090 } } })],
  [
    'an argument that mentions it',
    pod({ ...declared, args: ['-p', '8080'], env: [{ name: 'PORT', value: '90' }] }),
  ],
  ['a second program', pod(declared, { name: 'other', env: [{ name: 'PORT', value: '3000' }] })],
  ['nothing at all', pod({})],
])('%s speaks for it, or says nothing', (_name, item) => {
  expect(contradictionOf(item, 8080, undefined)).toBeUndefined();
});

it('a probe of TCP is found by its port', () => {
  const item = pod(declared, { name: 'b', readinessProbe: { grpc: { port: 50051 } } });

  expect(probeOf(item, 50051)).toBe('/spec/containers/1/readinessProbe');
  expect(probeOf(item, 9090)).toBeUndefined();
});
