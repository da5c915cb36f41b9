import { describe, expect, it } from 'vitest';
import { parseRefusal } from '../../../src/derive/create-refusal.ts';
import { REFUSALS } from '../../support/refused-pods.ts';

describe('parseRefusal', () => {
  it('reads what a quota was asked for, what is used and what is allowed', () => {
    expect(parseRefusal(REFUSALS.quota)).toEqual({
      kind: 'quotaExceeded',
      quota: 'compute',
      requested: new Map([
        ['limits.cpu', '1'],
        ['pods', '1'],
      ]),
      used: new Map([
        ['limits.cpu', '9500m'],
        ['pods', '4'],
      ]),
      limited: new Map([
        ['limits.cpu', '10'],
        ['pods', '10'],
      ]),
    });
  });

  it.each([
    [REFUSALS.claim, 'quotaExceeded'],
    [REFUSALS.replicaSets, 'quotaExceeded'],
    [REFUSALS.notCounted, 'quotaNotCounted'],
    [REFUSALS.scope, 'quotaScopeMissing'],
    [REFUSALS.rights, 'notAllowed'],
    [REFUSALS.invalid, 'invalid'],
    [REFUSALS.terminating, 'terminating'],
    [REFUSALS.policy, 'policyDenied'],
  ])('%s is %s', (message, kind) => {
    expect(parseRefusal(message).kind).toBe(kind);
  });

  it('reads the values a quota wants in both forms', () => {
    const old = parseRefusal('pods "x" is forbidden: failed quota: q: must specify limits.cpu,limits.memory');

    expect(old).toEqual({ kind: 'quotaWantsValues', quota: 'q', missing: ['limits.cpu', 'limits.memory'] });
    expect(parseRefusal(REFUSALS.wantsValues)).toMatchObject({
      missing: ['limits.cpu for: app', 'limits.memory for: app'],
    });
  });

  it('reads the ServiceAccount as the controller manager 1.36 logs it', () => {
    expect(
      parseRefusal(
        'pods "d2-7b54944f87-" is forbidden: error looking up service account t1/nosuchsa: serviceaccount "nosuchsa" not found',
      ),
    ).toEqual({ kind: 'serviceAccount', namespace: 't1', name: 'nosuchsa' });
  });

  it('reads classes that are missing', () => {
    expect(parseRefusal(REFUSALS.priority)).toEqual({
      kind: 'class',
      classKind: 'PriorityClass',
      name: 'high',
    });
    expect(parseRefusal('pods "x" is forbidden: pod rejected: RuntimeClass "gvisor" not found')).toEqual({
      kind: 'class',
      classKind: 'RuntimeClass',
      name: 'gvisor',
    });
  });

  it('splits violations at commas outside brackets, of PodSecurity and of what came before it', () => {
    expect(parseRefusal(REFUSALS.podSecurity)).toMatchObject({
      policy: 'PodSecurity restricted:latest',
      violations: [
        expect.stringMatching(/^allowPrivilegeEscalation/),
        expect.stringMatching(/^runAsNonRoot/),
      ],
    });
    expect(
      parseRefusal(
        'pods "x-" is forbidden: PodSecurityPolicy: unable to admit pod: [spec.containers[0].hostPort: Invalid value: 80: not allowed]',
      ),
    ).toEqual({
      kind: 'podSecurity',
      policy: 'PodSecurityPolicy',
      violations: ['spec.containers[0].hostPort: Invalid value: 80: not allowed'],
    });
    expect(
      parseRefusal(
        'pods "x-" is forbidden: unable to validate against any security context constraint: [provider restricted: .spec.hostNetwork: not allowed, provider anyuid: Forbidden]',
      ),
    ).toMatchObject({ policy: 'SecurityContextConstraints', violations: { length: 2 } });
  });

  it('reads every rule of a LimitRange that is broken', () => {
    expect(parseRefusal(REFUSALS.limitRange)).toEqual({
      kind: 'limitRange',
      violations: [
        'maximum cpu usage per Container is 1, but limit is 2',
        'minimum memory usage per Container is 100Mi: No request is specified',
      ],
    });
    expect(
      parseRefusal(
        'x is forbidden: cpu max limit to request ratio per Container is 2, but provided ratio is 4.000000',
      ),
    ).toMatchObject({ kind: 'limitRange' });
  });

  it('takes the words of a webhook before what the webhook quotes', () => {
    const quoting =
      'admission webhook "w.example" denied the request: exceeded quota: q, requested: a=1, used: a=1, limited: a=1';

    expect(parseRefusal(quoting)).toMatchObject({ kind: 'webhookDenied', webhook: 'w.example' });
    expect(parseRefusal(REFUSALS.unanswered)).toMatchObject({
      kind: 'webhookFailed',
      detail: expect.stringContaining('connection refused'),
    });
  });

  it('keeps unknown words without what the controller put before them', () => {
    expect(parseRefusal('Error creating: etcdserver: request timed out.')).toEqual({
      kind: 'other',
      detail: 'etcdserver: request timed out',
    });
    expect(parseRefusal('create Pod db-0 in StatefulSet db failed error: the server is busy')).toEqual({
      kind: 'other',
      detail: 'the server is busy',
    });
  });
});
