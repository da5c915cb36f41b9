import { formatCount } from './format-value.ts';
import type { CountedText } from './texts.en.ts';

/** A text with its `{name}` marks replaced. */
export function say(text: string, values: Readonly<Record<string, string | number>> = {}): string {
  return text.replace(/\{([A-Za-z]+)\}/g, (mark, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : mark,
  );
}

/** The form of a text that fits a number, with the number as `{n}`. */
export function sayCount(
  text: CountedText,
  n: number,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return say(n === 1 ? text.one : text.other, { ...values, n: formatCount(n) });
}
