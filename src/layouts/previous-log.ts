import type { LogScope } from '../model/scope.ts';
import type { Divider, PartWriter } from './layout.ts';

/** What `istioctl bug-report` writes above both logs of a container that was restarted, and between them. */
const ANNOUNCED = '========= Previous log present (appended at the end) =========';
const BETWEEN = '========= Previous log =========';

/**
 * Divides the log of a container from that of the instance before, which stands below it when the first line
 * announces it. With a time filter the tool drops that line: then the mark between them counts below a blank
 * line, as the tool writes it; any other line like it is one of the log.
 */
export function previousLogDivider(scope: Extract<LogScope, { type: 'container' }>): Divider {
  let state: 'start' | 'announced' | 'now' | 'before' = 'start';
  let isBelowBlank = false;

  function open(out: PartWriter, previous: boolean): void {
    const whose = previous ? { ...scope, previous } : scope;
    out.open({ kind: 'log', sections: [{ scope: whose }], sample: 0 });
  }

  return {
    line(bytes, continued, out) {
      const mark = continued ? '' : markIn(bytes);
      if (state === 'start') {
        open(out, false);
        state = mark === ANNOUNCED ? 'announced' : 'now';
        if (state === 'announced') return;
      }
      const divides = mark === BETWEEN && (state === 'announced' || (state === 'now' && isBelowBlank));
      isBelowBlank = !continued && /^\r?\n?$/.test(bytes.toString('latin1', 0, 3));
      if (divides) {
        state = 'before';
        open(out, true);
        return;
      }
      out.write(bytes);
    },
    end(complete, out) {
      if (state === 'start') open(out, false);
      out.close(complete);
    },
  };
}

function markIn(bytes: Buffer): string {
  return bytes.length > 0 && bytes[0] === 0x3d && bytes.length < 100 ? bytes.toString().trim() : '';
}
