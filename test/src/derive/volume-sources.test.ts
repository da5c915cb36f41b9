import { describe, expect, it } from 'vitest';
import type { PodItem } from '../../../src/artifacts/resources.ts';
import { volumeSources } from '../../../src/derive/volume-sources.ts';
import { pod } from '../../support/builders.ts';

describe('volumeSources', () => {
  it('names what must exist, and nothing that may be missing', () => {
    const built = pod('web', {
      spec: {
        volumes: [
          { name: 'a', secret: { secretName: 'tls' } },
          { name: 'b', configMap: { name: 'conf' } },
          { name: 'c', configMap: { name: 'extra', optional: true } },
          {
            name: 'd',
            projected: {
              sources: [
                { secret: { name: 'token' } },
                { configMap: { name: 'ca', optional: true } },
                { serviceAccountToken: { path: 'token' } },
              ],
            },
          },
          { name: 'e', emptyDir: {} },
        ],
      },
    });

    expect(volumeSources(built as unknown as PodItem)).toEqual([
      { volume: 'a', kind: 'Secret', namespace: 'shop', name: 'tls' },
      { volume: 'b', kind: 'ConfigMap', namespace: 'shop', name: 'conf' },
      { volume: 'd', kind: 'Secret', namespace: 'shop', name: 'token' },
    ]);
  });
});
