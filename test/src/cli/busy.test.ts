import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { whileBusy } from '../../../src/cli/busy.ts';

function terminal(isTTY: boolean) {
  let text = '';
  const write = (chunk: string | Uint8Array) => {
    text += chunk;
    return true;
  };
  return { stream: { isTTY, write } as never, text: () => text };
}

function lasting(milliseconds: number): () => Promise<string> {
  return () => new Promise((resolve) => setTimeout(resolve, milliseconds, 'done'));
}

describe('work that takes long', () => {
  beforeEach(() => {
    vi.stubEnv('CI', '');
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.useRealTimers();
  });

  it('is shown on a terminal after two seconds, and no more when it is done', async () => {
    const { stream, text } = terminal(true);
    const work = whileBusy('Analyzing', lasting(3500), stream);

    await vi.advanceTimersByTimeAsync(4000);

    expect(await work).toBe('done');
    expect(text()).toBe('\r\x1b[KAnalyzing … 2 s\r\x1b[KAnalyzing … 3 s\r\x1b[K');
  });

  it('is not spoken of when it is short, or where no line can move', async () => {
    const short = terminal(true);
    const file = terminal(false);
    const works = [
      whileBusy('Analyzing', lasting(1500), short.stream),
      whileBusy('Analyzing', lasting(9000), file.stream),
    ];

    await vi.advanceTimersByTimeAsync(10_000);
    await Promise.all(works);

    expect([short.text(), file.text()]).toEqual(['', '']);
  });
});
