import { formatDuration } from '../format-value.ts';
import { say } from '../say.ts';
import type { Texts } from '../texts.en.ts';

/** How much of a certificate's lifetime was used up at collection time. */
export interface ValidityBar {
  /** Width of the used part, of 100. */
  readonly used: number;
  /** What the bar says, in words. */
  readonly label: string;
  readonly over: boolean;
}

/** The bar of a validity period at a moment, all in ISO 8601; undefined when one of them is no time. */
export function validityBar(
  notBefore: unknown,
  notAfter: unknown,
  moment: string | undefined,
  texts: Texts,
): ValidityBar | undefined {
  const [from, to, now] = [notBefore, notAfter, moment].map((time) =>
    typeof time === 'string' ? Date.parse(time) / 1000 : Number.NaN,
  ) as [number, number, number];
  if (!(to > from) || Number.isNaN(now)) return undefined;
  const used = Math.round(Math.min(1, Math.max(0, (now - from) / (to - from))) * 1000) / 10;
  if (now > to) {
    return { used, over: true, label: say(texts.facts.expired, { ago: formatDuration(now - to) }) };
  }
  if (now < from) {
    return { used, over: false, label: say(texts.facts.notYet, { wait: formatDuration(from - now) }) };
  }
  const label = say(texts.facts.left, { left: formatDuration(to - now), whole: formatDuration(to - from) });
  return { used, over: false, label };
}
