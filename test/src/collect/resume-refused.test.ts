import { describe, expect, it } from 'vitest';
import { verifyBundle } from '../../../src/bundle/verify.ts';
import type { ProgressEvent } from '../../../src/collect/progress.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { fakeKube, refused } from '../../support/fake-kube.ts';
import { CLUSTER, COLLECTORS, contents, resumed, unfinished } from '../../support/resumed-collection.ts';

describe('what is not taken over', () => {
  it('a bundle of another cluster is refused', async () => {
    const objects = CLUSTER.objects!.map((object) =>
      object.metadata.name === 'kube-system'
        ? { ...object, metadata: { name: 'kube-system', uid: 'x' } }
        : object,
    );

    await expect(resumed(await unfinished(), fakeKube({ ...CLUSTER, objects }))).rejects.toMatchObject({
      code: 'resume-other-cluster',
      message: expect.stringMatching(/is of another cluster \(uid of kube-system cluster-1, here x\)$/),
    });
  });

  it('where the uid cannot be seen, the API server has to be the same', async () => {
    const cluster = { ...CLUSTER, objects: CLUSTER.objects!.slice(3) };
    const before = await unfinished({}, cluster);

    await expect(
      resumed(before, fakeKube({ ...cluster, server: 'https://other:6443' })),
    ).rejects.toMatchObject({
      code: 'resume-other-cluster',
    });
    await expect(resumed(before, fakeKube(cluster))).resolves.toMatchObject({ result: { complete: true } });
  });

  it('other namespaces are refused', async () => {
    const before = await unfinished({ options: { namespaces: ['shop'] } });

    await expect(resumed(before, fakeKube(CLUSTER))).rejects.toMatchObject({
      code: 'resume-other-namespaces',
      hint: 'Give --namespace shop again.',
    });
  });

  it.each([
    [
      'none',
      { version: 1 },
      { version: 1, pseudonyms: 'aa' },
      'Leave out --key-file, or collect anew with it.',
    ],
    [
      'another',
      { version: 1, pseudonyms: 'bb' },
      { version: 1 },
      'Give the --key-file it was collected with.',
    ],
  ])('where the key of pseudonyms was %s, it is refused', async (_what, first, second, hint) => {
    const before = await unfinished({ redactionId: first });

    await expect(resumed(before, fakeKube(CLUSTER), { redactionId: second })).rejects.toMatchObject({
      code: 'resume-other-key',
      hint,
    });
  });

  it.each([
    ['other built-in rules', { redactionId: { version: 1 } }, { redactionId: { version: 2 } }],
    ['other own rules', { redactionId: { version: 1 } }, { redactionId: { version: 1, rules: 'ab' } }],
    ['values of Secrets', {}, { knownSecrets: true }],
  ])('with %s everything is read again, and it is said', async (_what, first, second) => {
    const kube = fakeKube(CLUSTER);
    const events: ProgressEvent[] = [];

    const after = await resumed(await unfinished(first), kube, {
      ...second,
      onProgress: (event) => events.push(event),
    });

    expect(kube.requests).toContain('/api/v1/pods');
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'resumed', entries: 0, again: expect.any(String) }),
    );
    expect(contents(after)).toEqual(contents(await collectBundle(fakeKube(CLUSTER), COLLECTORS)));
  });

  it('lists made namespace by namespace are made again, for they may be allowed as one by now', async () => {
    const before = await collectBundle(
      fakeKube({ ...CLUSTER, failures: { '/api/v1/pods': refused('', 'pods') } }),
      COLLECTORS,
    );
    expect(before.row('resources:core/Pod', 'namespace/shop')).toMatchObject({ outcome: 'collected' });

    const after = await resumed(before, fakeKube(CLUSTER));

    expect(after.row('resources:core/Pod')).toMatchObject({ outcome: 'collected' });
    expect((await verifyBundle(after.result.file)).problems).toEqual([]);
  });

  it('logs that were cut are read again when the cut is not asked for any more', async () => {
    const before = await collectBundle(fakeKube(CLUSTER), COLLECTORS, { options: { tailLines: 1 } });
    const [same, other] = [fakeKube(CLUSTER), fakeKube(CLUSTER)];

    await resumed(before, same, { options: { tailLines: 1 } });
    const after = await resumed(before, other);

    expect(same.requests.filter((path) => path.includes('/log'))).toEqual([]);
    expect(other.requests.filter((path) => path.includes('/log'))).toHaveLength(3);
    expect(after.row('logs', 'container/shop/web-1/app')).toMatchObject({ outcome: 'collected' });
  });
});
