import { describe, expect, it } from 'vitest';
import { logGaps } from '../../../src/derive/log-gap.ts';
import { logSignals } from '../../../src/model/artifact.ts';
import type { CoverageRow } from '../../../src/model/coverage.ts';
import { inputsFrom } from '../../support/derived-value.ts';

const anyLog = logSignals({ component: { id: 'any' }, patterns: {} });
const web = { namespace: 'shop', pod: 'web-1', container: 'app' };
const refused = { artifact: 'logs', outcome: 'forbidden', reason: 'pods/log is not allowed' } as const;

function gapOf(rows: readonly CoverageRow[], logs: readonly string[] = []) {
  const read = logs.map((text) => ({ ...web, text }));
  return logGaps(inputsFrom({ logs: anyLog }, { logs: read, rows }).logs)(web);
}

describe('logGaps', () => {
  it('has none for a container whose log was read, whatever others lack', () => {
    const other = { type: 'container', namespace: 'shop', pod: 'api-1', container: 'app' } as const;

    expect(gapOf([{ ...refused, scope: other }], ['hello\n'])).toBeUndefined();
    expect(gapOf([{ ...refused, scope: { type: 'cluster' } }], ['hello\n'])).toBeUndefined();
  });

  it('names the log of the run before, though the current one was read', () => {
    const scope = { type: 'container', ...web, uid: '1', previous: true } as const;

    expect(gapOf([{ ...refused, scope }], ['hello\n'])?.reason).toBe(refused.reason);
  });

  it('names what kept all logs from being read, the nearest first', () => {
    const cluster = { ...refused, scope: { type: 'cluster' }, reason: 'no logs at all' } as const;
    const inShop = { ...refused, scope: { type: 'namespace', namespace: 'shop' } } as const;

    expect(gapOf([cluster])?.reason).toBe('no logs at all');
    expect(gapOf([cluster, inShop])?.reason).toBe(refused.reason);
  });
});
