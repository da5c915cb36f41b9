import { describe, expect, it } from 'vitest';
import type { PodItem } from '../../../src/artifacts/resources.ts';
import { jobs, statefulSets } from '../../../src/artifacts/workload-resources.ts';
import { ownerWellness } from '../../../src/derive/owner-wellness.ts';
import { ago, anyObject, type Built, controlledBy, pod } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';
import type { Given } from '../../support/given.ts';

function gone(kind: string, name: string, apiVersion?: string): Built {
  return pod('gone', { metadata: controlledBy(kind, name, apiVersion), status: { phase: 'Failed' } });
}

function wellnessOf(lost: Built, objects: readonly object[], rest: Given = {}) {
  return derivedFrom(ownerWellness, { objects: [lost, ...objects], ...rest }).of(lost as unknown as PodItem)
    .state;
}

function stateful(replicas: number) {
  return anyObject('apps/v1', 'StatefulSet', 'db', 'shop', { spec: { replicas } });
}

function job(status: object, spec: object = {}) {
  return anyObject('batch/v1', 'Job', 'once', 'shop', { spec, status });
}

const complete = { conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: ago(60) }] };
const ofSet = gone('StatefulSet', 'db');
const ofJob = gone('Job', 'once', 'batch/v1');

describe('the owner of a pod that is gone', () => {
  it.each([
    [
      'has another pod that is ready',
      ofSet,
      [pod('db-0', { metadata: controlledBy('StatefulSet', 'db') })],
      'well',
    ],
    [
      'has another pod that is not',
      ofSet,
      [pod('db-0', { metadata: controlledBy('StatefulSet', 'db'), status: { conditions: [] } })],
      'unwell',
    ],
    ['wants a pod and has none', ofSet, [stateful(1)], 'unwell'],
    ['wants none', ofSet, [stateful(0)], 'well'],
    ['is gone, too', ofSet, [], 'well'],
    ['is a Job that is complete', ofJob, [job(complete)], 'well'],
    ['is a Job that is suspended', ofJob, [job({}, { suspend: true })], 'well'],
    ['is a Job that goes on', ofJob, [job({})], 'unwell'],
    ['is of an unknown kind', gone('Rollout', 'r', 'argoproj.io/v1alpha1'), [], 'unknown'],
    ['is nobody', pod('gone', { status: { phase: 'Failed' } }), [], 'alone'],
  ] as const)('%s', (_, lost, objects, expected) => {
    expect(wellnessOf(lost, objects)).toBe(expected);
  });

  it('is unknown where its kind was not seen', () => {
    expect(wellnessOf(ofSet, [], { forbidden: [statefulSets] })).toBe('unknown');
    expect(wellnessOf(ofJob, [], { forbidden: [jobs] })).toBe('unknown');
  });

  it('is told of DaemonSets by the nodes they want', () => {
    const set = (desiredNumberScheduled: number) =>
      anyObject('apps/v1', 'DaemonSet', 'agent', 'shop', { status: { desiredNumberScheduled } });

    expect(wellnessOf(gone('DaemonSet', 'agent'), [set(3)])).toBe('unwell');
    expect(wellnessOf(gone('DaemonSet', 'agent'), [set(0)])).toBe('well');
  });
});
