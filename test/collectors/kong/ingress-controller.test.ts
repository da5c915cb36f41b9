import { describe, expect, it } from 'vitest';
import { ingressController } from '../../../collectors/kong/ingress-controller.ts';
import { kongControllerState } from '../../../src/artifacts/kong-controller.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { type FakeCluster, type FakeObject, fakeKube } from '../../support/fake-kube.ts';

const CANARY = 'canary-basic-auth-password';
const PATH = 'documents/kong-controller-state/_object/Pod/kong/kic-0.json';
const METRICS = [
  'ingress_controller_configuration_push_broken_resource_count{dataplane="https://10.1.0.9:8444"} 2',
  'ingress_controller_configuration_push_count{success="false",dataplane="x"} 7',
  'ingress_controller_configuration_push_count{success="true",dataplane="x"} 4',
  `controller_runtime_webhook_latency{secret="${CANARY}"} 1`,
  '',
].join('\n');
const RAW_ERROR = JSON.stringify({
  code: 14,
  flattened_errors: [
    {
      entity_type: 'plugin',
      entity_name: 'limit',
      entity: { config: { password: CANARY } },
      errors: [{ type: 'field', field: 'config.minute', message: 'expected a number' }],
    },
  ],
});
const FALLBACK = JSON.stringify({
  status: 'triggered',
  brokenObjects: [
    {
      group: 'configuration.konghq.com',
      kind: 'KongPlugin',
      version: 'v1',
      namespace: 'shop',
      name: 'limit',
    },
  ],
});

function controller(env: readonly { name: string; value: string }[] = [], running = true): FakeObject {
  const state = running ? { running: {} } : { waiting: { reason: 'CrashLoopBackOff' } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'kong', name: 'kic-0' },
    spec: {
      containers: [{ name: 'ingress-controller', image: 'kong/kubernetes-ingress-controller:3.4', env }],
    },
    status: { containerStatuses: [{ name: 'ingress-controller', restartCount: 0, state }] },
  };
}

const REPLIES: FakeCluster['podReplies'] = {
  'kong/kic-0:10255/metrics': METRICS,
  'kong/kic-0:10256/debug/config/fallback': FALLBACK,
  'kong/kic-0:10256/debug/config/raw-error': RAW_ERROR,
};
const DUMP = { name: 'CONTROLLER_DUMP_CONFIG', value: 'true' };

describe('kong/ingress-controller', () => {
  it('keeps the counts of pushes, the names of broken objects and the words of Kong, and no entity', async () => {
    const kube = fakeKube({ objects: [controller([DUMP])], podReplies: REPLIES });

    const bundle = await collectBundle(kube, [ingressController]);

    const text = Buffer.from(bundle.entries.get(PATH) ?? '').toString('utf8');
    expect(text).not.toContain(CANARY);
    expect(kongControllerState.parse(Buffer.from(text))).toMatchObject({
      brokenInPush: 2,
      failedPushes: 7,
      fallback: { triggered: true, broken: [{ kind: 'KongPlugin', namespace: 'shop', name: 'limit' }] },
      refused: [{ type: 'plugin', name: 'limit', errors: ['config.minute: expected a number'] }],
      errors: [],
    });
  });

  it('asks no diagnostics that are off, or that hold secrets', async () => {
    const sensitive = { name: 'CONTROLLER_DUMP_SENSITIVE_CONFIG', value: 'true' };
    const off = fakeKube({ objects: [controller()], podReplies: REPLIES });
    const full = fakeKube({ objects: [controller([DUMP, sensitive])], podReplies: REPLIES });

    await collectBundle(off, [ingressController]);
    await collectBundle(full, [ingressController]);

    expect(off.podRequests.map(({ port }) => port)).toEqual([10_255]);
    expect(full.podRequests.map(({ port }) => port)).toEqual([10_255]);
  });

  it('records one that does not run, and that there is none', async () => {
    const down = await collectBundle(fakeKube({ objects: [controller([], false)] }), [ingressController]);
    const none = await collectBundle(fakeKube({ objects: [] }), [ingressController]);

    const rows = (bundle: typeof down) =>
      bundle.manifest.coverage
        .filter(({ artifact }) => artifact === kongControllerState.id)
        .map(({ outcome, reason }) => `${outcome}: ${reason}`);
    expect(rows(down)).toEqual(['not-found: the ingress controller does not run']);
    expect(rows(none)).toEqual(['not-found: no pod runs a Kong ingress controller here']);
  });
});
