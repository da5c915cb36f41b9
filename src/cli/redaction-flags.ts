import { readFile } from 'node:fs/promises';
import type { RedactionExtras } from '../bundle/built-in-redaction.ts';
import { UserError } from '../model/errors.ts';
import type { OwnRules } from '../redact/own-rules.ts';
import { createPseudonyms } from '../redact/pseudonym.ts';
import { type RedactionId, redactionId } from '../redact/redaction-id.ts';
import { parseRulesFile, RulesFileError } from '../redact/rules-file.ts';
import { readOrCreateKey } from './key-file.ts';

/** The flags of `collect` that change what redaction does. */
export interface RedactionFlags {
  readonly redactRules?: string;
  readonly keyFile?: string;
}

/** What the flags ask for, and by what a bundle redacted that way is known. */
export interface FlaggedRedaction extends RedactionExtras {
  readonly id: RedactionId;
}

/** What the flags ask for, read before anything is collected. Throws UserError for a file that cannot be used. */
export async function redactionExtras({ redactRules, keyFile }: RedactionFlags): Promise<FlaggedRedaction> {
  const rules = redactRules === undefined ? undefined : await readRedactRules(redactRules);
  const own = rules?.own;
  if (keyFile === undefined) return { own, id: redactionId(rules?.text, undefined) };
  const { key, isNew } = await readOrCreateKey(keyFile);
  if (isNew)
    process.stderr.write(`made the key file ${keyFile}: keep it, and do not send it with the bundle\n`);
  return { own, pseudonym: createPseudonyms(key), id: redactionId(rules?.text, key) };
}

async function readRedactRules(file: string): Promise<{ readonly own: OwnRules; readonly text: string }> {
  try {
    const text = await readFile(file, 'utf8');
    return { own: parseRulesFile(text), text };
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
