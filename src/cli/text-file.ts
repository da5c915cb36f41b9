import { readFile } from 'node:fs/promises';
import { text as readStream } from 'node:stream/consumers';
import { inputError } from '../bundle/input.ts';

/** Reads a file as text; `-` is stdin. Throws UserError when it cannot be read. */
export async function readTextFile(file: string): Promise<string> {
  if (file === '-') return readStream(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw inputError(file, error);
  }
}
