import { createReadStream } from 'node:fs';
import { readFile, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { EXIT, UserError } from '../model/errors.ts';
import { inputKind, openInput } from './input.ts';
import { readAt } from './member-file.ts';
import { openOutputFile } from './output-file.ts';
import { createPrivateFile, type PrivateFile } from './private-file.ts';

/** First line of an age file (https://age-encryption.org/v1); armor is not read. */
const MAGIC = Buffer.from('age-encryption.org/v1\n');
const ARMOR = Buffer.from('-----BEGIN AGE ENCRYPTED FILE-----');

/** Bytes of plain text handled at a time; age itself works in pieces of 64 KiB. */
const READ_SIZE = 1024 * 1024;

/** Lines of a key file that hold a key. */
const SECRET_KEY = /^AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]+$/;

/** Public keys a bundle is sealed to; checked. */
export type Recipients = readonly string[];

/** Checks public keys (`age1…`) before anything is collected for them. Throws UserError for one that is none. */
export async function checkRecipients(keys: readonly string[]): Promise<Recipients> {
  const { Encrypter } = await import('age-encryption');
  for (const key of keys) {
    try {
      if (key.startsWith('AGE-SECRET-KEY-')) throw new Error('secret');
      new Encrypter().addRecipient(key);
    } catch {
      const shown = key.startsWith('age1') ? key.slice(0, 80) : 'this key';
      throw new UserError(
        'recipient-invalid',
        `--encrypt: ${shown} is not the public key of an age key pair`,
        {
          hint: 'It begins with age1; `age-keygen` prints it as "Public key".',
        },
      );
    }
  }
  return keys;
}

/**
 * Seals a finished file to public keys as `<file>.age` and removes the file; returns the new path. When it cannot
 * be written, the file stays and the UserError says so.
 */
export async function encryptFile(file: string, recipients: Recipients): Promise<string> {
  const target = `${file}.age`;
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  for (const key of recipients) encrypter.addRecipient(key);
  const output = await openOutputFile(target).catch((error: unknown) => {
    throw notEncrypted(file, error);
  });
  try {
    const sealed = await encrypter.encrypt(webStream(createReadStream(file, { highWaterMark: READ_SIZE })));
    await pour(sealed, output.write);
    await output.commit();
  } catch (error) {
    await output.discard();
    throw notEncrypted(file, error);
  }
  await unlink(file);
  return target;
}

function notEncrypted(file: string, error: unknown): UserError {
  const reason = error instanceof Error ? error.message : String(error);
  return new UserError('not-encrypted', `the bundle could not be encrypted: ${reason}`, {
    hint: `It is whole, but in plain text, in ${file}.`,
    exitCode: EXIT.incomplete,
    cause: error,
  });
}

/**
 * Runs something over inputs of which some may be age files: those are decrypted into private temporary files,
 * which are gone when it ends, however it ends. Other inputs are passed on as they are. Throws UserError when there
 * is no key, the key is another one, or the file is damaged.
 */
export async function withDecrypted<T>(
  inputs: readonly string[],
  identityFile: string | undefined,
  run: (files: readonly string[]) => Promise<T>,
): Promise<T> {
  const opened: { readonly input: string; readonly plain: PrivateFile | undefined }[] = [];
  try {
    for (const input of inputs) opened.push({ input, plain: await openEncrypted(input, identityFile) });
    return await run(opened.map(({ input, plain }) => plain?.path ?? input));
  } catch (error) {
    throw opened.reduce((told, { input, plain }) => withName(told, plain?.path, input), error);
  } finally {
    for (const { plain } of opened) await plain?.dispose();
  }
}

/** Errors name the file the user gave, not the temporary one. */
function withName(error: unknown, path: string | undefined, input: string): unknown {
  if (!(error instanceof UserError) || path === undefined || !error.message.includes(path)) return error;
  const { code, hint, exitCode } = error;
  return new UserError(code, error.message.replaceAll(path, input), {
    hint: hint?.replaceAll(path, input),
    exitCode,
    cause: error,
  });
}

/** The plain text of an input; undefined when it is not encrypted. */
async function openEncrypted(
  input: string,
  identityFile: string | undefined,
): Promise<PrivateFile | undefined> {
  if ((await inputKind(input)) !== 'file') return undefined;
  const first = await firstBytes(input);
  if (first.subarray(0, ARMOR.length).equals(ARMOR))
    throw new UserError('input-armored', `${input}: is encrypted, in text form (armor)`, {
      hint: 'Turn it into the binary form: `age -d` it, or have it sealed with `kubecase collect --encrypt`.',
    });
  if (!first.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  if (identityFile === undefined)
    throw new UserError('input-encrypted', `${input}: is encrypted`, {
      hint: 'Give the file that holds the secret key with -i key.txt',
    });
  const keys = await readIdentities(identityFile);
  const plain = await createPrivateFile(basename(input).replace(/\.age$/, ''));
  try {
    await decryptTo(plain, input, keys);
    return plain;
  } catch (error) {
    await plain.dispose();
    throw error;
  }
}

async function firstBytes(input: string): Promise<Buffer> {
  const handle = await openInput(input);
  try {
    return await readAt(handle, 0, ARMOR.length);
  } finally {
    await handle.close();
  }
}

async function readIdentities(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      'key-unreadable',
      `${file}: the key cannot be read (${error.code ?? error.message})`,
      {
        cause: error,
      },
    );
  });
  const keys = text.split(/\r?\n/).map((line) => line.trim());
  const found = keys.filter((line) => SECRET_KEY.test(line));
  if (found.length === 0)
    throw new UserError('key-missing', `${file}: holds no age secret key`, {
      hint: 'The file `age-keygen -o key.txt` writes has a line that begins with AGE-SECRET-KEY-1.',
    });
  return found;
}

async function decryptTo(plain: PrivateFile, input: string, keys: readonly string[]): Promise<void> {
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  try {
    for (const key of keys) decrypter.addIdentity(key);
  } catch {
    throw new UserError('key-invalid', 'the key file holds a line that is not a whole age secret key');
  }
  const source = createReadStream(input, { highWaterMark: READ_SIZE });
  try {
    await pour(await decrypter.decrypt(webStream(source)), plain.write);
  } catch (error) {
    throw decryptionError(input, error);
  } finally {
    source.destroy();
  }
}

function decryptionError(input: string, error: unknown): UserError {
  const { message = String(error), code } = error as NodeJS.ErrnoException;
  if (/no identity matched/.test(message))
    return new UserError('key-wrong', `${input}: is encrypted for another key`, {
      hint: 'Ask which public key it was sealed to.',
      cause: error,
    });
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new UserError('disk-full', `${input}: cannot be decrypted: no space left in ${tmpdir()}`, {
      hint: 'Set TMPDIR to a folder with more room.',
      cause: error,
    });
  return new UserError('input-damaged', `${input}: cannot be decrypted: it is cut or was changed`, {
    hint: 'The transfer may have failed; ask for the bundle again.',
    cause: error,
  });
}

/** The stream of the web that age reads from; the types of Node name it twice. */
function webStream(source: Readable): ReadableStream<Uint8Array> {
  return Readable.toWeb(source) as unknown as ReadableStream<Uint8Array>;
}

async function pour(
  stream: ReadableStream<Uint8Array>,
  write: (bytes: Buffer) => Promise<void>,
): Promise<void> {
  for await (const chunk of stream as unknown as WebStream<Uint8Array>)
    await write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
}
