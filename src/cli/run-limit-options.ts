import { parseDuration, parseSize } from './option-values.ts';
import type { OptionRow } from './options.ts';

/** Flags of `collect` that bound it, or tell what it does. */
export const RUN_LIMIT_OPTIONS: readonly OptionRow[] = [
  {
    flags: '--timeout <duration>',
    description:
      'close the bundle with what is there after this time, e.g. 10m; what is missing has its row (default: none)',
    parse: parseDuration,
  },
  {
    flags: '--max-size <size>',
    description:
      'about how large the bundle may become, e.g. 200Mi: logs are shortened, then left out, those of healthy containers first; kinds last (default: what the disk has room for)',
    parse: parseSize,
  },
  {
    flags: '--collector-timeout <duration>',
    description:
      'time one collector may take, e.g. 2m; the others go on, and what is missing has its row (default: none)',
    parse: parseDuration,
  },
  {
    flags: '--max-collector-size <size>',
    description:
      'what the logs and documents of one collector may have in all, e.g. 500Mi, uncompressed (default: no limit)',
    parse: parseSize,
  },
  {
    flags: '--resume <bundle>',
    description:
      'go on with a bundle of the same cluster that lacks something: what is finished in it is copied, the rest is read now; give the other flags again',
  },
  {
    flags: '--consistent',
    description:
      'list all kinds as they were at one moment; before Kubernetes 1.34 such lists are read from etcd itself, hence the flag',
  },
  {
    flags: '--sample <number>',
    description: 'read counters (API server, etcd, containers, Kong) this often, so that rates can be told',
    choices: ['1', '2'],
    defaultValue: '1',
  },
  {
    flags: '--interval <duration>',
    description: 'time between the two samples of counters; needs `--sample 2`',
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
