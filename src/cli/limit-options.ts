import { InvalidArgumentError } from 'commander';
import { READ_LIMITS, type ReadLimits } from '../bundle/limits.ts';
import { parseDuration } from './option-values.ts';
import type { OptionRow } from './options.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3 };

/** Bounds on what is read, each by its name in `ReadLimits`. */
export const LIMIT: OptionRow = {
  flags: '--limit <name=value>',
  description: `raise or lower one bound on what is read: ${Object.keys(READ_LIMITS).join(', ')}; sizes as 32Gi; may be repeated`,
  parse: parseLimit,
};

/** Bound on the time of an analysis. */
export const DEADLINE: OptionRow = {
  flags: '--deadline <duration>',
  description: 'report what is known after this time, e.g. 5m; what was not looked at is unknown',
  parse: parseDuration,
};

function parseLimit(value: string, previous: unknown): ReadLimits {
  const [, name = '', number = '', unit = ''] = /^([A-Za-z]+)=(\d{1,9})(Ki|Mi|Gi|)$/.exec(value) ?? [];
  if (number === '' || !Object.hasOwn(READ_LIMITS, name)) {
    throw new InvalidArgumentError(`Not <name>=<value> with one of ${Object.keys(READ_LIMITS).join(', ')}.`);
  }
  const limit = Number(number) * (UNITS[unit] as number);
  return { ...((previous as ReadLimits | undefined) ?? READ_LIMITS), [name]: limit };
}
