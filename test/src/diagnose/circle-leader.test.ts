import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import { catalogOf, finding, graphOf, message, object } from './diagnosis-fixture.ts';

const web1 = object('Pod', 'web-1');

describe('a circle of findings that explain each other', () => {
  it('is led by the finding that knows the component, before one that knows only its pod', () => {
    const circle = {
      'workload/crash-loop:crash': message({
        effect: 'pod-crashing',
        explains: [{ effect: 'etcd-unavailable', via: ['same-object'] }],
      }),
      'etcd/data:damaged': message({
        effect: 'etcd-unavailable',
        explains: [{ effect: 'pod-crashing', via: ['same-object'] }],
      }),
    };
    const findings = [
      finding('crash', 'workload/crash-loop:crash', web1),
      finding('damaged', 'etcd/data:damaged', web1, { severity: 'warning' }),
    ];

    const [cause, ...others] = diagnose(findings, graphOf({}), catalogOf(circle), []);

    expect(others).toEqual([]);
    expect(cause).toMatchObject({ findingId: 'damaged', analyzerId: 'etcd/data', severity: 'critical' });
    expect(cause?.members).toEqual(['damaged', 'crash']);
  });
});
