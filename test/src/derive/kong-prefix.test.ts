import { describe, expect, it } from 'vitest';
import type { PodItem } from '../../../src/artifacts/resources.ts';
import { kongContainer } from '../../../src/derive/kong-containers.ts';
import { kongVersion } from '../../../src/derive/kong-plane-version.ts';
import { isKongPrefix, kongPrefix, nginxSize } from '../../../src/derive/kong-prefix.ts';
import { pod } from '../../support/builders.ts';
import { type ChartPodParts, chartPod, databasePlane } from '../../support/kong-pods.ts';

const MIB = 2 ** 20;

function prefixOf(parts: ChartPodParts = {}) {
  return kongPrefix(chartPod('dp', parts) as unknown as PodItem);
}

describe('the container that runs Kong', () => {
  it.each([
    ['kong:3.4.2', true],
    ['registry.example:5000/kong/kong-gateway:3.4.3.5', true],
    ['registry.example/kong@sha256:00', true],
    ['kong/kubernetes-ingress-controller:3.4', false],
    ['shop/kongress:1', false],
  ])('of image %s is told: %s', (image, told) => {
    const spec = { containers: [{ name: 'x', image }] };

    expect(kongContainer(pod('x', { spec }) as unknown as PodItem) !== undefined).toBe(told);
  });

  it('of an image of one’s own is told by its settings', () => {
    const spec = {
      containers: [
        { name: 'side', image: 'x' },
        { name: 'gw', image: 'shop/gateway', env: [{ name: 'KONG_ROLE', value: 'data_plane' }] },
      ],
    };

    expect(kongContainer(pod('x', { spec }) as unknown as PodItem)).toMatchObject({
      name: 'gw',
      pointer: '/spec/containers/1',
    });
  });

  it.each([
    ['3.4.2', { major: 3, minor: 4 }],
    ['3.4.3.5-enterprise-edition', { major: 3, minor: 4 }],
    ['v3.10-ubuntu', { major: 3, minor: 10 }],
    ['"3.4"', { major: 3, minor: 4 }],
    ['latest', undefined],
    [undefined, undefined],
  ])('has version %s', (text, version) => {
    expect(kongVersion(text)).toEqual(version && { text, ...version });
  });
});

describe('the prefix of Kong', () => {
  it('is the volume mounted where the prefix is', () => {
    expect(prefixOf()).toMatchObject({
      path: '/kong_prefix',
      pointer: '/spec/volumes/0',
      inMemory: false,
      limit: { text: '256Mi', bytes: 256 * MIB },
    });
    expect(isKongPrefix(chartPod('dp') as unknown as PodItem, 'kong-dp-kong-tmp')).toBe(false);
    expect(prefixOf({ env: { KONG_PREFIX: '/usr/local/kong' } })).toBeUndefined();
  });

  it.each<readonly [string, ChartPodParts, object | undefined]>([
    ['2g since 3.4', {}, { bytes: 2048 * MIB, text: '2Gi', isSet: false }],
    ['128m before', { image: 'kong:3.3' }, { bytes: 128 * MIB, text: '128Mi', isSet: false }],
    ['what is set', { env: { KONG_LMDB_MAP_SIZE: '512m' } }, { bytes: 512 * MIB, text: '512m', isSet: true }],
    ['unknown without a version', { image: 'kong:latest' }, undefined],
    ['none before 3.0', { image: 'kong:2.8' }, undefined],
  ])('has a map of %s', (_, parts, map) => {
    expect(prefixOf(parts)?.map).toEqual(map);
  });

  it('of a node with a database holds no map', () => {
    expect(kongPrefix(databasePlane('cp') as unknown as PodItem)?.map).toBeUndefined();
  });

  it.each([
    ['2048m', 2048 * MIB],
    ['1G', 2 ** 30],
    ['64k', 65_536],
    ['100', 100],
    ['1.5g', undefined],
  ])('reads the size %s of nginx', (text, bytes) => {
    expect(nginxSize(text)).toBe(bytes);
  });
});
