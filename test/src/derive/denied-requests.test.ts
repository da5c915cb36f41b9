import { describe, expect, it } from 'vitest';
import { type DeniedRequest, deniedRequests } from '../../../src/derive/denied-requests.ts';
import { ago, event, pod } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';
import type { Given } from '../../support/given.ts';

const SCHEDULER =
  '"Error retrieving lease lock" err="leases.coordination.k8s.io \\"kube-scheduler\\" is forbidden: User \\"system:kube-scheduler\\" cannot get resource \\"leases\\" in API group \\"coordination.k8s.io\\" in the namespace \\"kube-system\\"" lock="kube-system/kube-scheduler"';
const PLAIN =
  'pods is forbidden: User "system:serviceaccount:shop:web" cannot list resource "pods" in API group "" at the cluster scope';
const JSON_LINE = `{"level":"error","msg":"list failed","error":${JSON.stringify(PLAIN)}}`;

function log(pod: string, ...lines: readonly string[]) {
  const text = lines.map((line, index) => `2026-01-15T11:58:0${index}Z ${line}\n`).join('');
  return { namespace: 'shop', pod, container: 'app', text };
}

function denied(given: Given): readonly DeniedRequest[] {
  return derivedFrom(deniedRequests, given);
}

describe('a refusal in a log', () => {
  it('is read with escaped quotes, with the object it is about', () => {
    expect(denied({ logs: [log('a', SCHEDULER)] })).toMatchObject([
      {
        request: {
          user: 'system:kube-scheduler',
          verb: 'get',
          group: 'coordination.k8s.io',
          resource: 'leases',
          namespace: 'kube-system',
          name: 'kube-scheduler',
        },
        count: 1,
        last: '2026-01-15T11:58:00Z',
        pods: ['shop/a'],
      },
    ]);
  });

  it.each([PLAIN, JSON_LINE])('is read from %s', (line) => {
    const [found] = denied({ logs: [log('a', line)] });

    expect(found?.request).toEqual({
      user: 'system:serviceaccount:shop:web',
      verb: 'list',
      group: '',
      resource: 'pods',
    });
  });

  it('counts once for each request, over all logs', () => {
    const [found, ...others] = denied({ logs: [log('a', PLAIN, PLAIN), log('b', PLAIN)] });

    expect(others).toEqual([]);
    expect(found).toMatchObject({ count: 3, pods: ['shop/a', 'shop/b'] });
  });

  it('is no refusal of rights when a quota or a webhook forbids', () => {
    const quota =
      'pods "web" is forbidden: exceeded quota: small, requested: pods=1, used: pods=5, limited: pods=5';

    expect(denied({ logs: [log('a', quota, 'cannot list resource pods: nobody said so')] })).toEqual([]);
  });

  it('of yesterday is left out', () => {
    const old = { ...log('a'), text: `2026-01-14T11:58:00Z ${PLAIN}\n` };

    expect(denied({ logs: [old] })).toEqual([]);
  });
});

describe('a refusal in an event', () => {
  it('counts as often as the event, and not when it is old', () => {
    const told = (seconds: number) =>
      event(pod('web'), {
        reason: 'Failed',
        message: `Error: ${PLAIN}`,
        count: 4,
        lastTimestamp: ago(seconds),
      });

    expect(denied({ objects: [told(60)] })).toMatchObject([
      { count: 4, request: { resource: 'pods' }, pods: [] },
    ]);
    expect(denied({ objects: [told(90_000)] })).toEqual([]);
  });
});
