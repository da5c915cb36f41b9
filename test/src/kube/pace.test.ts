import { describe, expect, it } from 'vitest';
import { createPace, putOffSeconds } from '../../../src/kube/pace.ts';

const NEVER = new AbortController().signal;
const NOW = new Date('2026-03-01T12:00:00Z');

/** How many of a hundred turns are given at once, without waiting. */
async function givenAtOnce(pace: ReturnType<typeof createPace>): Promise<number> {
  const controller = new AbortController();
  let given = 0;
  const turns = Array.from({ length: 100 }, () => pace.turn(controller.signal).then(() => given++));
  await new Promise((resolve) => setImmediate(resolve));
  controller.abort();
  await Promise.allSettled(turns);
  return given;
}

describe('createPace', () => {
  it('gives the turns of one second at once', async () => {
    expect(await givenAtOnce(createPace(20, () => 0))).toBe(20);
  });

  it('gives turns back as time passes', async () => {
    let time = 0;
    const pace = createPace(10, () => time);
    for (let turn = 0; turn < 10; turn++) await pace.turn(NEVER);
    time = 500;

    expect(await givenAtOnce(pace)).toBe(5);
  });

  it('halves when the server complains and recovers when it does not', async () => {
    let time = 0;
    const pace = createPace(16, () => time);
    pace.slower();
    time = 5000;
    expect(await givenAtOnce(pace)).toBe(8);

    time = 60_000;
    const later = createPace(16, () => time);
    later.slower();
    time = 71_000;
    expect(await givenAtOnce(later)).toBe(16);
  });

  it('never stands still', async () => {
    let time = 0;
    const pace = createPace(4, () => time);
    for (let complaint = 0; complaint < 20; complaint++) pace.slower();
    time = 2000;

    expect(await givenAtOnce(pace)).toBe(1);
  });
});

describe('putOffSeconds', () => {
  function seconds(status: number, retryAfter?: string, attempt = 1): number | undefined {
    return putOffSeconds(
      { status, headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter } },
      attempt,
      NOW,
    );
  }

  it('waits as long as the server asks, within reason', () => {
    expect(seconds(429, '3')).toBe(3);
    expect(seconds(503, '1')).toBe(1);
    expect(seconds(429, '86400')).toBe(15);
    expect(seconds(429, 'Sun, 01 Mar 2026 12:00:07 GMT')).toBe(7);
    expect(seconds(429, 'soon')).toBe(1);
  });

  it('waits longer each time when the server does not say', () => {
    expect([1, 2, 3, 4, 5].map((attempt) => seconds(429, undefined, attempt))).toEqual([
      1,
      2,
      4,
      8,
      undefined,
    ]);
  });

  it('takes an aggregated API that is down as it is', () => {
    expect(seconds(503)).toBeUndefined();
    expect(seconds(500)).toBeUndefined();
    expect(seconds(404, '1')).toBeUndefined();
  });
});
