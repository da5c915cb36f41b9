import { copyFileSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { collectors } from '../../../collectors/index.ts';
import { callCli } from '../../support/call-cli.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { fakeKube } from '../../support/fake-kube.ts';
import { expectNoStack, expectUserError, runCli, smallDisk, startCli } from '../../support/run-cli.ts';
import { troubledCluster } from '../../support/shop-cluster.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';

let bundleBytes: Buffer;

beforeAll(async () => {
  const { result } = await collectBundle(fakeKube(await troubledCluster(['shop'])), collectors);
  bundleBytes = readFileSync(result.file);
});

/** The bundle under a name, in a folder of its own. */
function bundle(name = 'shop.tar.gz'): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, bundleBytes);
  return file;
}

describe('where a report goes', () => {
  it('html goes to a file named after the bundle, in the current directory, and its path is printed', async () => {
    const cwd = temporaryFolder();

    const result = await runCli(['analyze', bundle('prod-2026.tar.gz')], { cwd });

    expect(result).toMatchObject({ code: 0, stdout: 'prod-2026.html\n', stderr: '' });
    expect(readdirSync(cwd)).toEqual(['prod-2026.html']);
    expect(readFileSync(join(cwd, 'prod-2026.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*<\/html>\s*$/i);
  });

  it.each(['json', 'text'])('%s goes to stdout and nothing else does', async (format) => {
    const result = await callCli('analyze', bundle(), '-o', format);

    expect(result).toMatchObject({ code: 0, stderr: '' });
    if (format === 'json') expect(JSON.parse(result.stdout)).toMatchObject({ schemaVersion: 1 });
    else expect(result.stdout).toContain('unscheduled-1');
  });

  it('--output-file names a file for every format, and its path is printed', async () => {
    const file = join(temporaryFolder(), 'out.json');

    const result = await callCli('analyze', bundle(), '-o', 'json', '--output-file', file);

    expect(result).toEqual({ code: 0, signal: null, stdout: `${file}\n`, stderr: '' });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ schemaVersion: 1 });
  });

  it('--output-file - is stdout, for html too', async () => {
    const input = bundle();

    const result = await callCli('analyze', input, '--output-file', '-');

    expect(result.stdout).toMatch(/^<!doctype html>/i);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(`${basename(input, '.tar.gz')}.html`)).toBe(false);
  });

  it('of a bundle given twice is that of the bundle, and one line says so', async () => {
    const [file, copy] = [bundle('a.tar.gz'), bundle('b.tar.gz')];
    const once = await callCli('analyze', file, '-o', 'json');

    const same = await callCli('analyze', file, file, '-o', 'json');
    const copied = await callCli('analyze', file, copy, '-o', 'json');

    expect([same.stdout, copied.stdout]).toEqual([once.stdout, once.stdout]);
    expect(same.stderr).toBe(`kubecase: ${file} is given twice: it is read once\n`);
    expect(copied.stderr).toBe(`kubecase: ${copy} is the same bundle as ${file}: it is read once\n`);
  });

  it('replaces an older report', async () => {
    const file = join(temporaryFolder(), 'out.txt');
    writeFileSync(file, 'x'.repeat(1_000_000));

    await callCli('analyze', bundle(), '-o', 'text', '--output-file', file);

    const fresh = await callCli('analyze', bundle(), '-o', 'text');
    expect(readFileSync(file, 'utf8')).toBe(fresh.stdout);
  });

  it('reads a bundle from standard input', async () => {
    const cwd = temporaryFolder();

    const result = await runCli(['analyze', '-'], { cwd, stdin: bundleBytes });

    expect(result).toMatchObject({ code: 0, stdout: 'report.html\n' });
    expect(readdirSync(cwd)).toEqual(['report.html']);
  });
});

