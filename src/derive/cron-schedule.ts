/** What a cron schedule promises, whatever the time zone. */
export type CronPeriod =
  /** Never longer than so many seconds from one run to the next. */
  | { readonly kind: 'repeats'; readonly longestSeconds: number }
  /** No date fits, such as 31 February. */
  | { readonly kind: 'never' }
  | { readonly kind: 'unreadable' };

interface Field {
  readonly values: ReadonlySet<number>;
  /** `*` or `?`: the field does not choose. */
  readonly free: boolean;
}

const MACROS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const DURATION = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

const DAY = 86_400;
/** Days looked at from 2016 on: nine years hold three 29 Februaries, the rarest date there is. */
const FIRST_DAY = Date.UTC(2016, 0, 1) / (DAY * 1000);
const DAYS = 9 * 366;

/**
 * The longest pause between two runs of a schedule as the CronJob controller reads it (github.com/robfig/cron
 * v3, ParseStandard): five fields or a macro, a time zone before it ignored. Summer time may add an hour.
 */
export function cronPeriod(schedule: string): CronPeriod {
  const text = schedule
    .trim()
    .toLowerCase()
    .replace(/^(?:cron_)?tz=\S+\s+/, '');
  if (text.startsWith('@every ')) return everyPeriod(text.slice('@every '.length).trim());
  const fields = (MACROS[text] ?? text).split(/\s+/);
  if (fields.length !== 5) return { kind: 'unreadable' };
  const [minutes, hours, days, months, weekdays] = [
    readField(fields[0], 0, 59),
    readField(fields[1], 0, 23),
    readField(fields[2], 1, 31),
    readField(fields[3], 1, 12, MONTHS),
    readField(fields[4], 0, 7, WEEKDAYS),
  ];
  if (!minutes || !hours || !days || !months || !weekdays) return { kind: 'unreadable' };
  const times = [...hours.values]
    .flatMap((hour) => [...minutes.values].map((minute) => hour * 3600 + minute * 60))
    .sort((a, b) => a - b);
  return longestPause(times, (day) => isRunDay(day, { days, months, weekdays }));
}

function everyPeriod(text: string): CronPeriod {
  const match = DURATION.exec(text);
  if (!match || text === '') return { kind: 'unreadable' };
  const [hours, minutes, seconds] = [match[1], match[2], match[3]].map((one) => Number(one ?? 0));
  const longestSeconds = (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
  return longestSeconds > 0 ? { kind: 'repeats', longestSeconds } : { kind: 'unreadable' };
}

function readField(
  text: string | undefined,
  low: number,
  high: number,
  names: readonly string[] = [],
): Field | undefined {
  const values = new Set<number>();
  let free = false;
  for (const part of (text ?? '').split(',')) {
    const [range = '', stepText, rest] = part.split('/');
    const step = stepText === undefined ? 1 : Number(stepText);
    if (rest !== undefined || !Number.isInteger(step) || step < 1) return undefined;
    const bounds = readRange(range, { low, high, names, open: stepText !== undefined });
    if (!bounds) return undefined;
    // A step makes a choice of `*`.
    if ((range === '*' || range === '?') && step === 1) free = true;
    for (let value = bounds[0]; value <= bounds[1]; value += step) values.add(value);
  }
  return { values, free };
}

interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly names: readonly string[];
  /** A single value with a step counts from there to the end. */
  readonly open: boolean;
}

function readRange(text: string, { low, high, names, open }: Bounds): [number, number] | undefined {
  if (text === '*' || text === '?') return [low, names === WEEKDAYS ? 6 : high];
  const read = (one: string | undefined): number => {
    const index = names.indexOf(one ?? '');
    if (index >= 0) return names === MONTHS ? index + 1 : index;
    return /^\d+$/.test(one ?? '') ? Number(one) : Number.NaN;
  };
  const [first, last, rest] = text.split('-');
  const from = read(first);
  const to = last === undefined ? (open ? high : from) : read(last);
  const valid = rest === undefined && from >= low && to <= high && from <= to;
  return valid ? [from, to] : undefined;
}

interface DayFields {
  readonly days: Field;
  readonly months: Field;
  readonly weekdays: Field;
}

/** Days of the month and of the week join when one of them is free; when both choose, either is enough. */
function isRunDay(day: number, { days, months, weekdays }: DayFields): boolean {
  const date = new Date(day * DAY * 1000);
  if (!months.values.has(date.getUTCMonth() + 1)) return false;
  const weekday = date.getUTCDay();
  const byDay = days.values.has(date.getUTCDate());
  const byWeekday = weekdays.values.has(weekday) || (weekday === 0 && weekdays.values.has(7));
  return days.free || weekdays.free ? byDay && byWeekday : byDay || byWeekday;
}

function longestPause(times: readonly number[], runsOn: (day: number) => boolean): CronPeriod {
  const first = times[0] as number;
  const last = times.at(-1) as number;
  let longest = 0;
  for (const [index, time] of times.entries())
    if (index > 0) longest = Math.max(longest, time - (times[index - 1] as number));
  let previous: number | undefined;
  for (let day = FIRST_DAY; day < FIRST_DAY + DAYS; day++) {
    if (!runsOn(day)) continue;
    if (previous !== undefined) longest = Math.max(longest, (day - previous) * DAY + first - last);
    previous = day;
  }
  if (previous === undefined) return { kind: 'never' };
  // A date that came once within the years looked at comes again within eight.
  return { kind: 'repeats', longestSeconds: longest > 0 ? longest : 8 * 366 * DAY };
}
