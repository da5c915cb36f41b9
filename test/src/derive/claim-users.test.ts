import { describe, expect, it } from 'vitest';
import { type PodItem, pods } from '../../../src/artifacts/resources.ts';
import { claimUsers, waitsForVolumes } from '../../../src/derive/claim-users.ts';
import { containerStatus, pod } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';
import { mounting, user, waitingUser } from '../../support/storage-builders.ts';

const data = { metadata: { namespace: 'shop', name: 'data' } };

describe('the users of a claim', () => {
  it('are the pods that mount it and have not ended', () => {
    const users = derivedFrom(claimUsers, {
      objects: [
        user('a', ['data']),
        user('b', ['other']),
        pod('done', { spec: mounting('data'), status: { phase: 'Succeeded' } }),
        pod('far', { metadata: { namespace: 'other' }, spec: mounting('data') }),
      ],
    });

    expect(users.of(data).map((one) => one.metadata.name)).toEqual(['a']);
    expect(users.covers('shop')).toBe(true);
  });

  it('include the pod a volume was made for', () => {
    const volumes = [{ name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: {} } } }];
    const users = derivedFrom(claimUsers, { objects: [pod('web', { spec: { volumes } })] });

    expect(users.of({ metadata: { namespace: 'shop', name: 'web-scratch' } })).toHaveLength(1);
  });

  it('are not known to be none where pods were refused', () => {
    expect(derivedFrom(claimUsers, { forbidden: [pods] }).covers('shop')).toBe(false);
  });
});

describe('a pod waits for its volumes', () => {
  const asPod = (built: unknown): PodItem => built as PodItem;

  it('while none of its containers has started', () => {
    expect(waitsForVolumes(asPod(waitingUser('web', ['data'])))).toBe(true);
  });

  it('no longer when one has, or waits for something else', () => {
    const withState = (state: object) =>
      asPod(
        pod('web', { status: { phase: 'Pending', containerStatuses: [containerStatus('app', { state })] } }),
      );

    expect(waitsForVolumes(asPod(user('web', ['data'])))).toBe(false);
    expect(waitsForVolumes(withState({ waiting: { reason: 'ImagePullBackOff' } }))).toBe(false);
    expect(waitsForVolumes(withState({ running: {} }))).toBe(false);
    expect(
      waitsForVolumes(asPod(pod('web', { spec: { nodeName: undefined }, status: { phase: 'Pending' } }))),
    ).toBe(false);
  });
});
