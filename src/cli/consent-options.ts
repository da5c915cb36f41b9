import { splitList } from './option-values.ts';
import type { OptionRow } from './options.ts';

export const ENCRYPT: OptionRow = {
  flags: '--encrypt <keys>',
  description:
    'seal the finished bundle to these public keys of age (age1…), as <file>.age; repeat or separate by commas',
  parse: splitList,
};
export const REDACT_RULES: OptionRow = {
  flags: '--redact-rules <file>',
  description:
    'YAML file of own rules (names, patterns, paths) and values that stay; added to the built-in rules',
};
export const KEY_FILE: OptionRow = {
  flags: '--key-file <file>',
  description:
    'mark equal secrets equally, by a key that stays here: made in this file when there is none (keep it, never send it)',
};
export const IDENTITY: OptionRow = {
  flags: '-i, --identity <file>',
  description: 'file with the secret key (AGE-SECRET-KEY-1…) that opens encrypted bundles',
};

export const INSPECT_OPTIONS: readonly OptionRow[] = [
  {
    flags: '-o, --output <format>',
    description: 'text, or json',
    choices: ['text', 'json'],
    defaultValue: 'text',
  },
  IDENTITY,
];

export const EDIT_OPTIONS: readonly OptionRow[] = [
  {
    flags: '--drop <globs>',
    description: 'entries to leave out, by path, e.g. `logs/shop/*`; repeat or separate by commas',
    parse: splitList,
  },
  {
    flags: '--output-file <file>',
    description: 'where the new bundle goes (default: <bundle name>.edited.tar.gz)',
  },
  ENCRYPT,
  IDENTITY,
];
