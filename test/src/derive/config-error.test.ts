import { describe, expect, it } from 'vitest';
import { readConfigError } from '../../../src/derive/config-error.ts';

describe('readConfigError', () => {
  it.each([
    ['secret "nosec" not found', { type: 'missing', kind: 'Secret', name: 'nosec' }],
    ['configmap "nocm" not found', { type: 'missing', kind: 'ConfigMap', name: 'nocm' }],
    [
      "couldn't find key tls.crt in Secret shop/web-tls",
      { type: 'keyMissing', kind: 'Secret', name: 'web-tls', key: 'tls.crt' },
    ],
    ['object "shop"/"web-tls" not registered', { type: 'notRead' }],
    ['secrets "x" is forbidden: User "system:node:n1" cannot get resource "secrets"', { type: 'notRead' }],
    ['services have not yet been read at least once, cannot construct envvars', { type: 'notRead' }],
    ['failed to prepare subPath for volumeMount "d" of container "c"', { type: 'subPath', volume: 'd' }],
    ['whatever', { type: 'other' }],
  ])('reads %s', (message, expected) => {
    expect(readConfigError(message)).toEqual(expected);
  });
});
