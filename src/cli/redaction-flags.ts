import { readFile } from 'node:fs/promises';
import type { RedactionExtras } from '../bundle/built-in-redaction.ts';
import { UserError } from '../model/errors.ts';
import type { OwnRules } from '../redact/own-rules.ts';
import { createPseudonyms } from '../redact/pseudonym.ts';
import { parseRulesFile, RulesFileError } from '../redact/rules-file.ts';
import { readOrCreateKey } from './key-file.ts';

/** The flags of `collect` that change what redaction does. */
export interface RedactionFlags {
  readonly redactRules?: string;
  readonly keyFile?: string;
}

/** What the flags ask for, read before anything is collected. Throws UserError for a file that cannot be used. */
export async function redactionExtras({ redactRules, keyFile }: RedactionFlags): Promise<RedactionExtras> {
  const own = redactRules === undefined ? undefined : await readRedactRules(redactRules);
  if (keyFile === undefined) return { own };
  const { key, isNew } = await readOrCreateKey(keyFile);
  if (isNew)
    process.stderr.write(`made the key file ${keyFile}: keep it, and do not send it with the bundle\n`);
  return { own, pseudonym: createPseudonyms(key) };
}

async function readRedactRules(file: string): Promise<OwnRules> {
  try {
    return parseRulesFile(await readFile(file, 'utf8'));
  } catch (error) {
    const isRules = error instanceof RulesFileError;
    const reason = isRules
      ? error.message
      : `cannot be read (${(error as NodeJS.ErrnoException).code ?? error})`;
    throw new UserError('rules-file-invalid', `--redact-rules ${file}: ${reason}`, {
      ...(isRules ? { hint: 'docs/redaction-rules.schema.json says what it may hold.' } : {}),
      cause: error,
    });
  }
}
