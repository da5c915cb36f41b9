import { findSpans, type RedactionPolicy } from './policy.ts';
import type { Tally } from './rules.ts';
import { applySpans, type Span } from './span.ts';

/** Longest line that is looked at whole, in characters; longer ones pass in windows of this size. */
export const MAX_LINE = 1024 * 1024;
/** How far windows overlap: a secret this long is found wherever it lies in a long line. */
export const OVERLAP = 64 * 1024;

/** Redacts one line of any length in bounded memory: at most a window and what is pushed at once. */
export interface Windows {
  push(text: string): string;
  end(): string;
}

/** Where a secret that reached the end of its window ends. */
const STOPS: Readonly<Record<string, RegExp>> = {
  '"': /"/,
  "'": /'/,
  '`': /`/,
};
const PLAIN_STOP = /[ \t"'<>`]/;
const KEY_STOP = /-{4,5} ?END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}/;
/** Longest text `KEY_STOP` matches, kept back so that a window border does not cut it. */
const KEY_STOP_LENGTH = 80;

/** Windows over one line; the result depends on the line only, not on how it is cut into pushes. */
export function createWindows(policy: RedactionPolicy, tally: Tally): Windows {
  let rest = '';
  let first = true;
  let open: RegExp | undefined;
  return {
    push(text) {
      rest += text;
      let shown = '';
      while (rest.length > MAX_LINE) shown += pass(rest.slice(0, MAX_LINE), false);
      return shown;
    },
    end: () => (rest === '' ? '' : pass(rest, true)),
  };

  /** Shows what of a window is sure, and takes it off the rest. */
  function pass(window: string, last: boolean): string {
    const from = closeOpen(window, last);
    if (from === undefined) return '';
    const text = window.slice(from);
    const spans = findSpans(text, first && from === 0, policy);
    first = false;
    const cut = last ? text.length : Math.max(0, MAX_LINE - OVERLAP - from);
    const sure = spans.filter((span) => span.start < cut || last);
    const border = sure[sure.length - 1];
    const end = Math.max(cut, border?.end ?? 0);
    if (!last && border?.end === text.length) open = stopOf(text, border);
    rest = rest.slice(from + end);
    return applySpans(text.slice(0, end), sure, tally);
  }

  /** Drops what still belongs to a secret of the window before; undefined: all of this window does. */
  function closeOpen(window: string, last: boolean): number | undefined {
    if (!open) return 0;
    const stop = open.exec(window);
    if (!stop) {
      const kept = last || open !== KEY_STOP ? 0 : KEY_STOP_LENGTH;
      rest = rest.slice(window.length - kept);
      if (last) open = undefined;
      return undefined;
    }
    const end = stop.index + (open === KEY_STOP ? stop[0].length : 0);
    open = undefined;
    return end;
  }
}

function stopOf(text: string, span: Span): RegExp {
  if (span.rule === 'private-key') return KEY_STOP;
  return STOPS[text[span.start - 1] ?? ''] ?? PLAIN_STOP;
}
