import { describe, expect, it } from 'vitest';
import { helmListBody, helmReleases } from '../../../src/artifacts/helm-releases.ts';
import { configMaps, secrets } from '../../../src/artifacts/resources.ts';
import { helmRevisions } from '../../../src/derive/helm-revisions.ts';
import { derivedFrom } from '../../support/derived-value.ts';
import { helmSecret } from '../../support/release-builders.ts';

const items = [
  helmSecret('web', 9, 'superseded'),
  helmSecret('web', 10, 'deployed'),
  helmSecret('web', 11, 'failed'),
];

function listOf(scope: 'cluster' | 'shop') {
  const bytes = JSON.stringify(helmListBody([{ kind: 'Secret', items }]));
  const place =
    scope === 'cluster' ? ({ type: scope } as const) : ({ type: 'namespace', namespace: scope } as const);
  return { artifact: helmReleases, scope: place, bytes };
}

describe('Helm releases', () => {
  it('have their revisions by number, newest first, and the one that is deployed', () => {
    const web = derivedFrom(helmRevisions, { objects: items }).find('shop', 'web');

    expect(web?.revisions.map(({ revision }) => revision)).toEqual([11, 10, 9]);
    expect(web?.deployed?.revision).toBe(10);
    expect(web?.gap).toBeUndefined();
  });

  it('count once what was listed twice', () => {
    const { all } = derivedFrom(helmRevisions, { objects: items, documents: [listOf('cluster')] });

    expect(all.map(({ revisions }) => revisions.length)).toEqual([3]);
  });

  it.each([
    ['of the cluster', 'cluster', 0],
    ['of the namespace', 'shop', 1],
  ] as const)('are whole by a list of metadata %s, without Secrets', (_name, scope, gaps) => {
    const seen = derivedFrom(helmRevisions, { forbidden: [secrets, configMaps], documents: [listOf(scope)] });

    expect(seen.find('shop', 'web')?.gap).toBeUndefined();
    expect(seen.gaps).toHaveLength(gaps);
  });

  it('keep of the metadata nothing but their labels', () => {
    const [secret] = items;
    const annotated = {
      ...secret,
      metadata: { ...secret?.metadata, annotations: { note: 'x' } },
      data: { release: 'y' },
    };
    const body = JSON.stringify(helmListBody([{ kind: 'Secret', items: [annotated] }]));

    expect(body).not.toMatch(/note|"release"/);
    expect(helmReleases.parse(new TextEncoder().encode(body)).items[0]).toMatchObject({
      storage: 'Secret',
      namespace: 'shop',
      release: 'web',
      status: 'superseded',
      revision: 9,
      tiller: false,
    });
  });
});
