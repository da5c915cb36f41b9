import { describe, expect, it } from 'vitest';
import { parseImage, registryName } from '../../../src/derive/image-reference.ts';

describe('an image reference', () => {
  it.each([
    ['nginx', { registry: 'docker.io', repository: 'library/nginx' }],
    ['nginx:1.27', { registry: 'docker.io', repository: 'library/nginx', tag: '1.27' }],
    ['kong/kong-gateway:3.4', { registry: 'docker.io', repository: 'kong/kong-gateway', tag: '3.4' }],
    ['registry.example/shop/app:1', { registry: 'registry.example', repository: 'shop/app', tag: '1' }],
    ['localhost/app', { registry: 'localhost', repository: 'app' }],
    ['harbor:5000/app:2', { registry: 'harbor:5000', repository: 'app', tag: '2' }],
    ['index.docker.io/library/redis', { registry: 'docker.io', repository: 'library/redis' }],
    ['quay.io/a/b@sha256:0123', { registry: 'quay.io', repository: 'a/b', digest: 'sha256:0123' }],
  ])('%s is taken apart with the defaults of a runtime', (text, expected) => {
    expect(parseImage(text)).toEqual(expected);
  });

  it.each(['BAD IMAGE:::', 'Shop/App:1', 'app:1:2', '', 'registry.example/'])('%j is none', (text) => {
    expect(parseImage(text)).toBeUndefined();
  });

  it('knows the Docker Hub by one name', () => {
    expect(registryName('registry-1.docker.io')).toBe('docker.io');
    expect(registryName('mirror.docker.io.example')).toBe('mirror.docker.io.example');
  });
});
