import { expect, it } from 'vitest';
import { sidecarsNotReady } from '../../../analyzers/virtual-environment/sidecars-not-ready.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { virtualEnvironments } from '../../../src/artifacts/virtual-environment-resources.ts';
import { ago, type Built, pod, service } from '../../support/builders.ts';
import { runOn, testAnalyzer } from '../../support/test-analyzer.ts';
import { virtualEnvironment } from '../../support/virtual-environment-builders.ts';
import { listeners, refusedListener } from '../../support/virtual-environment-proxy-builders.ts';
import { taggedPod } from '../../support/virtual-environment-tag-builders.ts';

const subject = 'VirtualEnvironment/shop/demo-virtualenv';
const PROXY = 'app-js-dev-5d8f7-x2x9z';

function istiod(ready = true): Built[] {
  const labels = { app: 'istiod', 'istio.io/rev': 'default' };
  return [
    pod('istiod-6d5f-abcde', {
      metadata: { namespace: 'istio-system', labels },
      spec: {
        containers: [{ name: 'discovery', image: 'docker.io/istio/pilot:1.18.7', args: ['discovery'] }],
      },
      status: {
        conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: ago(900) }],
      },
    }),
    service('istiod', { metadata: { namespace: 'istio-system' }, spec: { selector: { app: 'istiod' } } }),
  ];
}

function rowsOf(given: Parameters<typeof runOn>[1]) {
  const { rows } = runOn(sidecarsNotReady, given);
  return new Map(rows.map(({ checkId, state, values, reason }) => [checkId, { state, values, reason }]));
}

testAnalyzer(sidecarsNotReady, {
  silent: [
    { name: 'no KtEnv', given: { objects: [pod('web')] }, status: 'not-applicable' },
    { name: 'no sidecar', given: { objects: [virtualEnvironment()] } },
    {
      name: 'all ready, regular and native',
      given: {
        objects: [
          virtualEnvironment(),
          taggedPod('app-js', 'dev', {}),
          taggedPod('app-go', 'dev', { native: true }),
        ],
      },
    },
    {
      name: 'one that started a moment ago',
      given: {
        objects: [virtualEnvironment(), taggedPod('app-js', 'dev', { ready: false, started: ago(20) })],
      },
    },
    {
      name: 'a pod that waits for a node has no sidecar yet',
      given: {
        objects: [
          virtualEnvironment(),
          taggedPod(
            'app-js',
            'dev',
            {},
            { status: { phase: 'Pending', conditions: [], containerStatuses: [] } },
          ),
        ],
      },
    },
    {
      name: 'two of three are not ready',
      given: {
        objects: [
          virtualEnvironment(),
          taggedPod('app-js', 'dev', {}),
          taggedPod('app-go', 'dev', { ready: false }),
          taggedPod('app-java', 'dev', { ready: false, native: true }),
        ],
      },
      info: [{ message: 'notReady', subject, severity: 'info', values: { count: 2, all: 3 } }],
    },
  ],
  reports: [],
  unknown: [
    {
      name: 'neither environments nor pods were seen',
      given: { forbidden: [virtualEnvironments, pods] },
      reason: /VirtualEnvironment/,
    },
  ],
});

it('fills the rows of the last chapter', () => {
  const rows = rowsOf({
    objects: [virtualEnvironment(), taggedPod('app-js', 'dev', {}), ...istiod()],
    documents: [listeners(PROXY, {})],
  });

  expect(rows.get('ready')).toMatchObject({ state: 'fine', values: { count: 1 } });
  expect(rows.get('discovery')).toMatchObject({
    state: 'fine',
    values: { detail: '`istiod.istio-system.svc:15012`: 1 ready, Istio 1.18.7' },
  });
  expect(rows.get('accepted')).toMatchObject({ state: 'fine', values: { count: 1 } });
});

it('names what is behind the rows that are not fine, and leaves the finding to Istio', () => {
  const rows = rowsOf({
    objects: [virtualEnvironment(), taggedPod('app-js', 'dev', {}), ...istiod(false)],
    documents: [refusedListener(PROXY, 'Unable to parse JSON as proto', true)],
  });

  expect(rows.get('discovery')?.reason).toMatch(/a control plane without a ready pod/);
  expect(rows.get('accepted')?.reason).toMatch(/1 of 1 proxies asked refuse a listener.*Unable to parse/);
});

it('says so where no control plane is in the cluster, or no proxy was asked', () => {
  const rows = rowsOf({ objects: [virtualEnvironment(), taggedPod('app-js', 'dev', {})] });

  expect(rows.get('discovery')?.reason).toMatch(/no control plane that is seen/);
  expect(rows.get('accepted')).toMatchObject({ state: 'unseen' });
});
