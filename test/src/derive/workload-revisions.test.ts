import { describe, expect, it } from 'vitest';
import { imageChanges, specWritten, workloadRevisions } from '../../../src/derive/workload-revisions.ts';
import { deployment } from '../../support/builders.ts';
import { replicaSet } from '../../support/controller-builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';

function revision(name: string, number: string): object {
  return replicaSet(name, { metadata: { annotations: { 'deployment.kubernetes.io/revision': number } } });
}

function images(...pairs: readonly (readonly [string, string])[]) {
  return { spec: { template: { spec: { containers: pairs.map(([name, image]) => ({ name, image })) } } } };
}

describe('workloadRevisions', () => {
  it('orders revisions as numbers, the newest first', () => {
    const objects = [
      revision('web-a', '9'),
      revision('web-b', '10'),
      replicaSet('other', { metadata: { ownerReferences: [] } }),
    ];
    const found = derivedFrom(workloadRevisions, { objects }).of(deployment('web') as never);

    expect(found.map((one) => one.metadata.name)).toEqual(['web-b', 'web-a']);
  });
});

describe('imageChanges', () => {
  it('names the containers whose image differs, new containers left out', () => {
    expect(
      imageChanges(
        images(['app', 'a:1'], ['log', 'l:1']),
        images(['app', 'a:2'], ['log', 'l:1'], ['new', 'n:1']),
      ),
    ).toEqual(['app: a:1 → a:2']);
    expect(imageChanges(undefined, images(['app', 'a:2']))).toEqual([]);
  });
});

describe('specWritten', () => {
  it('is the last write that was not one of the status', () => {
    const managedFields = [
      { time: '2026-01-01T00:00:00Z' },
      { time: '2026-01-02T00:00:00Z', subresource: 'scale' },
      { time: '2026-01-03T00:00:00Z', subresource: 'status' },
    ];

    expect(specWritten({ metadata: { managedFields } })).toBe('2026-01-02T00:00:00Z');
    expect(specWritten({ metadata: {} })).toBeUndefined();
  });
});
