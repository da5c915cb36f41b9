import { describe, expect, it } from 'vitest';
import { serviceWithoutEndpoints } from '../../../analyzers/network/service-without-endpoints.ts';
import { containerConfigError } from '../../../analyzers/workload/container-config-error.ts';
import { containerNotCreated } from '../../../analyzers/workload/container-not-created.ts';
import { crashLoop } from '../../../analyzers/workload/crash-loop.ts';
import { ephemeralStorageEvicted } from '../../../analyzers/workload/ephemeral-storage-evicted.ts';
import { initContainerStuck } from '../../../analyzers/workload/init-container-stuck.ts';
import { outOfMemory } from '../../../analyzers/workload/out-of-memory.ts';
import { portConflict } from '../../../analyzers/workload/port-conflict.ts';
import { probeKillsContainer } from '../../../analyzers/workload/probe-kills-container.ts';
import { sandboxNotCreated } from '../../../analyzers/workload/sandbox-not-created.ts';
import { volumeMountFailed } from '../../../analyzers/workload/volume-mount-failed.ts';
import { analyzeStore } from '../../../src/analyze/analyze.ts';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import type { AnyAnalyzer } from '../../../src/model/analyzer.ts';
import { ago, event, pod, service } from '../../support/builders.ts';
import { type Given, storeOf } from '../../support/given.ts';
import { crashingPod, creatingPod, ended, waitingPod } from '../../support/start-builders.ts';

const ANALYZERS: readonly AnyAnalyzer[] = [
  serviceWithoutEndpoints,
  containerConfigError,
  containerNotCreated,
  crashLoop,
  ephemeralStorageEvicted,
  initContainerStuck,
  outOfMemory,
  portConflict,
  probeKillsContainer,
  sandboxNotCreated,
  volumeMountFailed,
];
const LABELS = { labels: { app: 'web' } };

/** Causes as `message subjects > messages of the symptoms`. */
function causesOf(given: Given): string[] {
  const { findings, graph, results } = analyzeStore(storeOf(ANALYZERS, given), ANALYZERS);
  const catalog = new Map(ANALYZERS.map(({ meta }) => [meta.id, meta.messages]));
  const messageOf = new Map(findings.map((one) => [one.id, one.messageId]));
  return diagnose(findings, graph, catalog, results).map((cause) => {
    const symptoms = cause.symptoms.map((id) => messageOf.get(id)).sort();
    return `${cause.messageId} of ${cause.subjects.length}${symptoms.length > 0 ? ` > ${symptoms.join(' ')}` : ''}`;
  });
}

function labelled<T extends { metadata: object }>(built: T): T {
  return { ...built, metadata: { ...built.metadata, ...LABELS } };
}

describe('a pod that does not start', () => {
  it('for a Secret is one cause with every pod that needs it, the Service below', () => {
    const waiting = { reason: 'CreateContainerConfigError', message: 'secret "db" not found' };
    const pods = ['web-1', 'web-2', 'web-3'].map((name) => labelled(waitingPod(name, waiting)));

    expect(causesOf({ objects: [...pods, service('web')] })).toEqual(['sourceMissing of 3 > noneReady']);
  });

  it('for the network of its node is one cause per node', () => {
    const pods = ['a', 'b', 'c'].map((name) =>
      creatingPod(name, { spec: { nodeName: `node-${name > 'a'}` } }),
    );
    const message = 'Failed to create pod sandbox: cni plugin not initialized';
    const events = pods.map((one) => event(one, { reason: 'FailedCreatePodSandBox', message }));

    expect(causesOf({ objects: [...pods, ...events] }).sort()).toEqual([
      'networkNotReady of 1',
      'networkNotReady of 2',
    ]);
  });
});

describe('a container in a crash loop', () => {
  const crash = labelled(crashingPod('web-1', ended('Error', 1)));

  it('whose port is taken stands below the port', () => {
    const text = 'listen tcp :8080: bind: address already in use\n';
    const logs = [{ namespace: 'shop', pod: 'web-1', container: 'app', previous: true, text }];

    expect(causesOf({ objects: [crash, service('web')], logs })).toEqual(['inPod of 1 > exits noneReady']);
  });

  it('that a probe kills stands below the probe', () => {
    const probe = { livenessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 2 } };
    const probed = crashingPod('web-1', ended('Error', 137, { startedAt: ago(150) }), {
      spec: { containers: [{ name: 'app', image: 'shop/app:1', ...probe }] },
    });
    const kill = event(probed, {
      reason: 'Killing',
      type: 'Normal',
      message: 'Container app failed liveness probe, will be restarted',
    });
    const causes = causesOf({ objects: [probed, kill] });

    expect(causes).toHaveLength(1);
    expect(causes[0]).toMatch(/ > isStopped$/);
  });

  it('that is told by its status is told once', () => {
    const killed = crashingPod('web-1', ended('OOMKilled', 137), {
      spec: {
        containers: [{ name: 'app', image: 'shop/app:1', resources: { limits: { memory: '64Mi' } } }],
      },
    });
    const message = 'exec: "/nosuch": stat /nosuch: no such file or directory: unknown';
    const missing = crashingPod('web-2', ended('StartError', 128, { message }));

    expect(causesOf({ objects: [killed, missing, pod('web-3')] }).sort()).toEqual([
      'commandNotFound of 1',
      'limitExceeded of 1',
    ]);
  });
});
