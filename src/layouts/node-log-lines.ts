import type { Divider } from './layout.ts';

/** `Oct 14 04:51:27.123456` or an RFC 3339 time, the name behind it: how journalctl begins a line. */
const JOURNAL_LINE =
  /^(?:(\S+) )?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT\S+) (\S+) /;

/** Bytes of a line looked at. */
const LOOKED_AT = 600;

/**
 * Divides the log of one unit that `oc adm node-logs` wrote of several nodes: a line begins with its node, or the
 * journal names the host. Lines of neither form belong to the line before them.
 */
export function nodeLogLines(unit: string, folderNode: string | undefined): Divider {
  let current: string | undefined;
  return {
    line(bytes, continued, out) {
      const match = continued ? null : JOURNAL_LINE.exec(bytes.toString('utf8', 0, LOOKED_AT));
      const node = match === null ? undefined : (folderNode ?? match[1] ?? match[2]);
      if (node !== undefined && node !== current) {
        current = node;
        out.open({ kind: 'log', sections: [{ scope: { type: 'unit', node, unit } }], sample: 0 }, node);
      }
      out.write(bytes);
    },
    end: () => {},
  };
}
