import { randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { writeError } from '../bundle/output-file.ts';
import { UserError } from '../model/errors.ts';

/** `format` of a key file: how it is told from a key of another program. */
const FORMAT = 'kubecase-pseudonym-key';

/** Bytes of a key; as many as SHA-256 gives. */
const KEY_BYTES = 32;

/** Where a key came from. */
export interface PseudonymKey {
  readonly key: Buffer;
  readonly isNew: boolean;
}

/**
 * Reads the key that pseudonyms are made with; a file that does not exist is created with a new key, readable by
 * its owner only. Throws UserError for a file that holds anything else.
 */
export async function readOrCreateKey(file: string): Promise<PseudonymKey> {
  const key = randomBytes(KEY_BYTES);
  const text = `${JSON.stringify({ format: FORMAT, version: 1, key: key.toString('base64') })}\n`;
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
    return { key, isNew: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw writeError(file, error, undefined);
    return { key: await readKey(file), isNew: false };
  }
}

/** Reads a key file that must exist. Throws UserError as {@link readOrCreateKey}. */
export async function readKey(file: string): Promise<Buffer> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      'key-unreadable',
      `${file}: the key cannot be read (${error.code ?? error.message})`,
      {
        cause: error,
      },
    );
  });
  const key = keyIn(text);
  if (key === undefined)
    throw new UserError('key-invalid', `${file}: is not a key file of kubecase`, {
      hint: 'Name a file that does not exist, and `collect --key-file` makes one.',
    });
  return key;
}

/** The key of a text; the text itself is never quoted. */
function keyIn(text: string): Buffer | undefined {
  try {
    const { format, version, key } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (format !== FORMAT || version !== 1 || typeof key !== 'string') return undefined;
    const bytes = Buffer.from(key, 'base64');
    return bytes.length === KEY_BYTES ? bytes : undefined;
  } catch {
    return undefined;
  }
}
