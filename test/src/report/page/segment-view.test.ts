import { describe, expect, it } from 'vitest';
import { viewSegments } from '../../../../src/report/page/segment-view.ts';

describe('segments of a page', () => {
  it('tell flags, which no line may break, from names and commands', () => {
    const texts = ['--nodes', '-i', '--max-log-size', 'shop--web', 'kubectl get --all', '-1'];

    const flags = viewSegments(texts.map((text) => ({ code: true, text }))).filter(({ flag }) => flag);

    expect(flags.map(({ text }) => text)).toEqual(['--nodes', '-i', '--max-log-size']);
    expect(viewSegments([{ code: false, text: '--nodes' }])[0]?.flag).toBe(false);
  });
});
