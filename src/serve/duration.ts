const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** A span of seconds as kubectl prints ages: two units while they tell something, then one. */
export function shortDuration(seconds: number): string {
  const whole = Math.floor(seconds);
  if (!Number.isFinite(whole) || whole < -1) return '<invalid>';
  if (whole < 2 * MINUTE) return `${Math.max(0, whole)}s`;
  if (whole < 10 * MINUTE) return pair(whole, MINUTE, 'm', 1, 's');
  if (whole < 3 * HOUR) return `${Math.floor(whole / MINUTE)}m`;
  if (whole < 8 * HOUR) return pair(whole, HOUR, 'h', MINUTE, 'm');
  if (whole < 2 * DAY) return `${Math.floor(whole / HOUR)}h`;
  if (whole < 8 * DAY) return pair(whole, DAY, 'd', HOUR, 'h');
  if (whole < 2 * YEAR) return `${Math.floor(whole / DAY)}d`;
  if (whole < 8 * YEAR) return pair(whole, YEAR, 'y', DAY, 'd');
  return `${Math.floor(whole / YEAR)}y`;
}

function pair(seconds: number, unit: number, name: string, part: number, partName: string): string {
  const rest = Math.floor((seconds % unit) / part);
  return `${Math.floor(seconds / unit)}${name}${rest === 0 ? '' : `${rest}${partName}`}`;
}

/** The time from a timestamp to a moment as kubectl prints it; `<unknown>` without a timestamp. */
export function ageText(timestamp: unknown, now: number): string {
  if (typeof timestamp !== 'string' || timestamp === '') return '<unknown>';
  return shortDuration((now - Date.parse(timestamp)) / 1000);
}
