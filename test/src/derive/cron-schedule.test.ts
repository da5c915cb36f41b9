import { describe, expect, it } from 'vitest';
import { cronPeriod } from '../../../src/derive/cron-schedule.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

describe('cronPeriod', () => {
  it.each([
    ['* * * * *', 60],
    ['*/5 * * * *', 300],
    // Steps that do not divide the hour: from :54 or :49 on to the next full one.
    ['*/7 * * * *', 420],
    ['0 * * * *', HOUR],
    ['5,10 * * * *', 55 * 60],
    ['30 2 * * *', DAY],
    ['0 8-18 * * *', 14 * HOUR],
    ['0 9 * * 1-5', 3 * DAY],
    ['0 9 * * MON-FRI', 3 * DAY],
    ['0 0 * * 7', 7 * DAY],
    ['0 0 1 * *', 31 * DAY],
    ['0 0 31 * *', 61 * DAY],
    ['0 0 29 2 *', 1461 * DAY],
    // Both choose: either the first of the month or a Sunday.
    ['0 0 1 * 0', 7 * DAY],
    ['0 0 */2 * *', 2 * DAY],
    ['20/10 3 * * *', DAY - 30 * 60],
    ['@daily', DAY],
    ['@every 1h30m', 5400],
    ['TZ=Asia/Tokyo 0 4 * * *', DAY],
    ['CRON_TZ=UTC 0 4 ? * *', DAY],
    ['0 0 1 JAN *', 366 * DAY],
  ])('%s pauses at most %i s', (schedule, longestSeconds) => {
    expect(cronPeriod(schedule)).toEqual({ kind: 'repeats', longestSeconds });
  });

  it.each(['0 0 31 2 *', '0 0 30 feb *'])('%s never comes', (schedule) => {
    expect(cronPeriod(schedule)).toEqual({ kind: 'never' });
  });

  it.each([
    '',
    '* * * *',
    '0 0 0 * * *',
    '60 * * * *',
    '0 24 * * *',
    '5-1 * * * *',
    '*/0 * * * *',
    'a * * * *',
    '1/2/3 * * * *',
    '@every',
    '@every 5x',
    '@reboot',
  ])('%j is not read', (schedule) => {
    expect(cronPeriod(schedule)).toEqual({ kind: 'unreadable' });
  });
});
