import { expect, it } from 'vitest';
import { istioControlPlanes } from '../../../src/derive/istio-control-planes.ts';
import { istioSidecars } from '../../../src/derive/istio-sidecars.ts';
import { discoveryOutlook } from '../../../src/derive/virtual-environment-discovery.ts';
import { ago, type Built, pod, service } from '../../support/builders.ts';
import { inputsFrom } from '../../support/derived-value.ts';
import { taggedPod } from '../../support/virtual-environment-tag-builders.ts';

function istiod(ready: boolean): Built[] {
  const container = { name: 'discovery', image: 'docker.io/istio/pilot:1.18.7', args: ['discovery'] };
  const status = ready ? 'True' : 'False';
  return [
    pod('istiod-1', {
      metadata: { namespace: 'istio-system', labels: { app: 'istiod' } },
      spec: { containers: [container] },
      status: { conditions: [{ type: 'Ready', status, lastTransitionTime: ago(900) }] },
    }),
    service('istiod', { metadata: { namespace: 'istio-system' }, spec: { selector: { app: 'istiod' } } }),
  ];
}

function outlook(...objects: readonly Built[]) {
  const needs = { planes: istioControlPlanes, sidecars: istioSidecars };
  const { planes, sidecars } = inputsFrom(needs, { objects });
  return discoveryOutlook(sidecars.proxies, planes);
}

it('is fine where a ready pod stands behind the address', () => {
  expect(outlook(taggedPod('a', 'dev', {}), ...istiod(true))).toEqual({
    addresses: ['istiod.istio-system.svc:15012'],
    fine: '`istiod.istio-system.svc:15012`: 1 ready, Istio 1.18.7',
    problem: undefined,
  });
});

it('tells a control plane that is not ready from none', () => {
  expect(outlook(taggedPod('a', 'dev', {}), ...istiod(false)).problem).toMatch(/without a ready pod/);
  expect(outlook(taggedPod('a', 'dev', {})).problem).toMatch(/no control plane that is seen/);
});

it('is the old address for sidecars of Istio 1.5', () => {
  expect(outlook(taggedPod('a', 'dev', { version: '1.5.10' })).addresses).toEqual([
    'istio-pilot.istio-system:15010',
  ]);
});

it('says nothing without a sidecar', () => {
  expect(outlook()).toEqual({ addresses: [], fine: undefined, problem: undefined });
});
