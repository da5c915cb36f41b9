import { describe, expect, it } from 'vitest';
import { pods } from '../../../src/artifacts/resources.ts';
import { podSchedulers } from '../../../src/derive/pod-scheduler.ts';
import { ago, type Built, lease, pod } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';

function instancesOf(...objects: readonly Built[]): string[] {
  return derivedFrom(podSchedulers, { objects })('gang').pods.map((one) => one.metadata.name);
}

describe('the pods of a scheduler', () => {
  it('are known by label, by name or by arguments', () => {
    const labels = { 'app.kubernetes.io/name': 'gang' };
    const args = ['--v=2', '--scheduler-name=gang'];

    expect(
      instancesOf(
        pod('a', { metadata: { labels } }),
        pod('gang-7d5-x'),
        pod('b', { spec: { containers: [{ name: 's', args }] } }),
        pod('gangway'),
        pod('c', { spec: { containers: [{ name: 's', args: ['--scheduler-name=gangway'] }] } }),
      ),
    ).toEqual(['a', 'gang-7d5-x', 'b']);
  });

  it('are those that are there to schedule: on a node, not over, not being deleted', () => {
    expect(
      instancesOf(
        pod('gang-1', { spec: { nodeName: undefined } }),
        pod('gang-2', { status: { phase: 'Succeeded' } }),
        pod('gang-3', { metadata: { deletionTimestamp: ago(5) } }),
      ),
    ).toEqual([]);
  });

  it('come with its lease, and with whether all pods were seen', () => {
    const schedulers = derivedFrom(podSchedulers, { objects: [lease('gang')], forbidden: [pods] });

    expect(schedulers('gang')).toMatchObject({ complete: false, lease: { metadata: { name: 'gang' } } });
    expect(schedulers('other').lease).toBeUndefined();
  });
});
