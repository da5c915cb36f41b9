import { randomBytes } from 'node:crypto';
import { open, readFile, rename, unlink } from 'node:fs/promises';
import { writeError } from '../bundle/output-file.ts';
import { UserError } from '../model/errors.ts';
import type { Pseudonyms } from '../redact/obfuscate.ts';

/** `format` of a key file: how it is told from a key of another program. */
const FORMAT = 'kubecase-pseudonym-key';

/** Bytes of a key; as many as SHA-256 gives. */
const KEY_BYTES = 32;

/** Where a key came from. */
export interface PseudonymKey {
  readonly key: Buffer;
  readonly isNew: boolean;
}

/** What a key file holds: the key, and what the pseudonyms made with it stand for. */
export interface KeyFile {
  readonly key: Buffer;
  readonly pseudonyms: Pseudonyms;
}

/**
 * Reads the key that pseudonyms are made with; a file that does not exist is created with a new key, readable by
 * its owner only. Throws UserError for a file that holds anything else.
 */
export async function readOrCreateKey(file: string): Promise<PseudonymKey> {
  const key = randomBytes(KEY_BYTES);
  try {
    await writeNew(file, { key, pseudonyms: NONE });
    return { key, isNew: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw writeError(file, error, undefined);
    return { key: await readKey(file), isNew: false };
  }
}

/** Reads a key file that must exist. Throws UserError as {@link readOrCreateKey}. */
export async function readKey(file: string): Promise<Buffer> {
  return (await readKeyFile(file)).key;
}

/** Reads all of a key file that must exist. Throws UserError as {@link readOrCreateKey}. */
export async function readKeyFile(file: string): Promise<KeyFile> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'no such file' : (error.code ?? error.message);
    throw new UserError('key-unreadable', `${file}: the key cannot be read: ${why}`, { cause: error });
  });
  const content = contentOf(text);
  if (content === undefined)
    throw new UserError('key-invalid', `${file}: is not a key file of kubecase`, {
      hint: 'Name a file that does not exist, and `collect --key-file` makes one.',
    });
  return content;
}

/**
 * Adds what pseudonyms stand for to a key file, which is replaced whole. Throws UserError when it cannot be written, or
 * holds another key by now.
 */
export async function savePseudonyms(file: string, { key, pseudonyms }: KeyFile): Promise<void> {
  const before = await readKeyFile(file);
  if (!before.key.equals(key))
    throw new UserError('key-changed', `${file}: was replaced by another key meanwhile`, {
      hint: 'Give each collection its own key file, or run one at a time.',
    });
  const together = {
    names: new Map([...before.pseudonyms.names, ...pseudonyms.names]),
    addresses: new Map([...before.pseudonyms.addresses, ...pseudonyms.addresses]),
  };
  const partial = `${file}.${randomBytes(4).toString('hex')}.partial`;
  try {
    await writeNew(partial, { key, pseudonyms: together });
    await rename(partial, file);
  } catch (error) {
    await unlink(partial).catch(() => {});
    throw writeError(file, error, undefined);
  }
}

const NONE: Pseudonyms = { names: new Map(), addresses: new Map() };

async function writeNew(file: string, { key, pseudonyms }: KeyFile): Promise<void> {
  const names = Object.fromEntries(pseudonyms.names);
  const addresses = Object.fromEntries(pseudonyms.addresses);
  const text = JSON.stringify({ format: FORMAT, version: 1, key: key.toString('base64'), names, addresses });
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(`${text}\n`);
  } finally {
    await handle.close();
  }
}

/** What a text holds; the text itself is never quoted. */
function contentOf(text: string): KeyFile | undefined {
  try {
    const { format, version, key, names, addresses } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (format !== FORMAT || version !== 1 || typeof key !== 'string') return undefined;
    const bytes = Buffer.from(key, 'base64');
    const pseudonyms = { names: textsOf(names), addresses: textsOf(addresses) };
    return bytes.length === KEY_BYTES ? { key: bytes, pseudonyms } : undefined;
  } catch {
    return undefined;
  }
}

function textsOf(value: unknown): Map<string, string> {
  const rows = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return new Map(rows.filter((row): row is [string, string] => typeof row[1] === 'string'));
}
