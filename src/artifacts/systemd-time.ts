/** `Tue 2026-01-15 12:00:00 UTC`, with or without the day and a fraction. */
const STAMP = /^(?:[A-Za-z]{3} )?(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? (?:UTC|GMT)$/;

/**
 * A time as systemd prints it, as ISO 8601; `@1768478400` is what `--timestamp=unix` gives. Times of another
 * zone carry only its ambiguous short name and are not guessed.
 */
export function systemdTime(text: string | undefined): string | undefined {
  const trimmed = (text ?? '').trim();
  const unix = /^@(\d{1,12})$/.exec(trimmed)?.[1];
  if (unix !== undefined) return new Date(Number(unix) * 1000).toISOString().replace('.000Z', 'Z');
  const [, day, time] = STAMP.exec(trimmed) ?? [];
  return day === undefined ? undefined : `${day}T${time}Z`;
}
