import { describe, expect, it } from 'vitest';
import { services } from '../../../src/artifacts/network-resources.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { serviceBackends } from '../../../src/derive/service-backends.ts';
import { type IsSettled, serviceGap } from '../../../src/derive/service-gap.ts';
import { ago, type Built, condition, deployment, pod, service } from '../../support/builders.ts';
import { inputsFrom } from '../../support/derived-value.ts';
import { OBSERVED } from '../../support/given.ts';

const minuteOld: IsSettled = (time) => Date.parse(OBSERVED) - Date.parse(time ?? '') > 60_000;

function judge(objects: readonly Built[], isSettled: IsSettled = minuteOld) {
  const inputs = inputsFrom({ services, pods, backends: serviceBackends }, { objects });
  const [item] = inputs.services.items;
  if (!item) throw new Error('the Service was lost');
  return serviceGap(item, { backends: inputs.backends, coverage: inputs.pods.coverage, isSettled });
}

function unready(name: string, seconds: number): Built {
  const conditions = [condition('Ready', 'False', { lastTransitionTime: ago(seconds) })];
  return pod(name, { metadata: { labels: { app: 'web' } }, status: { conditions } });
}

const web = service('web');

describe('a Service without a ready pod', () => {
  it('lost its last endpoint when the last of its pods stopped being ready', () => {
    expect(judge([web, unready('a', 900), unready('b', 300)])).toMatchObject({
      kind: 'fault',
      finding: { message: 'noneReady', values: { count: 2 } },
      since: ago(300),
    });
  });

  it('is passing while all of its pods have just started', () => {
    expect(judge([web, unready('a', 20), unready('b', 5)]).kind).toBe('passing');
  });

  it('is unseen when the clock does not tell', () => {
    expect(judge([web, unready('a', 20)], () => undefined).kind).toBe('unseen');
  });
});

describe('a Service without any pod', () => {
  it('is passing while it, or its workload, was just made', () => {
    const young = { metadata: { creationTimestamp: ago(5) } };

    expect(judge([service('web', young)]).kind).toBe('passing');
    expect(judge([web, deployment('web', young)]).kind).toBe('passing');
  });

  it('rests when every workload it selects wants none, and not when one does', () => {
    const idle = deployment('web', { spec: { replicas: 0 } });
    const template = { metadata: { labels: { app: 'web' } } };
    const canary = deployment('canary', { spec: { replicas: 1, template } });

    expect(judge([web, idle])).toMatchObject({ kind: 'rest', finding: { message: 'scaledToZero' } });
    expect(judge([web, idle, canary])).toMatchObject({
      kind: 'fault',
      finding: { message: 'podsNotCreated', values: { workload: { name: 'canary' }, wanted: 1 } },
    });
  });
});
