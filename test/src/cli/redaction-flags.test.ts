import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { builtInRedaction } from '../../../src/bundle/built-in-redaction.ts';
import { readKey, readOrCreateKey } from '../../../src/cli/key-file.ts';
import { redactionExtras } from '../../../src/cli/redaction-flags.ts';
import { callCli } from '../../support/call-cli.ts';
import { expectUserError } from '../../support/run-cli.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';

function redactedLine(extras: Awaited<ReturnType<typeof redactionExtras>>, line: string): string {
  const redactor = builtInRedaction([], extras).createTextRedactor();
  return Buffer.concat([redactor.push(Buffer.from(line)), redactor.end()]).toString();
}

describe('a key file', () => {
  it('is made once, for its owner only, and read from then on', async () => {
    const file = join(temporaryFolder(), 'pseudonyms.key');
    const first = await readOrCreateKey(file);
    const second = await readOrCreateKey(file);

    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect([first.isNew, second.isNew]).toEqual([true, false]);
    expect(first.key).toHaveLength(32);
    expect(second.key.equals(first.key)).toBe(true);
    expect((await readKey(file)).equals(first.key)).toBe(true);
  });

  it('is another one each time', async () => {
    const folder = temporaryFolder();
    const [one, two] = [await readOrCreateKey(join(folder, '1')), await readOrCreateKey(join(folder, '2'))];

    expect(one.key.equals(two.key)).toBe(false);
  });

  it.each([
    ['another JSON', '{"key":"aaaa"}'],
    ['a short key', '{"format":"kubecase-pseudonym-key","version":1,"key":"aaaa"}'],
    ['a newer version', `{"format":"kubecase-pseudonym-key","version":2,"key":"${'A'.repeat(43)}="}`],
    ['anything else', 'hunter2hunter2'],
  ])('is refused with %s in it, and neither changed nor quoted', async (_name, text) => {
    const file = join(temporaryFolder(), 'x');
    writeFileSync(file, text);

    const error = await readOrCreateKey(file).catch((caught) => caught);
    expect(error).toMatchObject({ code: 'key-invalid', exitCode: 2 });
    expect(error.message).not.toContain(text);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('is refused in a folder that does not exist', async () => {
    await expect(readOrCreateKey('/nowhere/x')).rejects.toMatchObject({ exitCode: 2 });
    await expect(readKey('/nowhere/x')).rejects.toMatchObject({ code: 'key-unreadable' });
  });
});

describe('redactionExtras', () => {
  beforeEach(() => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    return () => vi.restoreAllMocks();
  });

  it('gives nothing without flags', async () => {
    expect(redactedLine(await redactionExtras({}), 'login password=abcdefgh1 x\n')).toBe(
      'login password=[REDACTED:named-value] x\n',
    );
  });

  it('makes the same pseudonyms from the same file, without the key in them', async () => {
    const keyFile = join(temporaryFolder(), 'k');
    const line = 'login password=abcdefgh1 x\n';
    const first = redactedLine(await redactionExtras({ keyFile }), line);

    expect(first).toMatch(/^login password=\[REDACTED:named-value-[0-9a-f]{10}\] x\n$/);
    expect(redactedLine(await redactionExtras({ keyFile }), line)).toBe(first);
    expect(process.stderr.write).toHaveBeenCalledOnce();
  });

  it('joins own rules and pseudonyms', async () => {
    const folder = temporaryFolder();
    const [keyFile, redactRules] = [join(folder, 'k'), join(folder, 'r.yaml')];
    writeFileSync(redactRules, "version: 1\npatterns: [{id: staff, pattern: 'EMP-\\d{4}'}]\n");

    expect(redactedLine(await redactionExtras({ keyFile, redactRules }), 'by EMP-1234\n')).toMatch(
      /^by \[REDACTED:own-staff-[0-9a-f]{10}\]\n$/,
    );
  });
});

describe('collect', () => {
  it.each([
    [
      'a missing rules file',
      'version: 1',
      ['--redact-rules', 'none.yaml'],
      /none\.yaml: cannot be read \(ENOENT\)/,
    ],
    [
      'a wrong rules file',
      'version: 9',
      ['--redact-rules', 'rules.yaml'],
      /version: must be 1\n.*schema\.json/,
    ],
    ['a rules file as key', 'version: 1', ['--key-file', 'rules.yaml'], /is not a key file/],
  ])('refuses %s before it reads the cluster', async (_name, text, flags, words) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'rules.yaml'), text);
    const args = flags.map((arg) => (arg.startsWith('--') ? arg : join(folder, arg)));

    expectUserError(await callCli('collect', ...args, '--kubeconfig', join(folder, 'no')), 2, words);
    expect(readdirSync(folder)).toEqual(['rules.yaml']);
    expect(existsSync(join(folder, 'none.yaml'))).toBe(false);
  });
});
