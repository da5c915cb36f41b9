import { describe, expect, it } from 'vitest';
import { patternId } from '../../../src/analyze/log-signals-input.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { logSignals, optional } from '../../../src/model/artifact.ts';
import { pod } from '../../support/builders.ts';
import { inputsFrom } from '../../support/derived-value.ts';
import type { GivenLog, GivenUnitLog } from '../../support/given.ts';

const anywhere = logSignals({
  component: { id: 'any' },
  patterns: { refused: { any: ['connection refused'] }, denied: { any: ['permission denied'] } },
});
const kong = logSignals({
  component: { id: 'kong', image: /(^|\/)kong:/, container: /^proxy$/ },
  patterns: { refused: { any: ['connection refused'] } },
});

const kubeletUnit = logSignals({
  component: { id: 'kubelet', unit: /^kubelet$/ },
  patterns: { refused: { any: ['connection refused'] } },
});

function log(name: string, text: string, parts: Partial<GivenLog> = {}): GivenLog {
  return { namespace: 'shop', pod: name, container: 'app', text, ...parts };
}

function read(logs: readonly (GivenLog | GivenUnitLog)[], objects: readonly object[] = []) {
  return inputsFrom({ any: anywhere, kong, kubelet: kubeletUnit, pods: optional(pods) }, { logs, objects });
}

const REFUSED = 'dial tcp: connection refused\n';
const webContainer = { namespace: 'shop', pod: 'web', container: 'app' };

describe('log signals', () => {
  it('are found in every log, counted for each', () => {
    const { any } = read([
      log('web', REFUSED + REFUSED),
      log('api', `fine\n${REFUSED}`),
      log('db', 'fine\n'),
    ]);

    expect(any.matches('refused').map((found) => found.count)).toEqual([2, 1]);
    expect(any.matches('denied')).toEqual([]);
  });

  it('are restricted to a container, or to a pod, when one is named', () => {
    const { any } = read([
      log('web', REFUSED),
      log('web', REFUSED + REFUSED, { container: 'sidecar' }),
      log('web', REFUSED, { namespace: 'other' }),
    ]);

    expect(any.matches('refused', webContainer).map((found) => found.count)).toEqual([1]);
    expect(any.matches('refused', { namespace: 'shop', pod: 'web' }).map((found) => found.count)).toEqual([
      1, 2,
    ]);
    expect(any.matches('refused', { namespace: 'shop', pod: 'api' })).toEqual([]);
  });

  it('of a unit are those of nodes, never of a container that does not match', () => {
    const { kubelet, any } = read([
      { node: 'node-1', unit: 'kubelet', text: REFUSED },
      { node: 'node-2', unit: 'kubelet', text: `fine\n${REFUSED}last\n` },
      { node: 'node-2', unit: 'containerd', text: REFUSED },
      log('web', REFUSED),
    ]);

    expect(kubelet.matches('refused').map((one) => one.scope)).toEqual([
      { type: 'unit', node: 'node-1', unit: 'kubelet' },
      { type: 'unit', node: 'node-2', unit: 'kubelet' },
    ]);
    expect(any.matches('refused', { node: 'node-2' })).toHaveLength(2);
    expect(any.matches('refused', { node: 'node-2', unit: 'containerd' })).toHaveLength(1);
    expect(kubelet.units()).toEqual([
      { node: 'node-1', unit: 'kubelet' },
      { node: 'node-2', unit: 'kubelet' },
    ]);
    expect(kubelet.lastWords({ node: 'node-2', unit: 'kubelet' })?.lines.at(-1)).toBe('last');
  });

  it('hold current and previous log of a container', () => {
    const { any } = read([log('web', REFUSED), log('web', REFUSED, { previous: true })]);

    expect(any.matches('refused', webContainer)).toHaveLength(2);
  });

  it('of a component are those of its containers, by name or by image', () => {
    const gateway = pod('gateway', { spec: { containers: [{ name: 'app', image: 'docker.io/kong:3.4' }] } });
    const { kong: found } = read(
      [log('gateway', REFUSED), log('web', REFUSED), log('edge', REFUSED, { container: 'proxy' })],
      [gateway, pod('web')],
    );

    expect(found.matches('refused').map((one) => one.scope)).toMatchObject([
      { pod: 'gateway' },
      { pod: 'edge' },
    ]);
  });

  it('tell a log that was read from one that was not', () => {
    const { any } = read([log('web', 'fine\n'), log('api', 'fine\n', { previous: true })]);

    expect(any.seen(webContainer)).toBe(true);
    expect(any.seen({ ...webContainer, pod: 'api' })).toBe(false);
    expect(any.seen({ ...webContainer, pod: 'db' })).toBe(false);
  });

  it('give the last words of the previous log, else of the current one', () => {
    const { any } = read([
      log('web', 'now\n'),
      log('web', 'before\npanic\n', { previous: true }),
      log('api', 'only now\n'),
    ]);

    expect(any.lastWords(webContainer)?.lines).toEqual(['before', 'panic']);
    expect(any.lastWords({ ...webContainer, pod: 'api' })?.lines).toEqual(['only now']);
    expect(any.lastWords({ ...webContainer, pod: 'db' })).toBeUndefined();
  });

  it('of one declaration keep their ids, and of two never share them', () => {
    expect(patternId(anywhere, 'refused')).toBe(patternId(anywhere, 'refused'));
    expect(patternId(anywhere, 'refused')).not.toBe(patternId(kong, 'refused'));
  });
});
