import { describe, expect, it } from 'vitest';
import { pods } from '../../../src/artifacts/resources.ts';
import { istioWorkloads } from '../../../src/derive/istio-workloads.ts';
import { anyObject, controlledBy, deployment, pod } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';
import { gatewayPod, meshPod } from '../../support/istio-configuration-builders.ts';

const replicaSet = (name: string, metadata: object) =>
  anyObject('apps/v1', 'ReplicaSet', name, 'shop', {
    metadata,
    spec: { template: { metadata: { labels: { app: name } } } },
  });

describe('workloads by label', () => {
  const found = derivedFrom(istioWorkloads, {
    objects: [
      meshPod('web-1'),
      pod('plain', { metadata: { labels: { app: 'plain' } } }),
      pod('old', { metadata: { labels: { app: 'old' } }, status: { phase: 'Succeeded' } }),
      gatewayPod(),
      deployment('web'),
      deployment('asleep', { spec: { replicas: 0 } }),
      replicaSet('revision', controlledBy('Deployment', 'web')),
      replicaSet('rollout', controlledBy('Rollout', 'rollout', 'argoproj.io/v1alpha1')),
    ],
  });
  const names = (app: string) => {
    const { pods: selected, asleep } = found.selected('shop', { app });
    return [selected.map(({ metadata }) => metadata.name), asleep.map(({ metadata }) => metadata.name)];
  };

  it('are pods that have not ended, else workloads that have none', () => {
    expect(names('web')).toEqual([['web-1'], []]);
    expect(names('old')).toEqual([[], []]);
    expect(names('asleep')).toEqual([[], ['asleep']]);
  });

  it('leave out older revisions of Deployments, and keep ReplicaSets of others', () => {
    expect(names('revision')).toEqual([[], []]);
    expect(names('rollout')).toEqual([[], ['rollout']]);
  });

  it('without labels are all of the namespace', () => {
    expect(found.selected('shop', {}).pods).toHaveLength(2);
  });

  it('of gateways are looked for in every namespace, among pods with a proxy', () => {
    expect(found.proxiesAnywhere({ istio: 'ingressgateway' })).toHaveLength(1);
    expect(found.proxiesAnywhere({ app: 'plain' })).toEqual([]);
  });

  it('tell why they are not known', () => {
    expect(found.gap('shop')).toBeUndefined();
    expect(derivedFrom(istioWorkloads, { forbidden: [pods] }).gap('shop')).toMatchObject({
      outcome: 'forbidden',
    });
  });
});
