import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  checkRecipients,
  encryptFile,
  openAllEncrypted,
  openEncrypted,
} from '../../../src/bundle/encrypted.ts';
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
      const opened = await openEncrypted(file, keyFile);
      expect(readFileSync(opened.file).equals(content)).toBe(true);
      expect(statSync(opened.file).mode & 0o777).toBe(0o600);
      await opened.dispose();
      expect(existsSync(opened.file)).toBe(false);
    },
  );

  it('seals to several keys, each of which opens it', async () => {
    const folder = temporaryFolder();
    const [one, two] = [await ageKeys(folder, 'one.txt'), await ageKeys(folder, 'two.txt')];
    const plain = join(folder, 'x.tar.gz');
    writeFileSync(plain, 'content');
    const file = await encryptFile(plain, [one.recipient, two.recipient]);

    for (const { keyFile } of [one, two]) {
      const opened = await openEncrypted(file, keyFile);
      expect(readFileSync(opened.file, 'utf8')).toBe('content');
      await opened.dispose();
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

describe('openEncrypted', () => {
  it('gives back what is not encrypted', async () => {
    const file = join(temporaryFolder(), 'plain.tar.gz');
    writeFileSync(file, 'anything');

    expect((await openEncrypted(file, undefined)).file).toBe(file);
    expect((await openEncrypted('-', undefined)).file).toBe('-');
  });

  it('says in one line that another key is needed, and leaves nothing behind', async () => {
    const { file, folder } = await sealed();
    const { keyFile } = await ageKeys(folder, 'other.txt');
    const before = temporaryNames();

    await expect(openEncrypted(file, keyFile)).rejects.toMatchObject({
      code: 'key-wrong',
      exitCode: 2,
      message: `${file}: is encrypted for another key`,
    });
    expect(temporaryNames().filter((name) => !before.includes(name))).toEqual([]);
  });

  it('asks for a key', async () => {
    const { file } = await sealed();

    await expect(openEncrypted(file, undefined)).rejects.toMatchObject({
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

    await expect(openEncrypted(file, keyFile)).rejects.toMatchObject({ code: 'input-damaged', exitCode: 2 });
  });

  it.each([
    ['no key', 'nothing here\n', 'key-missing'],
    ['a cut key', 'AGE-SECRET-KEY-1QQQ\n', 'key-invalid'],
    ['a public key', 'age1abcdef\n', 'key-missing'],
  ])('refuses a key file with %s without quoting it', async (_name, text, code) => {
    const { file, folder } = await sealed();
    const keyFile = join(folder, 'bad.txt');
    writeFileSync(keyFile, text);

    const error = await openEncrypted(file, keyFile).catch((caught) => caught);
    expect(error).toMatchObject({ code, exitCode: 2 });
    expect(error.message).not.toContain(text.trim());
  });

  it('refuses a missing key file', async () => {
    const { file } = await sealed();

    await expect(openEncrypted(file, '/nowhere/key.txt')).rejects.toMatchObject({ code: 'key-unreadable' });
  });

  it('says what armor is', async () => {
    const file = join(temporaryFolder(), 'x.age');
    writeFileSync(file, '-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n');

    await expect(openEncrypted(file, undefined)).rejects.toMatchObject({ code: 'input-armored' });
  });
});

describe('openAllEncrypted', () => {
  it('opens a mix, in order, and removes what was opened when one cannot be', async () => {
    const { file, keyFile, folder } = await sealed();
    const plain = join(folder, 'plain.tar.gz');
    writeFileSync(plain, 'anything');
    const before = temporaryNames();

    const opened = await openAllEncrypted([plain, file], keyFile);
    expect(opened.files[0]).toBe(plain);
    expect(opened.files[1]).toMatch(/bundle\.tar\.gz$/);
    await opened.dispose();
    await expect(openAllEncrypted([file, join(folder, 'none')], keyFile)).rejects.toMatchObject({
      code: 'input-missing',
    });
    expect(temporaryNames().filter((name) => !before.includes(name))).toEqual([]);
  });
});
