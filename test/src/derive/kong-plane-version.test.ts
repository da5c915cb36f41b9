import { describe, expect, it } from 'vitest';
import {
  imageVersion,
  isRefused,
  kongVersion,
  versionVerdict,
} from '../../../src/derive/kong-plane-version.ts';

describe('the version of a Kong plane', () => {
  it.each([
    ['3.6.1', 3, 6],
    ['3.4.3.5-enterprise-edition', 3, 4],
    ['2.8', 2, 8],
    ['3.9-ubuntu', 3, 9],
    ['v3.10.0', 3, 10],
  ])('of %s is %d.%d', (text, major, minor) => {
    expect(kongVersion(text)).toMatchObject({ major, minor });
  });

  it.each(['latest', '3', '', '2024.1', 'ubuntu-3.4'])('is not in %s', (text) => {
    expect(kongVersion(text)).toBeUndefined();
  });

  it.each([
    ['kong:3.6.1', 6],
    ['registry.example:5000/mirror/kong/kong-gateway:3.4.3.5@sha256:0000', 4],
  ])('is read from the tag of %s', (image, minor) => {
    expect(imageVersion(image)?.minor).toBe(minor);
  });

  it.each(['registry.example/edge:3.6.1', 'kong/kubernetes-ingress-controller:3.4.1', 'kong', undefined])(
    'is not that of %s',
    (image) => {
      expect(imageVersion(image)).toBeUndefined();
    },
  );
});

describe('what a control plane does with a data plane', () => {
  it.each([
    ['3.6.1', '3.6.9', 'same', false],
    ['3.6.1', '3.4.2', 'older data plane', false],
    ['3.6.1', '3.7.0', 'newer data plane', true],
    ['3.6.1', '2.8.5', 'other major version', true],
    ['2.8.5', '3.0.0', 'other major version', true],
    ['3.9.0', '3.10.0', 'newer data plane', true],
  ] as const)('control plane %s, data plane %s: %s', (controlPlane, dataPlane, verdict, refused) => {
    const found = versionVerdict(kongVersion(controlPlane)!, kongVersion(dataPlane)!);

    expect(found).toBe(verdict);
    expect(isRefused(found)).toBe(refused);
  });
});
