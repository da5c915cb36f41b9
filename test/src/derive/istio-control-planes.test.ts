import { describe, expect, it } from 'vitest';
import { deployments } from '../../../src/artifacts/workload-resources.ts';
import { istioControlPlanes } from '../../../src/derive/istio-control-planes.ts';
import { injects } from '../../../src/derive/istio-injectors.ts';
import { type Built, pod, service } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';
import { injector, istiod, istioSettings } from '../../support/istio-builders.ts';

/** Without the slices, which the value does not read. */
const objects = (...all: readonly { kind: string }[]) => all.filter(({ kind }) => kind !== 'EndpointSlice');
const from = (...all: readonly { kind: string }[]) =>
  derivedFrom(istioControlPlanes, { objects: objects(...all) });

/** As a chart of one's own writes it: the revision stands in the variables of the container only. */
function unlabelled(all: readonly Built[]): Built[] {
  return JSON.parse(JSON.stringify(all), (key, value) => (key === 'istio.io/rev' ? undefined : value));
}

describe('the control planes of Istio', () => {
  it('are one for a Deployment and its pods, though only variables of the pods name the revision', () => {
    const { planes } = from(...unlabelled(istiod({ revision: '1-27' })));

    expect(
      planes.map(({ revision, deployment, pods }) => [revision, deployment?.metadata.name, pods.length]),
    ).toEqual([['1-27', 'istiod-1-27', 1]]);
  });

  it('are told apart by revision, with all that is theirs', () => {
    const { planes, complete } = from(
      ...istiod({ replicas: 2 }),
      ...istiod({ revision: '1-27', version: '1.27.0-distroless' }),
      injector(),
      injector({ revision: '1-27' }),
      injector({ revision: '1-27', tag: 'prod' }),
      istioSettings('istio', { mesh: '' }),
      istioSettings('istio-1-27', { mesh: 'a: b' }),
      istioSettings('istio-sidecar-injector-1-27', { values: '{}' }),
    );

    expect(complete).toBe(true);
    expect(
      planes.map((one) => ({
        revision: one.revision,
        version: one.version?.text,
        pods: one.pods.length,
        services: one.services.map(({ metadata }) => metadata.name),
        injectors: one.injectors.map(({ config }) => config.metadata.name),
        mesh: one.mesh?.metadata.name,
        injection: one.injection?.metadata.name,
        kind: one.kind,
      })),
    ).toEqual([
      {
        revision: 'default',
        version: '1.27.0',
        pods: 2,
        services: ['istiod'],
        injectors: Array(4).fill('istio-sidecar-injector'),
        mesh: 'istio',
        injection: undefined,
        kind: 'istiod',
      },
      {
        revision: '1-27',
        version: '1.27.0',
        pods: 1,
        services: ['istiod-1-27'],
        injectors: [
          'istio-sidecar-injector-1-27',
          'istio-sidecar-injector-1-27',
          'istio-revision-tag-prod',
          'istio-revision-tag-prod',
        ],
        mesh: 'istio-1-27',
        injection: 'istio-sidecar-injector-1-27',
        kind: 'istiod',
      },
    ]);
  });

  it('are known by what they run, whatever they are called, and from pods alone', () => {
    const named = istiod({ name: 'mesh-brain', namespace: 'mesh' });

    expect(from(...named).behind({ namespace: 'mesh', name: 'mesh-brain' })).toHaveLength(1);
    const value = derivedFrom(istioControlPlanes, {
      objects: named.filter(({ kind }) => kind === 'Pod'),
      forbidden: [deployments],
    });
    expect(value.planes).toMatchObject([{ namespace: 'mesh', revision: 'default', deployment: undefined }]);
    expect(value.complete).toBe(false);
  });

  it('include the Pilot of old versions', () => {
    const pilot = pod('istio-pilot-1', {
      metadata: { namespace: 'istio-system', labels: { app: 'pilot', istio: 'pilot' } },
      spec: {
        containers: [
          { name: 'discovery', image: 'docker.io/istio/pilot:1.4.3', args: ['discovery'] },
          { name: 'istio-proxy', image: 'docker.io/istio/proxyv2:1.4.3' },
        ],
      },
    });
    const front = service('istio-pilot', {
      metadata: { namespace: 'istio-system' },
      spec: { selector: { istio: 'pilot' } },
    });

    expect(from(pilot, front).planes).toMatchObject([
      { kind: 'pilot', version: { text: '1.4.3' }, services: [{ metadata: { name: 'istio-pilot' } }] },
    ]);
  });

  it('are not found in pods called so that run something else, nor in ended ones', () => {
    const other = pod('istiod-1', { metadata: { labels: { app: 'istiod' } } });
    const ended = istiod().map((one) => (one.kind === 'Pod' ? { ...one, status: { phase: 'Failed' } } : one));

    expect(from(other).planes).toEqual([]);
    expect(from(...ended.filter(({ kind }) => kind === 'Pod')).planes).toEqual([]);
  });
});

describe('the injector of a revision', () => {
  const { injectors } = from(...istiod({ revision: '1-27' }), injector({ revision: '1-27' }));
  const called = (namespace: Record<string, string>, labels: Record<string, string> = {}) =>
    injectors.some((one) => injects(one, namespace, labels));

  it.each([
    ['the namespace asks for it', { 'istio.io/rev': '1-27' }, {}, true],
    ['the pod asks for it', {}, { 'istio.io/rev': '1-27' }, true],
    [
      'the pod asks to be left out',
      { 'istio.io/rev': '1-27' },
      { 'sidecar.istio.io/inject': 'false' },
      false,
    ],
    ['the namespace asks for another', { 'istio.io/rev': '1-26' }, {}, false],
    ['both labels contradict', { 'istio.io/rev': '1-27', 'istio-injection': 'enabled' }, {}, false],
  ])('is called or not where %s', (_name, namespace, labels, expected) => {
    expect(called(namespace as Record<string, string>, labels as Record<string, string>)).toBe(expected);
  });

  it('is never called when it was switched off', () => {
    const config = injector() as unknown as { webhooks: { namespaceSelector: object }[] };
    for (const hook of config.webhooks)
      hook.namespaceSelector = { matchLabels: { 'istio.io/deactivated': 'never-match' } };
    const value = from(...istiod(), config as never);

    expect(value.injectors.every(({ off }) => off)).toBe(true);
    expect(value.injectors.some((one) => injects(one, { 'istio.io/deactivated': 'never-match' }, {}))).toBe(
      false,
    );
  });
});
