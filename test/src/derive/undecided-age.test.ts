import { expect, it } from 'vitest';
import { undecidedAge } from '../../../src/derive/undecided-age.ts';

it.each([
  [
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' } },
    { artifact: 'resources:apps/Deployment', scope: { type: 'namespace', namespace: 'shop' } },
  ],
  [
    { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } },
    { artifact: 'resources:core/Node', scope: { type: 'cluster' } },
  ],
])('an age nobody can tell is a gap of the kind, where the object lies, and names it', (item, gap) => {
  const found = undecidedAge(item);

  expect(found).toMatchObject({ ...gap, outcome: 'partial' });
  expect(found.reason).toContain(item.metadata.name);
});
