import { describe, expect, it } from 'vitest';
import { endpointSlices, endpoints, services } from '../../../src/artifacts/network-resources.ts';
import { statefulSets } from '../../../src/artifacts/workload-resources.ts';
import { serviceBackends } from '../../../src/derive/service-backends.ts';
import { anyObject, deployment, endpointSlice, pod, service } from '../../support/builders.ts';
import { inputsFrom } from '../../support/derived-value.ts';
import type { Given } from '../../support/given.ts';

function read(given: Given) {
  const inputs = inputsFrom({ services, backends: serviceBackends }, given);
  const [web] = inputs.services.items;
  if (!web) throw new Error('the Service was lost');
  return { web, backends: inputs.backends };
}

function labelled(name: string, labels: Record<string, string>, namespace = 'shop') {
  return pod(name, { metadata: { labels, namespace } });
}

const web = service('web', { spec: { selector: { app: 'web', tier: 'front' } } });

describe('the pods of a Service', () => {
  it('carry every pair of its selector, in its namespace', () => {
    const { web: item, backends } = read({
      objects: [
        web,
        labelled('a', { app: 'web', tier: 'front', extra: '1' }),
        labelled('b', { app: 'web' }),
        labelled('c', { app: 'web', tier: 'front' }, 'other'),
      ],
    });

    expect(backends.podsOf(item).map((one) => one.metadata.name)).toEqual(['a']);
  });
});

it('pods of one workload stand for its labels once, and ended pods for none', () => {
  const { backends } = read({
    objects: [
      web,
      labelled('a', { app: 'web', 'pod-template-hash': '1' }),
      labelled('b', { app: 'web', 'pod-template-hash': '2' }),
      labelled('c', { app: 'api' }),
      labelled('d', { app: 'other' }, 'other'),
      pod('e', { metadata: { labels: { app: 'job' } }, status: { phase: 'Succeeded' } }),
    ],
  });

  expect(backends.labelledIn('shop').map((one) => one.metadata.name)).toEqual(['a', 'c']);
});

describe('the endpoints of a Service', () => {
  const slice = endpointSlice('web', [{ ip: '10.1.0.7' }, { ip: '10.1.0.8', ready: false }]);
  const legacy = anyObject('v1', 'Endpoints', 'web', 'shop', {
    subsets: [
      { addresses: [{ ip: '10.1.0.7' }], notReadyAddresses: [{ ip: '10.1.0.8' }, { ip: '10.1.0.9' }] },
    ],
  });

  it('are counted over its slices', () => {
    const { web: item, backends } = read({ objects: [web, slice] });

    expect(backends.endpointsOf(item)).toMatchObject({ ready: 1, total: 2 });
  });

  it('are none when the slices were seen and none is its own', () => {
    const { web: item, backends } = read({ objects: [web] });

    expect(backends.endpointsOf(item)).toMatchObject({ ready: 0, total: 0, items: [] });
  });

  it('come from Endpoints where slices were not seen', () => {
    const { web: item, backends } = read({ objects: [web, legacy], forbidden: [endpointSlices] });

    expect(backends.endpointsOf(item)).toMatchObject({ ready: 1, total: 3 });
  });

  it('are unknown when neither was seen', () => {
    const { web: item, backends } = read({ objects: [web], forbidden: [endpointSlices, endpoints] });

    expect(backends.endpointsOf(item)).toBeUndefined();
  });
});

describe('the workloads of a Service', () => {
  const template = { metadata: { labels: { app: 'web', tier: 'front' } } };

  it('are those whose template it would select, with what they want', () => {
    const { web: item, backends } = read({
      objects: [web, deployment('web', { spec: { replicas: 2, template } }), deployment('api')],
    });

    expect(backends.workloadsOf(item)).toMatchObject([{ wanted: 2, item: { metadata: { name: 'web' } } }]);
  });

  it('are unknown when some kind was not seen and none was found', () => {
    const { web: item, backends } = read({ objects: [web], forbidden: [statefulSets] });

    expect(backends.workloadsOf(item)).toBeUndefined();
  });
});
