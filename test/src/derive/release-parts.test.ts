import { describe, expect, it } from 'vitest';
import { releaseParts } from '../../../src/derive/release-parts.ts';
import { anyObject, deployment, service } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';

const unready = { spec: { replicas: 2 }, status: { readyReplicas: 0 } };

function textsOf(objects: readonly object[], release = 'web'): string[] {
  return derivedFrom(releaseParts, { objects })
    .unwell('shop', release)
    .map(({ text }) => text);
}

describe('the objects of a Helm release', () => {
  it.each([
    ['the annotation of Helm 3', { annotations: { 'meta.helm.sh/release-name': 'web' } }],
    ['the label of charts', { labels: { 'app.kubernetes.io/instance': 'web' } }],
    ['the label of older charts', { labels: { release: 'web' } }],
  ])('are known by %s', (_name, metadata) => {
    expect(textsOf([deployment('web', { metadata, ...unready })])).toEqual([
      'Deployment web has 0 of 2 pods ready',
    ]);
  });

  it('belong to what the annotation says, whatever the label', () => {
    const metadata = {
      annotations: { 'meta.helm.sh/release-name': 'umbrella' },
      labels: { 'app.kubernetes.io/instance': 'web' },
    };

    expect(textsOf([deployment('web', { metadata, ...unready })])).toEqual([]);
  });

  it('are of one namespace, not being deleted, and unwell', () => {
    const labels = { release: 'web' };
    const objects = [
      deployment('well', { metadata: { labels } }),
      deployment('gone', { metadata: { labels, deletionTimestamp: '2026-01-15T11:00:00Z' }, ...unready }),
      deployment('elsewhere', { metadata: { labels, namespace: 'other' }, ...unready }),
    ];

    expect(textsOf(objects)).toEqual([]);
    expect(derivedFrom(releaseParts, { objects }).seen('shop', 'web')).toBe(true);
    expect(derivedFrom(releaseParts, { objects }).seen('shop', 'api')).toBe(false);
  });

  it('are sets, claims and load balancers too', () => {
    const metadata = { labels: { release: 'web' } };
    const objects = [
      anyObject('apps/v1', 'StatefulSet', 'db', 'shop', {
        metadata,
        spec: { replicas: 3 },
        status: { readyReplicas: 1 },
      }),
      anyObject('apps/v1', 'DaemonSet', 'agent', 'shop', {
        metadata,
        status: { desiredNumberScheduled: 4, numberReady: 3 },
      }),
      anyObject('v1', 'PersistentVolumeClaim', 'data', 'shop', { metadata, status: { phase: 'Pending' } }),
      anyObject('v1', 'PersistentVolumeClaim', 'bound', 'shop', { metadata, status: { phase: 'Bound' } }),
      service('edge', { metadata, spec: { type: 'LoadBalancer' } }),
      service('inner', { metadata }),
    ];

    expect(textsOf(objects)).toEqual([
      'StatefulSet db has 1 of 3 pods ready',
      'DaemonSet agent has 3 of 4 pods ready',
      'PersistentVolumeClaim data is Pending',
      'Service edge has no external address',
    ]);
  });
});
