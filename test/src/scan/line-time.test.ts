import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineTimeAt, parseLineTime } from '../../../src/scan/line-time.ts';

describe('parseLineTime', () => {
  it.each([
    ['2026-01-02T03:04:05.123456789Z panic: x', '2026-01-02T03:04:05.123456789Z'],
    ['2026-01-02T03:04:05Z stdout F text', '2026-01-02T03:04:05Z'],
    ['2026-01-02T03:04:05.1+05:30\ttext', '2026-01-02T03:04:05.1+05:30'],
    ['2026-01-02T03:04:05-08:00', '2026-01-02T03:04:05-08:00'],
    ['2026-01-02 03:04:05.123Z text', '2026-01-02T03:04:05.123Z'],
    ['2024-02-29T00:00:00Z leap day', '2024-02-29T00:00:00Z'],
    ['[2026-01-02T03:04:05.123Z] "GET / HTTP/2"', '2026-01-02T03:04:05.123Z'],
    ['time="2026-01-02T03:04:05Z" level=info', '2026-01-02T03:04:05Z'],
    ['ts=2026-01-02T03:04:05.1Z caller=main.go:1', '2026-01-02T03:04:05.1Z'],
    ['{"level":"warn","ts":"2026-01-02T03:04:05.123Z","msg":"x"}', '2026-01-02T03:04:05.123Z'],
    ['{"time":"2026-01-02T03:04:05Z","level":"INFO"}', '2026-01-02T03:04:05Z'],
  ])('reads %j', (line, time) => {
    expect(parseLineTime(line)).toBe(time);
  });

  it.each([
    ['', 'an empty line'],
    ['I0102 03:04:05.123456       1 x.go:1] text', 'klog, which has no year'],
    ['2026/01/02 03:04:05 [error] text', 'nginx, which has no zone'],
    ['2026-01-02T03:04:05 text', 'no zone'],
    ['2026-01-02T03:04:05.Z text', 'an empty fraction'],
    ['2026-01-02T03:04:05.1234567891Z text', 'ten digits of fraction'],
    ['2026-13-02T03:04:05Z text', 'month 13'],
    ['2026-02-30T03:04:05Z text', 'February 30th'],
    ['2025-02-29T03:04:05Z text', 'February 29th of a common year'],
    ['2026-01-02T24:04:05Z text', 'hour 24'],
    ['2026-01-02T03:04:60Z text', 'second 60'],
    ['0001-01-01T00:00:00Z text', "Go's unset time"],
    ['2O26-01-02T03:04:05Z text', 'a letter for a digit'],
    [' 2026-01-02T03:04:05Z text', 'a time not at the start'],
    ['{"level":"a very long level name","ts":"2026-01-02T03:04:05Z"}', 'an unusual level'],
    ['2026-01-02T03:04:05+24:00 text', 'an impossible zone'],
    ['2026-01-02T03:04:05.123456789', 'a cut time'],
  ])('does not guess a time from %j (%s)', (line) => {
    expect(parseLineTime(line)).toBeUndefined();
  });

  it('gives a time Date can read, the one that was written', () => {
    const dates = fc.date({ min: new Date('1970-01-01'), max: new Date('2199-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(dates, fc.string(), (date, rest) => {
        const time = parseLineTime(`${date.toISOString()} ${rest}`);

        expect(Date.parse(time!)).toBe(date.getTime());
      }),
    );
  });

  it('reads no byte beyond the end of the line', () => {
    const bytes = Buffer.from('2026-01-02T03:04:05.123Z');

    const places = [...bytes.keys()].map((end) => lineTimeAt(bytes, 0, end));

    expect(new Set(places)).toEqual(new Set([-1]));
    expect(lineTimeAt(bytes, 0, bytes.length)).toBe(0);
  });
});
