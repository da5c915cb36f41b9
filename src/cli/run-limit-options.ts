import { parseDuration, parseSize } from './option-values.ts';
import type { OptionRow } from './options.ts';

/** Flags of `collect` that bound it, or tell what it does. */
export const RUN_LIMIT_OPTIONS: readonly OptionRow[] = [
  {
    flags: '--timeout <duration>',
    description: 'close the bundle with what is there after this time, e.g. 10m; what is missing has its row',
    parse: parseDuration,
  },
  {
    flags: '--max-size <size>',
    description:
      'about how large the bundle may become, e.g. 200Mi: logs are shortened, then left out, those of healthy containers first; kinds last',
    parse: parseSize,
  },
  {
    flags: '--sample <number>',
    description: 'read counters (API server, etcd, containers, Kong) this often, so that rates can be told',
    choices: ['1', '2'],
    defaultValue: '1',
  },
  {
    flags: '--interval <duration>',
    description: 'time between two samples of counters',
    defaultValue: 30,
    defaultText: '30s',
    parse: parseDuration,
  },
  {
    flags: '--progress <form>',
    description: 'progress on stderr: text, or json, one object per line',
    choices: ['text', 'json'],
    defaultValue: 'text',
  },
  {
    flags: '--dry-run',
    description: 'print every call that would be made to the API server, and make none but discovery',
  },
];
