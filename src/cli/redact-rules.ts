import { readFile } from 'node:fs/promises';
import { UserError } from '../model/errors.ts';
import type { OwnRules } from '../redact/own-rules.ts';
import { parseRulesFile, RulesFileError } from '../redact/rules-file.ts';

/** Reads the file of `--redact-rules`; undefined without one. Throws UserError before anything is collected. */
export async function readRedactRules(file: string | undefined): Promise<OwnRules | undefined> {
  if (file === undefined) return undefined;
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
