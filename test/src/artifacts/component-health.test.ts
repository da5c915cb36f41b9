import { describe, expect, it } from 'vitest';
import { componentHealth, componentMetrics } from '../../../src/artifacts/component-health.ts';
import { jsonBytes } from '../../../src/artifacts/json-bytes.ts';

describe('component-health', () => {
  it('reads replies with their checks, and failures', () => {
    const { component, replies } = componentHealth.parse(
      jsonBytes({
        component: 'kube-scheduler',
        replies: [
          {
            path: '/readyz',
            status: 500,
            text: '[+]leaderElection ok\n[-]sched-handler-sync failed: not yet\n',
          },
          { path: '/livez', error: 'connection refused' },
        ],
      }),
    );

    expect(component).toBe('kube-scheduler');
    expect(replies.map(({ path, ok }) => ({ path, ok }))).toEqual([
      { path: '/readyz', ok: false },
      { path: '/livez', ok: false },
    ]);
    expect(replies[0]?.checks[1]).toEqual({
      name: 'sched-handler-sync',
      ok: false,
      detail: 'failed: not yet',
    });
    expect(replies[1]?.error).toBe('connection refused');
  });

  it('refuses a document that names no component', () => {
    expect(() => componentHealth.parse(jsonBytes({ replies: [] }))).toThrow('no component');
  });
});

describe('component-metrics', () => {
  it('keeps what tells of the leader', () => {
    const text = 'leader_election_master_status{name="kube-scheduler"} 1\ngo_goroutines 5\n';
    const metrics = componentMetrics.parse(new TextEncoder().encode(text));

    expect(metrics.samples).toEqual([
      { name: 'leader_election_master_status', labels: { name: 'kube-scheduler' }, value: 1 },
    ]);
  });
});
