import { describe, expect, it } from 'vitest';
import { ago, type Built, containerStatus, event, pod, service } from '../../support/builders.ts';
import type { Given } from '../../support/given.ts';
import { injector, istiod, meshNamespace, meshPod, proxyLogOf } from '../../support/istio-builders.ts';
import { causesOf } from '../../support/kong-hybrid.ts';

/** Causes as `analyzer#message > messages of the symptoms`, the istio ones and those above them. */
function chains(given: Given): string[] {
  const bare = (told: string) => told.slice(told.indexOf('#') + 1);
  return causesOf(given).map(({ told, symptoms }) => {
    const below = [...new Set(symptoms.map(bare))].sort().join(' ');
    return below === '' ? bare(told) : `${bare(told)} > ${below}`;
  });
}

const UNREADY = { proxyStatus: { ready: false } };
const NOTHING = 'cds updates: 0 successful, 0 rejected; lds updates: 0 successful, 0 rejected';
const NO_CONFIG = `warn\tEnvoy proxy is NOT ready: config not received from XDS server (is Istiod running?): ${NOTHING}`;
const front = service('web', { metadata: { namespace: 'shop' }, spec: { selector: { app: 'web' } } });

/** istiod whose only pod crashes. */
function crashing(): Built[] {
  return istiod({ ready: false }).map((one) =>
    one.kind === 'Pod'
      ? {
          ...one,
          status: {
            ...(one.status as object),
            containerStatuses: [
              containerStatus('discovery', {
                ready: false,
                started: false,
                restartCount: 9,
                state: { waiting: { reason: 'CrashLoopBackOff' } },
                lastState: {
                  terminated: { exitCode: 1, reason: 'Error', startedAt: ago(130), finishedAt: ago(120) },
                },
              }),
            ],
          },
        }
      : one,
  );
}

describe('istiod that crashes', () => {
  it('is above its Service, its webhook and all proxies that wait for it', () => {
    const objects = [
      ...crashing(),
      injector(),
      meshNamespace('shop', { 'istio-injection': 'enabled' }),
      meshPod('web', UNREADY),
      meshPod('api', UNREADY),
      front,
    ];
    const found = chains({ objects, logs: [proxyLogOf('web', [NO_CONFIG])] });

    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^exits > (?=.*controlPlaneDown)(?=.*down)(?=.*noneReady)/);
  });
});

describe('a configuration that proxies refuse', () => {
  it('is above their pod and the Service in front of it', () => {
    const logs = [
      proxyLogOf('web', [
        'warning\tenvoy config\tgRPC config for type.googleapis.com/envoy.config.listener.v3.Listener rejected: script load error',
        'warn\tEnvoy proxy is NOT ready: config received from XDS server, but was rejected: cds updates: 1 successful, 0 rejected; lds updates: 0 successful, 1 rejected',
      ]),
    ];
    const web = meshPod('web', UNREADY);
    const probe = event(web, {
      reason: 'Unhealthy',
      message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
    });
    const found = chains({ objects: [...istiod(), web, front, probe], logs });

    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^configurationRejected > (?=.*noneReady)/);
  });
});

describe('an upstream without pods', () => {
  it('is above the requests that fail at it', () => {
    const line = `[${ago(30)}] "GET / HTTP/1.1" 503 UH no_healthy_upstream - "-" 0 91 0 - "-" "c" "1" "api" "-" outbound|80||api.shop.svc.cluster.local - 10.96.1.1:80 10.1.0.7:4444 - default`;
    const text = `${Array.from({ length: 20 }, () => `${ago(30)} ${line}`).join('\n')}\n`;
    const api = service('api', { spec: { selector: { app: 'api' } } });
    const idle = pod('idle', { metadata: { labels: { app: 'other' } } });
    const found = chains({
      objects: [...istiod(), meshPod('web'), api, idle],
      logs: [{ namespace: 'shop', pod: 'web', container: 'istio-proxy', text }],
    });

    expect(found.some((one) => /^(?:noPodMatches|labelsDiffer).* > .*noHealthyUpstream/.test(one))).toBe(
      true,
    );
  });
});
