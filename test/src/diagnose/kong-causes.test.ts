import { describe, expect, it } from 'vitest';
import { ingressControllerPushFailed } from '../../../analyzers/kong/ingress-controller-push-failed.ts';
import { ago, anyObject, type Built, condition, event, pod, service } from '../../support/builders.ts';
import type { Given } from '../../support/given.ts';
import { kongLogOf } from '../../support/kong.ts';
import { causesOf, DATA_PLANES, hybrid, IMAGE, rowsOf } from '../../support/kong-hybrid.ts';
import { databasePlane, evictedPod, migrationJob, waitingForDatabase } from '../../support/kong-pods.ts';
import { failing, silent, unready } from '../../support/kong-scenario.ts';
import { runOn } from '../../support/test-analyzer.ts';

/** Causes as `message > messages of the symptoms`, without their analyzers. */
function chains(given: Given): string[] {
  const bare = (told: string) => told.slice(told.indexOf('#') + 1);
  return causesOf(given).map(({ told, symptoms }) => {
    const below = symptoms.map(bare).sort().join(' ');
    return below === '' ? bare(told) : `${bare(told)} > ${below}`;
  });
}

/** The Service in front of the data planes. */
const front = service('kong-dp-kong-proxy', {
  metadata: { namespace: 'kong' },
  spec: { selector: { 'app.kubernetes.io/instance': 'kong-dp' }, ports: [{ port: 80, targetPort: 8000 }] },
});

function failedJob(seconds: number): Built {
  const failed = condition('Failed', 'True', {
    reason: 'BackoffLimitExceeded',
    lastTransitionTime: ago(seconds),
  });
  return migrationJob('init-migrations', { status: { failed: 7, conditions: [failed] } });
}

describe('what keeps all data planes of a control plane from it', () => {
  it('is above their lost links, their old configurations and the routes that lead to them', () => {
    const given = hybrid({
      dataPlane: () => unready(900),
      ready: 0,
      rows: rowsOf(() => silent(900)),
      logs: DATA_PLANES.map((name) => failing('ssl handshake failed: 18: self-signed certificate', name)),
      objects: [front],
    });

    expect(chains(given)[0]).toMatch(/^tlsUntrusted > (?=.*noneReady)/);
  });
});

describe('a prefix that is full', () => {
  it('is above the pile of pods it leaves', () => {
    const objects = [40, 700, 1500, 2300, 3100].map((seconds) =>
      evictedPod(`kong-dp-kong-6d9c7b8f54-${seconds}`, seconds, { image: IMAGE }),
    );

    expect(chains(hybrid({ objects }))).toEqual(['evicted > volumeLimit']);
  });

  it('in memory is above the data plane that is not ready and its Service', () => {
    const given = hybrid({
      dataPlane: () => ({ ...unready(900), emptyDir: { medium: 'Memory' } }),
      ready: 0,
      logs: DATA_PLANES.map((name) =>
        kongLogOf(name, [
          1000,
          '[clustering] unable to update running config: Input/output error, context: x',
        ]),
      ),
      objects: [front],
    });
    const found = chains(given);

    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^noSpace > (?=.*noneReady)/);
  });
});

describe('a migration that failed', () => {
  it('is above its Job, the control plane that waits and its Service', () => {
    const waiting = databasePlane('kong-cp-kong-7c9d6f5b8-a', waitingForDatabase(700));
    const admin = service('kong-cp-kong-admin', {
      metadata: { namespace: 'kong' },
      spec: { selector: { 'app.kubernetes.io/instance': 'kong-cp' }, ports: [{ port: 8444 }] },
    });
    const found = chains({ objects: [waiting, failedJob(800), admin] });

    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^jobFailed > backOffLimit (?=.*noneReady)(?=.*waits)/);
  });
});

describe('a worker killed for memory', () => {
  it('is above the data plane that is not ready since', () => {
    const given = hybrid({
      dataPlane: () => unready(600),
      ready: 0,
      logs: DATA_PLANES.map((name) =>
        kongLogOf(name, [620, '2026/01/15 11:49:40 [alert] 1#0: worker process 1258 exited on signal 9']),
      ),
      objects: [front],
    });

    expect(chains(given)[0]).toMatch(/^killed > (?=.*noneReady)/);
  });
});

describe('an object Kong refuses', () => {
  const controller = pod('kong-controller-0', {
    metadata: { namespace: 'kong' },
    spec: { containers: [{ name: 'app', image: 'kong/kubernetes-ingress-controller:3.4' }] },
  });
  const plugin = anyObject('configuration.konghq.com/v1', 'KongPlugin', 'limit', 'shop');
  const reason = 'KongConfigurationApplyFailed';

  it('is above the push it breaks', () => {
    const objects = [
      controller,
      plugin,
      event(controller, { reason, message: 'failed to apply Kong configuration' }),
      event(plugin, { reason, message: 'invalid config.minute' }),
    ];

    expect(runOn(ingressControllerPushFailed, { objects }).findings).toHaveLength(2);
    expect(chains({ objects })).toEqual(['objectRefused > pushRefused']);
  });
});
