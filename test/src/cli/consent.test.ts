import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtInRedaction } from '../../../src/bundle/built-in-redaction.ts';
import { encryptFile } from '../../../src/bundle/encrypted.ts';
import type { Consistency } from '../../../src/bundle/manifest.ts';
import { ageKeys } from '../../support/age-keys.ts';
import { callCli } from '../../support/call-cli.ts';
import { expectUserError } from '../../support/run-cli.ts';
import { containerScope, openWriter, temporaryFolder, writeSmallBundle } from '../bundle/bundle-fixture.ts';

/** A bundle of two logs: one lost a password on its way, the other names a person. */
async function writeLogs(folder: string): Promise<string> {
  const file = join(folder, 'logs.tar.gz');
  const writer = await openWriter(file, builtInRedaction());
  const logs = { 'web-1': 'db_password=Tr0ub4dor-horse\n', 'web-2': 'mail to jane.doe@example.com failed\n' };
  for (const [pod, text] of Object.entries(logs))
    await writer.add({ type: 'log', scope: containerScope('shop', pod, 'app'), chunks: [Buffer.from(text)] });
  await writer.finish({ complete: true });
  return file;
}

describe('inspect', () => {
  it('prints the tree with sizes, what was removed, and what looks sensitive', async () => {
    const { stdout, code } = await callCli('inspect', await writeLogs(temporaryFolder()));

    expect(code).toBe(0);
    expect(stdout).toMatch(/^4 entries, .* uncompressed, collected 2026-01-31T08:00:00Z, complete\n/);
    expect(stdout).toMatch(/ {2}logs\/\n.* {4}shop\/\n.* {6}web-1\/\n.*\d+ B {8}app\.log {2}\(1 removed\)\n/);
    expect(stdout).toMatch(/Removed before it was written\n +1 {2}Values beside a telling name/);
    expect(stdout).toMatch(/ 1 {2}e-mail addresses in logs\/shop\/web-2\/app\.log\n/);
    expect(stdout).not.toContain('jane.doe');
  });

  it('says of which moment the lists are, where one moment was asked for', async () => {
    const told = async (consistency: Consistency): Promise<string> => {
      const file = join(temporaryFolder(), 'b.tar.gz');
      const writer = await openWriter(file);
      writer.consistency(consistency);
      await writer.finish({ complete: true });
      return (await callCli('inspect', file)).stdout.split('\n\n')[0] ?? '';
    };
    const apart = {
      artifact: 'resources:metrics.k8s.io/PodMetrics',
      scope: { type: 'cluster' },
      reason: 'an aggregated API serves metrics.k8s.io',
    } as const;

    expect(await told({ resourceVersion: '4711', lists: 59, apart: [] })).toMatch(
      /, complete\nall 59 lists of one moment \(version 4711\)$/,
    );
    expect(await told({ resourceVersion: '4711', lists: 59, apart: [apart] })).toMatch(
      /\n59 lists of one moment \(version 4711\), 1 of others:\n {2}resources:metrics\.k8s\.io\/PodMetrics: an aggregated API serves metrics\.k8s\.io$/,
    );
    expect(await told({ reason: 'no version', lists: 0, apart: [] })).toMatch(
      /\nlists of different moments: no version$/,
    );
  });

  it('prints the same as JSON', async () => {
    const { stdout } = await callCli('inspect', await writeLogs(temporaryFolder()), '-o', 'json');

    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      schemaVersion: 1,
      isOurs: true,
      complete: true,
      redactions: [{ rule: 'named-value', count: 1 }],
      sensitive: [{ shape: 'e-mail', title: 'e-mail addresses', count: 1 }],
    });
    expect(document.entries).toContainEqual(
      expect.objectContaining({ path: 'logs/shop/web-1/app.log', redactions: { 'named-value': 1 } }),
    );
  });

  it('says of a foreign folder that it is not known what was removed', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'pod\u001b[31m.log'), 'https://bot:hunter2hunter2@git.example/x\n');
    const { stdout, code } = await callCli('inspect', folder);

    expect(code).toBe(0);
    expect(stdout).toContain('not known: kubecase did not write it');
    expect(stdout).toMatch(/1 {2}passwords in URLs in pod\\x1b\[31m\.log/);
    expect(stdout).not.toContain('\u001b');
  });

  it('ends with 3 for a cut bundle', async () => {
    const folder = temporaryFolder();
    const bytes = readFileSync(await writeSmallBundle(folder));
    const file = join(folder, 'cut.tar.gz');
    writeFileSync(file, bytes.subarray(0, bytes.length - 400));
    const { stdout, code } = await callCli('inspect', file);

    expect(code).toBe(3);
    expect(stdout).toMatch(/, cut: /);
  });
});

