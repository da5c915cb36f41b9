import { InvalidArgumentError } from 'commander';
import type { ObfuscatedKind } from '../redact/obfuscate.ts';
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
export const OBFUSCATE: OptionRow = {
  flags: '--obfuscate <kinds>',
  description:
    'replace addresses and names by pseudonyms, equal ones equally: ip, hostname, namespace; needs --key-file, which `unmask` brings them back with',
  parse: parseKinds,
};
export const IDENTITY: OptionRow = {
  flags: '-i, --identity <file>',
  description: 'file with the secret key (AGE-SECRET-KEY-1…) that opens encrypted bundles',
};

const KINDS: Readonly<Record<ObfuscatedKind, true>> = { ip: true, hostname: true, namespace: true };

/** Kinds of names separated by commas. */
function parseKinds(value: string, previous: unknown): ObfuscatedKind[] {
  const kinds = splitList(value, previous);
  if (kinds.every(isKind)) return kinds;
  throw new InvalidArgumentError(`Known are ${Object.keys(KINDS).join(', ')}.`);
}

function isKind(kind: string): kind is ObfuscatedKind {
  return Object.hasOwn(KINDS, kind);
}

export const UNMASK_OPTIONS: readonly OptionRow[] = [
  { flags: '--key-file <file>', description: 'the key file the bundle was collected or converted with' },
  {
    flags: '-o, --output <format>',
    description: 'html, json or text; a page stays a page (default: as the report given)',
    choices: ['html', 'json', 'text'],
  },
  {
    flags: '--output-file <file>',
    description: 'where it goes; - is stdout (default: <report name>.unmasked.html for html, else stdout)',
  },
];

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
