import { describe, expect, it } from 'vitest';
import { pods, secrets } from '../../../src/artifacts/resources.ts';
import { containersOf } from '../../../src/derive/containers.ts';
import { eventIndex } from '../../../src/derive/event-index.ts';
import { pullCause } from '../../../src/derive/pull-cause.ts';
import { missingPullSecret, pullCredentials } from '../../../src/derive/pull-secret.ts';
import { ago, containerStatus, event, pod, secret } from '../../support/builders.ts';
import { inputsFrom } from '../../support/derived-value.ts';
import type { Given } from '../../support/given.ts';

const IMAGE = 'registry.example/app:1';

function waiting(message: string) {
  const state = { waiting: { reason: 'ImagePullBackOff', message } };
  return pod('web', {
    spec: {
      containers: [{ name: 'app', image: IMAGE }],
      imagePullSecrets: [{ name: 'first' }, { name: 'second' }],
    },
    status: { containerStatuses: [containerStatus('app', { image: IMAGE, state })] },
  });
}

function failed(about: ReturnType<typeof pod>, cause: string, seconds: number) {
  const message = `Failed to pull image "${IMAGE}": ${cause}`;
  return event(about, { reason: 'Failed', message, lastTimestamp: ago(seconds) });
}

function read(given: Given) {
  const inputs = inputsFrom({ pods, secrets, events: eventIndex }, given);
  const [item] = inputs.pods.items;
  const [container] = item ? containersOf(item) : [];
  if (!item || !container) throw new Error('the pod was lost');
  return { ...inputs, item, cause: pullCause(item, container, inputs.events) };
}

describe('the cause of a failed pull', () => {
  it('is the status where it holds one, whatever events say', () => {
    const web = waiting(`Back-off pulling image "${IMAGE}": ErrImagePull: no such host`);
    const { cause } = read({ objects: [web, failed(web, 'i/o timeout', 60)] });

    expect(cause).toMatchObject({ failure: 'nameNotResolved', image: IMAGE });
    expect(cause.event).toBeUndefined();
  });

  it('is the newest event about the image where the status holds none', () => {
    const web = waiting(`Back-off pulling image "${IMAGE}"`);
    const { cause } = read({
      objects: [web, failed(web, 'no such host', 600), failed(web, 'i/o timeout', 60)],
    });

    expect(cause.failure).toBe('unreachable');
    expect(cause.event?.message).toContain('i/o timeout');
  });

  it('is unknown when neither holds one', () => {
    expect(read({ objects: [waiting(`Back-off pulling image "${IMAGE}"`)] }).cause.failure).toBeUndefined();
  });
});

describe('a pull Secret', () => {
  const web = waiting('');

  it('is missing when the list of Secrets is complete and does not hold it', () => {
    const { item, secrets: list, events } = read({ objects: [web, secret('first')] });

    expect(missingPullSecret(item, list, events)).toEqual({ name: 'second' });
  });

  it('is not missing because Secrets were not seen', () => {
    const { item, secrets: list, events } = read({ objects: [web], forbidden: [secrets] });

    expect(missingPullSecret(item, list, events)).toBeUndefined();
  });

  it('that was not seen is missing when the kubelet says so', () => {
    const message =
      'Unable to retrieve some image pull secrets (second); attempting to pull the image may not succeed.';
    const told = event(web, { reason: 'FailedToRetrieveImagePullSecret', message });
    const { item, secrets: list, events } = read({ objects: [web, told], forbidden: [secrets] });

    expect(missingPullSecret(item, list, events)?.name).toBe('second');
  });

  it('is named among the credentials', () => {
    expect(pullCredentials(read({ objects: [web] }).item)).toBe('pull Secret first, second');
    expect(pullCredentials(read({ objects: [pod('bare')] }).item)).toBe('no pull Secret');
  });
});