describe('edit', () => {
  it('drops what was named, prints where the new bundle is, and shows it in inspect', async () => {
    const folder = temporaryFolder();
    const file = await writeLogs(folder);
    const { stdout, stderr, code } = await callCli('edit', file, '--drop', 'logs/shop/web-2/*');

    const edited = join(folder, 'logs.edited.tar.gz');
    expect({ stdout, stderr, code }).toEqual({
      stdout: `${edited}\n`,
      stderr: 'dropped logs/shop/web-2/app.log\n',
      code: 0,
    });
    expect((await callCli('verify', edited)).stdout).toMatch(/^ok: /);
    const inspected = (await callCli('inspect', edited)).stdout;
    expect(inspected).toMatch(/Dropped by the customer\n {2}logs\n/);
    expect(inspected).not.toContain('web-2');
  });

  it('that dropped several is shown by how many they were', async () => {
    const folder = temporaryFolder();
    await callCli('edit', await writeLogs(folder), '--drop', 'logs/*');

    const inspected = (await callCli('inspect', join(folder, 'logs.edited.tar.gz'))).stdout;

    expect(inspected).toMatch(/Dropped by the customer\n {2}logs: 2 entries\n/);
  });

  it('leaves a bundle whose report says what is not there and why', async () => {
    const folder = temporaryFolder();
    const edited = join(folder, 'less.tar.gz');
    const flags = ['--drop', 'resources/core/pods/*', '--output-file', edited];
    await callCli('edit', await writeSmallBundle(folder), ...flags);

    const { stdout } = await callCli('analyze', edited, '-o', 'json', '--only', 'workload/crash-loop');
    const report = JSON.parse(stdout);
    expect(report.results).toMatchObject([{ analyzerId: 'workload/crash-loop', status: 'unknown' }]);
    expect(JSON.stringify(report.unseen)).toContain('dropped by the customer');
  });

  it('wants to know what to drop', async () => {
    const file = await writeLogs(temporaryFolder());

    expectUserError(await callCli('edit', file), 2, /nothing to do/);
    expectUserError(await callCli('edit', file, '--drop', 'x'), 2, /--drop x: no entry/);
  });

  it('opens and seals encrypted bundles', async () => {
    const folder = temporaryFolder();
    const { recipient, keyFile } = await ageKeys(folder);
    const file = await encryptFile(await writeLogs(folder), [recipient]);
    const target = join(folder, 'less.tar.gz');
    const edited = await callCli(
      'edit',
      file,
      '--drop',
      'logs/shop/web-2/*',
      '-i',
      keyFile,
      '--encrypt',
      recipient,
      '--output-file',
      target,
    );

    expect(edited).toMatchObject({ code: 0, stdout: `${target}.age\n` });
    expect(existsSync(target)).toBe(false);
    expect((await callCli('verify', `${target}.age`, '-i', keyFile)).stdout).toMatch(/^ok: /);
  });
});

describe('an encrypted bundle', () => {
  it.each([
    ['verify', [], /^ok: 4 entries/],
    ['inspect', [], /^5 entries/],
    ['analyze', ['-o', 'json'], /"schemaVersion"/],
  ])('is opened by %s with its key only', async (command, flags, words) => {
    const folder = temporaryFolder();
    const { recipient, keyFile } = await ageKeys(folder);
    const other = await ageKeys(folder, 'other.txt');
    const file = await encryptFile(await writeSmallBundle(folder), [recipient]);

    expect((await callCli(command, file, ...flags, '-i', keyFile)).stdout).toMatch(words);
    expectUserError(await callCli(command, file, ...flags), 2, /is encrypted\n {2}Give the file/);
    expectUserError(await callCli(command, file, ...flags, '-i', other.keyFile), 2, /for another key/);
    expect(readdirSync(folder).sort()).toEqual(['key.txt', 'other.txt', 'small.tar.gz.age']);
  });

  it('is refused before a collection begins when its key is none', async () => {
    expectUserError(await callCli('collect', '--encrypt', 'age1nonsense'), 2, /--encrypt: age1nonsense/);
  });
});
