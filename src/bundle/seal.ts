import { rename, unlink } from 'node:fs/promises';
import { EXIT, UserError } from '../model/errors.ts';
import { editBundle } from './edit.ts';
import type { Leak, LeakScanner } from './leak-scan.ts';
import type { OutputFile } from './output-file.ts';
import type { NoteRedactor } from './redaction.ts';

/** A bundle that was written to its end and has no name yet. */
export interface Unsealed {
  readonly file: string;
  readonly output: OutputFile;
  readonly scanner: LeakScanner;
  /** Entry names may hold what was found. */
  readonly note: NoteRedactor;
}

/** A bundle under its name, and what had to be left out of it. */
export interface Sealed {
  readonly size: number;
  readonly sha256: string;
  readonly leaks: readonly Leak[];
}

/**
 * Reads what was written again, with other eyes than those that redacted it, and only then gives it its name.
 * Entries that hold something secret are dropped and the bundle is sealed again. Throws UserError, and leaves
 * nothing of the bundle, when it cannot be read or holds something secret nevertheless.
 */
export async function sealChecked(unsealed: Unsealed): Promise<Sealed> {
  const { file, output, scanner, note } = unsealed;
  const leaks = await scanner.scan(output.partialPath).catch(async (error: unknown) => {
    await output.discard();
    throw unreadable(file, error);
  });
  if (leaks.length === 0) return { ...(await output.commit()), leaks };
  const told = leaks.map(({ path, rule }) => ({ path: note(path), rule }));
  await output.leave();
  const leaking = `${file}.leaking`;
  try {
    await rename(output.partialPath, leaking);
    const sealed = await sealWithout(leaks, leaking, file);
    const left = await scanner.scan(file);
    if (left.length === 0) return { ...sealed, leaks: told };
  } catch {
    // Whatever failed, what is there holds a secret.
  } finally {
    await removeAll([leaking, output.partialPath]);
  }
  await removeAll([file]);
  throw removed(file, told);
}

/** What the coverage record says of an entry that was dropped. */
export function leakReason(rule: string): string {
  return `dropped: the finished bundle was read again and the entry held what must not be in it (${rule})`;
}

async function sealWithout(leaks: readonly Leak[], from: string, to: string) {
  const rules = new Map(leaks.map(({ path, rule }) => [path, rule]));
  const { size, sha256 } = await editBundle({
    file: from,
    outputFile: to,
    drops: (entry) => rules.has(entry.path),
    row: (entry) => ({ outcome: 'error', reason: leakReason(rules.get(entry.path) ?? '') }),
  });
  return { size, sha256 };
}

async function removeAll(files: readonly string[]): Promise<void> {
  for (const file of files) await unlink(file).catch(() => {});
}

function unreadable(file: string, cause: unknown): UserError {
  return new UserError('bundle-unchecked', `${file}: was removed: it could not be read again to check it`, {
    hint: 'Try again on a disk with room for it; nothing that was not checked is kept.',
    exitCode: EXIT.incomplete,
    cause,
  });
}

function removed(file: string, leaks: readonly Leak[]): UserError {
  const [first] = leaks;
  const more = leaks.length > 1 ? ` and ${leaks.length - 1} more entries` : '';
  return new UserError(
    'bundle-leaks',
    `${file}: was removed: ${first?.path ?? 'it'} held what must not be in it (${first?.rule ?? ''})${more}, and it could not be sealed without`,
    {
      hint: 'Leave the kind or namespace out with --skip or --namespace, and report the rule that failed.',
      exitCode: EXIT.incomplete,
    },
  );
}
