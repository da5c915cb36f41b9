import { describe, expect, it } from 'vitest';
import { namespaces } from '../../../src/artifacts/resources.ts';
import { istioSidecars } from '../../../src/derive/istio-sidecars.ts';
import { pod } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';
import { istioSettings, meshNamespace, meshPod, proxyContainer } from '../../support/istio-builders.ts';

type Objects = readonly object[];
const from = (objects: Objects) => derivedFrom(istioSidecars, { objects });
const only = (objects: Objects) => from(objects).proxies[0];

describe('the proxies of a mesh', () => {
  it.each([
    ['a regular sidecar', meshPod('web'), { role: 'sidecar', native: false }],
    ['a native sidecar', meshPod('web', { native: true }), { role: 'sidecar', native: true }],
    [
      'a gateway',
      meshPod('gw', {
        spec: { containers: [proxyContainer('1.20.3', undefined, { args: ['proxy', 'router'] })] },
      }),
      { role: 'gateway', native: false },
    ],
    [
      'a waypoint',
      meshPod('wp', {
        spec: { containers: [proxyContainer('1.24.0', undefined, { args: ['proxy', 'waypoint'] })] },
      }),
      { role: 'waypoint', native: false },
    ],
    [
      'ztunnel',
      meshPod('z', {
        spec: {
          containers: [
            { name: 'istio-proxy', image: 'docker.io/istio/ztunnel:1.24.0', args: ['proxy', 'ztunnel'] },
          ],
        },
      }),
      { role: 'ztunnel', native: false },
    ],
    [
      'a proxy under another name',
      meshPod('web', { spec: { containers: [proxyContainer('1.9.5', undefined, { name: 'proxy' })] } }),
      { role: 'sidecar', native: false },
    ],
  ])('%s is told', (_name, object, expected) => {
    expect(only([object])?.container).toMatchObject(expected);
  });

  it.each([
    ['no proxy', pod('web')],
    [
      'only the init container of the proxy image',
      pod('web', {
        spec: {
          initContainers: [{ name: 'istio-init', image: 'istio/proxyv2:1.27.0', args: ['istio-iptables'] }],
        },
      }),
    ],
    ['ended', meshPod('job', { status: { phase: 'Succeeded' } })],
  ])('a pod with %s has none', (_name, object) => {
    expect(from([object]).proxies).toEqual([]);
  });

  it('have a version and a revision', () => {
    const proxy = only([meshPod('web', { version: '1.20.3-distroless', revision: '1-20' })]);

    expect(proxy).toMatchObject({ version: { text: '1.20.3', major: 1, minor: 20 }, revision: '1-20' });
  });

  it('have no version where the tag is none', () => {
    for (const tag of ['latest', '2024.1', 'sha-1234567'])
      expect(only([meshPod('web', { version: tag })])?.version).toBeUndefined();
  });
});

describe('the discovery address', () => {
  const mesh = (name: string, address: string) =>
    istioSettings(name, {
      mesh: `defaultConfig:\n  discoveryAddress: ${address}\nrootNamespace: istio-system\n`,
    });

  it.each([
    [
      'the annotation',
      [
        meshPod('web', {
          discovery: 'b.ns.svc:15012',
          annotations: { 'proxy.istio.io/config': 'discoveryAddress: a.ns.svc:15012\n' },
        }),
      ],
      { text: 'a.ns.svc:15012', host: 'a.ns.svc', port: 15012, source: 'annotation' },
    ],
    [
      'the environment',
      [meshPod('web', { discovery: 'b.ns.svc:15012' }), mesh('istio', 'c.ns.svc:15012')],
      { text: 'b.ns.svc:15012', source: 'environment', pointer: '/spec/containers/1/env/1' },
    ],
    [
      'the arguments',
      [
        meshPod('web', {
          spec: {
            containers: [
              {
                name: 'istio-proxy',
                image: 'istio/proxyv2:1.4.3',
                args: ['proxy', 'sidecar', '--discoveryAddress', 'istio-pilot.istio-system:15010'],
              },
            ],
          },
        }),
      ],
      { host: 'istio-pilot.istio-system', port: 15010, source: 'argument' },
    ],
    [
      'the mesh configuration of its revision',
      [
        meshPod('web', { revision: '1-20' }),
        mesh('istio', 'c.ns.svc:15012'),
        mesh('istio-1-20', 'd.ns.svc:15012'),
      ],
      { text: 'd.ns.svc:15012', source: 'mesh configuration', pointer: '/data/mesh' },
    ],
    ['nothing', [meshPod('web')], { text: 'istiod.istio-system.svc:15012', source: 'default' }],
    [
      'nothing, of old',
      [meshPod('web', { version: '1.5.1' })],
      { text: 'istio-pilot.istio-system:15010', source: 'default' },
    ],
  ])('is read from %s', (_name, objects, expected) => {
    expect(only(objects)?.discovery).toMatchObject(expected);
  });
});

describe('pods ztunnel serves', () => {
  const AMBIENT = meshNamespace('shop', { 'istio.io/dataplane-mode': 'ambient' });

  function answers(object: object, namespace: object = AMBIENT) {
    const given = { objects: [object, namespace] };
    const value = derivedFrom(istioSidecars, given);
    return { value, given };
  }

  it.each([
    ['in such a namespace', pod('web'), AMBIENT, true],
    [
      'by its own label',
      pod('web', { metadata: { labels: { 'istio.io/dataplane-mode': 'ambient' } } }),
      meshNamespace('shop'),
      true,
    ],
    [
      'not by its own label',
      pod('web', { metadata: { labels: { 'istio.io/dataplane-mode': 'none' } } }),
      AMBIENT,
      false,
    ],
    ['not on the network of the host', pod('web', { spec: { hostNetwork: true } }), AMBIENT, false],
    ['not elsewhere', pod('web'), meshNamespace('shop'), false],
    ['not with a sidecar', meshPod('web'), AMBIENT, false],
  ])('%s', (_name, object, namespace, expected) => {
    const { value } = answers(object, namespace);
    const item = { ...(object as object), metadata: object.metadata } as never;
    const proxied = value.proxies[0]?.pod;

    expect(value.isAmbient(proxied ?? item)).toBe(expected);
  });

  it('cannot be told without the namespaces', () => {
    const value = derivedFrom(istioSidecars, { objects: [], forbidden: [namespaces] });

    expect(value.isInMesh(pod('web') as never)).toBeUndefined();
  });
});
