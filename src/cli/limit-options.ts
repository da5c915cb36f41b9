import { InvalidArgumentError } from 'commander';
import { READ_LIMITS, type ReadLimits } from '../bundle/limits.ts';
import type { OptionRow } from './options.ts';

type Unit = 'count' | 'bytes' | 'seconds';

/** Names of `--limit`, the field each sets, and what it counts. */
const NAMES: Readonly<Record<string, readonly [field: keyof ReadLimits, unit: Unit]>> = {
  entries: ['maxEntries', 'count'],
  'entry-size': ['maxEntryBytes', 'bytes'],
  'entry-seconds': ['maxEntrySeconds', 'seconds'],
  'total-size': ['maxTotalBytes', 'bytes'],
  ratio: ['maxRatio', 'count'],
  'path-length': ['maxPathBytes', 'bytes'],
  'path-depth': ['maxPathDepth', 'count'],
  'names-size': ['maxNameBytes', 'bytes'],
  'object-size': ['maxItemBytes', 'bytes'],
  'yaml-size': ['maxYamlBytes', 'bytes'],
  'manifest-size': ['maxManifestBytes', 'bytes'],
  'json-depth': ['maxJsonDepth', 'count'],
  'json-values': ['maxJsonValues', 'count'],
};

const STEPS = ['', 'Ki', 'Mi', 'Gi', 'Ti'];

/** Bounds on what is read of a bundle, for `analyze` and `verify`. */
export const LIMIT: OptionRow = {
  flags: '--limit <name=value>',
  description: `read no more than this of a bundle; repeat. Names, with defaults: ${limitDefaults()}`,
  parse: parseLimit,
};

/** How long an analyzer may take. */
export const DEADLINE: OptionRow = {
  flags: '--deadline <seconds>',
  description: 'seconds one analyzer may take; then it is an error and the others go on',
  defaultValue: 60,
  parse: parseSeconds,
};

function parseSeconds(value: string): number {
  if (!/^[1-9]\d{0,4}$/.test(value)) throw new InvalidArgumentError('Not a number of seconds from 1 on.');
  return Number(value);
}

function parseLimit(option: string, previous: unknown): ReadLimits {
  const [name = '', value = ''] = option.split('=', 2);
  const known = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  if (known === undefined)
    throw new InvalidArgumentError(`No such limit. There are: ${Object.keys(NAMES).join(', ')}.`);
  const [field, unit] = known;
  const match = /^(\d{1,15})(Ki|Mi|Gi|Ti)?$/.exec(value);
  if (match === null)
    throw new InvalidArgumentError(`Not a number: use e.g. ${name}=${shown(READ_LIMITS[field], unit)}.`);
  const amount = Number(match[1]) * 1024 ** STEPS.indexOf(match[2] ?? '');
  if (amount < 1 || !Number.isSafeInteger(amount)) throw new InvalidArgumentError('Not a usable number.');
  return { ...((previous as ReadLimits | undefined) ?? READ_LIMITS), [field]: amount };
}

/** Every limit with its default, as `entries=500000, entry-size=16Gi`. */
function limitDefaults(): string {
  return Object.entries(NAMES)
    .map(([name, [field, unit]]) => `${name}=${shown(READ_LIMITS[field], unit)}`)
    .join(', ');
}

function shown(amount: number, unit: Unit): string {
  let step = 0;
  let left = amount;
  while (unit === 'bytes' && step < STEPS.length - 1 && left % 1024 === 0) {
    left /= 1024;
    step++;
  }
  return `${left}${STEPS[step]}`;
}
