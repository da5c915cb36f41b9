import { describe, expect, it } from 'vitest';
import { selectCollectors } from '../../../src/collect/selection.ts';
import { defineCollector } from '../../../src/model/collector.ts';

function collector(id: string, more: { priority?: number; optIn?: string } = {}) {
  const meta = { id, title: id, description: '', produces: [], ...more };
  return defineCollector({ meta, needs: {}, rbac: () => [] });
}

const COLLECTORS = [
  collector('kong/status'),
  collector('kubernetes/logs', { priority: 90 }),
  collector('kubernetes/events', { priority: 5 }),
  collector('node/files', { optIn: '--nodes' }),
];

function ids(options: Parameters<typeof selectCollectors>[1]): string[] {
  return selectCollectors(COLLECTORS, options).selected.map(({ meta }) => meta.id);
}

describe('selectCollectors', () => {
  it('orders by priority, then by id, and leaves out what was not opted in', () => {
    expect(ids({})).toEqual(['kubernetes/events', 'kong/status', 'kubernetes/logs']);
  });

  it('takes what --only names but what --skip names', () => {
    expect(ids({ only: ['kubernetes/*'], skip: ['*/logs'] })).toEqual(['kubernetes/events']);
  });

  it('runs an opt-in collector with its flag', () => {
    expect(ids({ only: ['node/**'], optIns: ['--nodes'] })).toEqual(['node/files']);
  });

  it('names the reason of what it leaves out', () => {
    const { left } = selectCollectors(COLLECTORS, { skip: ['kong/status'] });

    expect(left.map(({ collector: { meta }, reason }) => `${meta.id}: ${reason}`)).toEqual([
      'kong/status: left out with `--skip`',
      'node/files: runs only with `--nodes`',
    ]);
  });

  it.each(['kong', 'kong/statu', 'kubernetes/**x'])('refuses %s, which matches nothing', (glob) => {
    expect(() => ids({ skip: [glob] })).toThrow(`--skip ${glob}: no collector has such an id`);
  });
});
