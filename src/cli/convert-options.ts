import { ENCRYPT, IDENTITY, KEY_FILE, OBFUSCATE, REDACT_RULES } from './consent-options.ts';
import { LIMIT } from './limit-options.ts';
import type { OptionRow } from './options.ts';

export const CONVERT_OPTIONS: readonly OptionRow[] = [
  {
    flags: '--to <layout>',
    description:
      'kubecase: indexed and redacted; troubleshoot: the support bundle other tools open; must-gather: what omc and omg open',
    choices: ['kubecase', 'troubleshoot', 'must-gather'],
    defaultValue: 'kubecase',
  },
  {
    flags: '--output-file <file>',
    description: 'where the new bundle goes (default: <input name>.<layout>.tar.gz in the current directory)',
  },
  REDACT_RULES,
  KEY_FILE,
  OBFUSCATE,
  ENCRYPT,
  IDENTITY,
  LIMIT,
];
