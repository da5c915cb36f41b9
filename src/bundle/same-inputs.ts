import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { inputError, openInput } from './input.ts';

/** An input that is another one once more. */
export interface SameInput {
  /** Positions in the list of inputs. */
  readonly again: number;
  readonly first: number;
}

/**
 * Finds inputs given twice: the same folder, standard input, or files of the same bytes under any names. Only files
 * of the same size are read for it. Throws UserError for an input that is not there.
 */
export async function sameInputs(inputs: readonly string[]): Promise<readonly SameInput[]> {
  if (inputs.length < 2) return [];
  const places = await Promise.all(inputs.map(placeOf));
  const sizes = new Map<string, number>();
  for (const { key } of places) sizes.set(key, (sizes.get(key) ?? 0) + 1);
  const firsts = new Map<string, number>();
  const same: SameInput[] = [];
  for (const [index, { key, isFile }] of places.entries()) {
    if ((sizes.get(key) ?? 0) < 2) continue;
    const content = isFile ? await digestOf(inputs[index] as string) : key;
    const first = firsts.get(content);
    if (first === undefined) firsts.set(content, index);
    else same.push({ again: index, first });
  }
  return same;
}

/** What two inputs must have in common to be one. */
async function placeOf(input: string, index: number): Promise<{ key: string; isFile: boolean }> {
  if (input === '-') return { key: input, isFile: false };
  try {
    const found = await stat(input);
    if (found.isDirectory()) return { key: `folder ${await realpath(input)}`, isFile: false };
    // Of a pipe nobody knows what comes.
    return found.isFile()
      ? { key: `file ${found.size}`, isFile: true }
      : { key: `other ${index}`, isFile: false };
  } catch (error) {
    throw inputError(input, error);
  }
}

async function digestOf(file: string): Promise<string> {
  const handle = await openInput(file);
  const hash = createHash('sha256');
  for await (const chunk of handle.createReadStream({ highWaterMark: 1024 * 1024 }))
    hash.update(chunk as Buffer);
  return `sha256 ${hash.digest('hex')}`;
}
