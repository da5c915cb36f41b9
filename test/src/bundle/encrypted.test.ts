import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkRecipients, encryptFile, withDecrypted } from '../../../src/bundle/encrypted.ts';
import { UserError } from '../../../src/model/errors.ts';
import { ageKeys } from '../../support/age-keys.ts';
import { temporaryFolder } from './bundle-fixture.ts';

/** A file of this many random bytes, sealed to a new key. */
async function sealed(bytes = 1000) {
  const folder = temporaryFolder();
  const keys = await ageKeys(folder);
  const content = randomBytes(bytes);
  const plain = join(folder, 'bundle.tar.gz');
  writeFileSync(plain, content);
  const file = await encryptFile(plain, await checkRecipients([keys.recipient]));
  return { folder, ...keys, content, plain, file };
}

const nothing = async () => {};

function temporaryNames(): string[] {
  return readdirSync(tmpdir()).filter(
    (name) => name.startsWith('kubecase-') && !name.startsWith('kubecase-test-'),
  );
}

describe('encryptFile', () => {
  it.each([0, 1, 64 * 1024, 64 * 1024 + 1, 2_500_000])(
    'seals %i bytes and removes the plain file',
    async (size) => {
      const { file, plain, content, keyFile } = await sealed(size);

      expect(file).toBe(`${plain}.age`);
      expect(existsSync(plain)).toBe(false);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(readFileSync(file).toString('latin1', 0, 22)).toBe('age-encryption.org/v1\n');
      await withDecrypted([file], keyFile, async ([opened = '']) => {
        expect(readFileSync(opened).equals(content)).toBe(true);
        expect(statSync(opened).mode & 0o777).toBe(0o600);
      });
    },
  );

  it('seals to several keys, each of which opens it', async () => {
    const folder = temporaryFolder();
    const [one, two] = [await ageKeys(folder, 'one.txt'), await ageKeys(folder, 'two.txt')];
    const plain = join(folder, 'x.tar.gz');
    writeFileSync(plain, 'content');
    const file = await encryptFile(plain, [one.recipient, two.recipient]);

    for (const { keyFile } of [one, two]) {
      const text = await withDecrypted([file], keyFile, async ([opened = '']) =>
        readFileSync(opened, 'utf8'),
      );
      expect(text).toBe('content');
    }
  });

  it('keeps the plain file when it cannot write, and says where it is', async () => {
    const folder = temporaryFolder();
    const { recipient } = await ageKeys(folder);
    const missing = join(folder, 'gone.tar.gz');

    await expect(encryptFile(missing, [recipient])).rejects.toMatchObject({
      code: 'not-encrypted',
      exitCode: 3,
      hint: expect.stringContaining(missing),
    });
    expect(readdirSync(folder)).toEqual(['key.txt']);
  });
});

describe('checkRecipients', () => {
  it.each(['age1', 'age1qqqq', 'ssh-ed25519 AAAA', 'abc', ''])('refuses %j', async (key) => {
    await expect(checkRecipients([key])).rejects.toMatchObject({ code: 'recipient-invalid', exitCode: 2 });
  });

  it('never repeats a secret key that was given by mistake', async () => {
    const { identity } = await ageKeys(temporaryFolder());

    const error: Error = await checkRecipients([identity]).catch((caught) => caught);
    expect(error.message).not.toContain(identity.slice(0, 24));
    expect(error.message).toMatch(/not the public key/);
  });
});

describe('withDecrypted', () => {
  it('gives back what is not encrypted', async () => {
    const file = join(temporaryFolder(), 'plain.tar.gz');
    writeFileSync(file, 'anything');

    expect(await withDecrypted([file, '-'], undefined, async (files) => files)).toEqual([file, '-']);
  });

  it('says in one line that another key is needed, and leaves nothing behind', async () => {
    const { file, folder } = await sealed();
    const { keyFile } = await ageKeys(folder, 'other.txt');
    const before = temporaryNames();

    await expect(withDecrypted([file], keyFile, nothing)).rejects.toMatchObject({
      code: 'key-wrong',
      exitCode: 2,
      message: `${file}: is encrypted for another key`,
    });
    expect(temporaryNames().filter((name) => !before.includes(name))).toEqual([]);
  });

  it('asks for a key', async () => {
    const { file } = await sealed();

    await expect(withDecrypted([file], undefined, nothing)).rejects.toMatchObject({
      code: 'input-encrypted',
      hint: expect.stringContaining('-i key.txt'),
    });
  });

  it.each([
    ['cut', (bytes: Buffer) => bytes.subarray(0, bytes.length - 20)],
    [
      'cut at a border of its pieces',
      (bytes: Buffer) => bytes.subarray(0, bytes.length - (100_000 - 65_536) - 16),
    ],
    ['cut in its header', (bytes: Buffer) => bytes.subarray(0, 60)],
    ['changed', (bytes: Buffer) => bytes.with(bytes.length - 5, bytes.at(-5)! ^ 1)],
    ['longer', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('more')])],
  ])('refuses a file that was %s', async (_name, change) => {
    const { file, keyFile } = await sealed(100_000);
    writeFileSync(file, change(readFileSync(file)));

    await expect(withDecrypted([file], keyFile, nothing)).rejects.toMatchObject({
      code: 'input-damaged',
      exitCode: 2,
    });
  });

  it.each([
    ['no key', 'nothing here\n', 'key-missing'],
    ['a cut key', 'AGE-SECRET-KEY-1QQQ\n', 'key-invalid'],
    ['a public key', 'age1abcdef\n', 'key-missing'],
  ])('refuses a key file with %s without quoting it', async (_name, text, code) => {
    const { file, folder } = await sealed();
    const keyFile = join(folder, 'bad.txt');
    writeFileSync(keyFile, text);

    const error = await withDecrypted([file], keyFile, nothing).catch((caught) => caught);
    expect(error).toMatchObject({ code, exitCode: 2 });
    expect(error.message).not.toContain(text.trim());
  });

  it('refuses a missing key file', async () => {
    const { file } = await sealed();

    await expect(withDecrypted([file], '/nowhere/key.txt', nothing)).rejects.toMatchObject({
      code: 'key-unreadable',
    });
  });

  it('says what armor is', async () => {
    const file = join(temporaryFolder(), 'x.age');
    writeFileSync(file, '-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n');

    await expect(withDecrypted([file], undefined, nothing)).rejects.toMatchObject({ code: 'input-armored' });
  });

  it('opens a mix, in order, and leaves nothing behind whatever happens', async () => {
    const { file, keyFile, folder, content } = await sealed();
    const plain = join(folder, 'plain.tar.gz');
    writeFileSync(plain, 'anything');
    const before = temporaryNames();

    const texts = await withDecrypted([plain, file], keyFile, async (files) =>
      files.map((path) => readFileSync(path)),
    );
    expect(texts).toEqual([Buffer.from('anything'), content]);
    await expect(withDecrypted([file, join(folder, 'none')], keyFile, nothing)).rejects.toMatchObject({
      code: 'input-missing',
    });
    await expect(withDecrypted([file], keyFile, () => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(temporaryNames().filter((name) => !before.includes(name))).toEqual([]);
  });

  it('names the file that was given in errors, not the temporary one', async () => {
    const { file, keyFile } = await sealed();
    const failing = withDecrypted([file], keyFile, async ([opened = '']) => {
      throw new UserError('x', `${opened}: is odd`, { hint: `Look at ${opened}.`, exitCode: 3 });
    });

    await expect(failing).rejects.toMatchObject({
      message: `${file}: is odd`,
      hint: `Look at ${file}.`,
      exitCode: 3,
    });
  });
});