describe('the same bytes', () => {
  it('come from another folder, under another name and from another working directory', async () => {
    const file = bundle();
    const copy = join(temporaryFolder(), 'renamed by the customer.tgz');
    copyFileSync(file, copy);

    const env = { TZ: 'Asia/Tokyo', LANG: 'de_DE.UTF-8' };
    const elsewhere = await runCli(['analyze', `./${basename(copy)}`, '-o', 'json'], {
      cwd: dirname(copy),
      env,
    });

    const here = await callCli('analyze', file, '-o', 'json');
    expect(elsewhere.stdout).toBe(here.stdout);
    expect(here.stdout.length).toBeGreaterThan(1000);
  });

  it.each(['html', 'text', 'json'])(
    'come from `report` on report.json as from `analyze`: %s',
    async (format) => {
      const folder = temporaryFolder();
      const saved = join(folder, 'report.json');
      const input = bundle();
      await callCli('analyze', input, '-o', 'json', '--output-file', saved);

      const again = await callCli('report', saved, '-o', format, '--output-file', '-');

      const direct = await callCli('analyze', input, '-o', format, '--output-file', '-');
      expect(again).toEqual(direct);
    },
  );
});

describe('the exit code', () => {
  it.each([
    ['critical', 1],
    ['warning', 1],
    ['info', 1],
  ])('is 1 when --fail-on %s is reached', async (severity, code) => {
    expect(await callCli('analyze', bundle(), '-o', 'text', '--fail-on', severity)).toMatchObject({ code });
  });

  it('is 0 when --fail-on is not reached', async () => {
    const only = ['--only', 'control-plane/api-server-unreachable', '--fail-on', 'info'];

    expect(await callCli('analyze', bundle(), '-o', 'text', ...only)).toMatchObject({ code: 0 });
  });

  it('is 1 and not 3 when --fail-on is reached in a cut bundle', async () => {
    const file = bundle();
    writeFileSync(file, bundleBytes.subarray(0, bundleBytes.length - 50));

    const reached = await callCli('analyze', file, '-o', 'text', '--fail-on', 'critical');

    expect(reached.code).toBe(1);
    expect(await callCli('analyze', file, '-o', 'text')).toMatchObject({ code: 3 });
  });
});

describe('the terminal', () => {
  it('gets no colour when stdout is no terminal, and NO_COLOR is respected', async () => {
    const input = bundle();

    const forced = await runCli(['analyze', input, '-o', 'text'], {
      env: { NO_COLOR: '1', FORCE_COLOR: '1' },
    });

    expect(forced.stdout).not.toContain('\u001b');
    expect(forced.stdout).toBe((await callCli('analyze', input, '-o', 'text')).stdout);
  });

  it('that closes stdout early gets no error', async () => {
    const { child, ended } = startCli(['analyze', bundle(), '--output-file', '-']);
    child.stdout?.destroy();

    const result = await ended;

    expect(result).toMatchObject({ signal: null, stderr: '' });
  });
});

describe('an output that cannot be written', () => {
  it.each([
    ['its folder is missing', (folder: string) => join(folder, 'none', 'report.html')],
    ['it is a folder', (folder: string) => folder],
    ['a file is in the place of its folder', () => join(bundle(), 'report.html')],
  ])('is one line: %s', async (_name, target) => {
    const result = await callCli('analyze', bundle(), '--output-file', target(temporaryFolder()));

    expectUserError(result, 2, /^kubecase: .*: cannot be written/);
  });

  it('is one line when the file may not be written', async () => {
    const file = join(temporaryFolder(), 'report.html');
    writeFileSync(file, 'mine', { mode: 0o444 });
    // root may write anything unless it gives that right away; setpriv is part of util-linux.
    const through = process.getuid?.() === 0 ? ['setpriv', '--inh-caps=-all', '--bounding-set=-all'] : [];

    const result = await runCli(['analyze', bundle(), '--output-file', file], { through });

    expectUserError(result, 2, /report\.html: cannot be written/);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it.each(['html', 'json', 'text'])('is one line when the disk is full: %s', async (format) => {
    const result = await callCli('analyze', bundle(), '-o', format, '--output-file', '/dev/full');

    expectUserError(result, 2, /\/dev\/full: cannot be written.*(ENOSPC|no space)/);
  });

  it('leaves nothing half-written behind', async () => {
    const cwd = temporaryFolder();

    const result = await runCli(['analyze', bundle()], { cwd, through: smallDisk(4096) });

    expectUserError(result, 2, /shop\.html: cannot be written: no space/);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('is one line when stdout goes to a full disk', async () => {
    const stdoutFd = openSync('/dev/full', 'w');

    const result = await runCli(['analyze', bundle(), '-o', 'json'], { stdoutFd });

    expectUserError(result, 2, /no space/);
    expectNoStack(result);
  });
});
