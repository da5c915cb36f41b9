import { withDecrypted } from '../bundle/encrypted.ts';
import type { ReadLimits } from '../bundle/limits.ts';
import { type Verification, verifyBundle } from '../bundle/verify.ts';
import { EXIT } from '../model/errors.ts';
import { visibleText } from '../report/visible-text.ts';

interface VerifyFlags {
  readonly identity?: string;
  readonly limit?: ReadLimits;
}

/** Checks a bundle and prints what is wrong with it, one line each. Exit 3 when anything is. */
export async function verify(file: string, { identity, limit }: VerifyFlags): Promise<number> {
  return print(await withDecrypted([file], identity, ([plain = file]) => verifyBundle(plain, limit)));
}

function print({ problems, entries, complete }: Verification): number {
  for (const problem of problems) process.stdout.write(`${visibleText(problem)}\n`);
  if (problems.length > 0) return EXIT.incomplete;
  process.stdout.write(`ok: ${entries} entries${complete ? '' : ', collection incomplete'}\n`);
  return complete ? EXIT.ok : EXIT.incomplete;
}
