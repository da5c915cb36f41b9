import { sidecarScopeConflict } from '../../../analyzers/istio/sidecar-scope-conflict.ts';
import { istioSidecars } from '../../../src/artifacts/istio-workload-resources.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, anyObject, pod } from '../../support/builders.ts';
import { meshPod, networking } from '../../support/istio-configuration-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const web = meshPod('web-1', { app: 'web', tier: 'front' });
const old = { metadata: { creationTimestamp: ago(90_000) } };
const sidecar = (name: string, labels?: object, parts: Parameters<typeof networking>[3] = {}) =>
  networking('Sidecar', name, labels ? { workloadSelector: { labels } } : { egress: [] }, parts);
const telemetry = (name: string, spec: object, parts: object = {}) =>
  anyObject('telemetry.istio.io/v1', 'Telemetry', name, 'shop', { spec, ...parts });

testAnalyzer(sidecarScopeConflict, {
  silent: [
    { name: 'neither kind', given: { objects: [web] }, status: 'not-applicable' },
    {
      name: 'one per namespace and one per workload',
      given: {
        objects: [
          web,
          sidecar('default'),
          sidecar('web', { app: 'web' }),
          sidecar('other', { app: 'other' }),
          sidecar('default', undefined, { metadata: { namespace: 'basket' } }),
          telemetry('default', {}),
        ],
      },
    },
    {
      name: 'selectors that meet in no pod, or only in one that ended',
      given: {
        objects: [
          pod('old', { metadata: { labels: { app: 'web', tier: 'front' } }, status: { phase: 'Succeeded' } }),
          sidecar('a', { app: 'web' }),
          sidecar('b', { tier: 'front' }),
        ],
      },
    },
    {
      name: 'Telemetries attached by name, and a Sidecar made a moment ago',
      given: {
        objects: [
          web,
          telemetry('a', { targetRefs: [{ kind: 'Gateway', name: 'a' }] }),
          telemetry('b', { targetRefs: [{ kind: 'Gateway', name: 'b' }] }),
          sidecar('default'),
          sidecar('new', undefined, { metadata: { creationTimestamp: ago(10) } }),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'two Sidecars for one pod, told once',
      given: {
        objects: [
          web,
          meshPod('web-2', { app: 'web', tier: 'front' }),
          sidecar('a', { app: 'web' }, old),
          sidecar('b', { tier: 'front' }),
        ],
      },
      expect: [
        {
          message: 'sameWorkload',
          subject: 'Namespace/shop',
          severity: 'warning',
          values: { others: ['`b`'] },
        },
      ],
    },
    {
      name: 'two of each kind without a selector',
      given: {
        objects: [
          web,
          sidecar('b'),
          sidecar('a', undefined, old),
          telemetry('x', {}, old),
          telemetry('y', {}),
        ],
      },
      expect: [
        { message: 'sameNamespace', subject: 'Namespace/shop', values: { others: ['`b`'] } },
        { message: 'sameNamespace', subject: 'Namespace/shop', values: { others: ['`y`'] } },
      ],
    },
  ],
  unknown: [
    { name: 'Sidecars', given: { objects: [web], forbidden: [istioSidecars] } },
    { name: 'pods', given: { objects: [sidecar('a', { app: 'web' })], forbidden: [pods] } },
  ],
});
