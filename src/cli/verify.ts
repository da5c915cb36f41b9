import { verifyBundle } from '../bundle/verify.ts';
import { EXIT } from '../model/errors.ts';

/** Checks a bundle and prints what is wrong with it, one line each. Exit 3 when anything is. */
export async function verify(file: string): Promise<number> {
  const { problems, entries, complete } = await verifyBundle(file);
  for (const problem of problems) process.stdout.write(`${problem}\n`);
  if (problems.length > 0) return EXIT.incomplete;
  process.stdout.write(`ok: ${entries} entries${complete ? '' : ', collection incomplete'}\n`);
  return complete ? EXIT.ok : EXIT.incomplete;
}
