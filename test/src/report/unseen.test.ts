import { describe, expect, it } from 'vitest';
import { EN } from '../../../src/report/texts.en.ts';
import { unseenGroups } from '../../../src/report/unseen.ts';

function howOf(flag: string) {
  const [group] = unseenGroups(
    [
      {
        artifact: 'logs',
        scope: { type: 'cluster' },
        outcome: 'truncated',
        reason: 'cut',
        fix: { flag },
        analyzers: ['node/kernel-hung'],
      },
    ],
    EN,
  );
  const { lead = [], code } = group?.how ?? {};
  return `${lead.map(({ text }) => text).join('')} ${code}`;
}

describe('what could not be seen', () => {
  it('names a flag to give', () => {
    expect(howOf('--nodes')).toBe('collect with --nodes');
  });

  it.each([
    '--timeout',
    '--collector-timeout',
    '--max-size',
    '--max-collector-size',
    '--max-log-size',
    '--since',
    '--tail',
  ])('does not ask for %s again, which let less through', (flag) => {
    expect(howOf(flag)).toBe(`raise or leave out ${flag}`);
  });
});
