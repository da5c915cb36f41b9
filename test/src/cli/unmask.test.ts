import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../src/model/report.ts';
import { callCli } from '../../support/call-cli.ts';
import { expectUserError } from '../../support/run-cli.ts';

const SAMPLE = new URL('../../../samples/node-lost/bundle', import.meta.url).pathname;
const KINDS = 'ip,hostname,namespace';

/** The files of one session, which are only read. */
interface Session {
  readonly folder: string;
  readonly keyFile: string;
  readonly bundle: string;
  /** The report of the bundle with pseudonyms, and of the one with names. */
  readonly report: string;
  readonly plain: Report;
}

let session: Session;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubecase-unmask-'));
  const [keyFile, bundle, report] = ['key', 'b.tar.gz', 'report.json'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const converted = await callCli(
    ...['convert', SAMPLE, '--obfuscate', KINDS, '--key-file', keyFile, '--output-file', bundle],
  );
  expect(converted).toMatchObject({ code: 0, stdout: `${bundle}\n` });
  writeFileSync(report, (await callCli('analyze', bundle, '-o', 'json')).stdout);
  const plain = JSON.parse((await callCli('analyze', SAMPLE, '-o', 'json')).stdout) as Report;
  session = { folder, keyFile, bundle, report, plain };
});

afterAll(() => rmSync(session.folder, { recursive: true }));

const read = (file: string) => readFileSync(file, 'utf8');
const subjects = ({ findings }: Report) => findings.map(({ subject }) => JSON.stringify(subject)).sort();

describe('convert --obfuscate', () => {
  it('writes a bundle that is whole and holds none of the names', async () => {
    const { code, stdout } = await callCli('verify', session.bundle);
    expect([code, stdout.startsWith('ok: ')]).toEqual([0, true]);
    const { stdout: inspected } = await callCli('inspect', session.bundle);
    expect(inspected).toMatch(/^pseudonyms stand for ip, hostname, namespace \(key [0-9a-f]{8}\)$/m);
    expect(inspected).not.toMatch(/worker-\d|cp-1|shop/);
  });

  it('keeps what the pseudonyms stand for in the key file, for its owner only', () => {
    expect(statSync(session.keyFile).mode & 0o777).toBe(0o600);
    const { names, addresses } = JSON.parse(read(session.keyFile));
    expect(Object.values(names)).toContain('worker-1');
    expect(Object.values(addresses)).toContain('192.0.2.10');
  });

  it('gives the same pseudonyms again', async () => {
    const again = join(session.folder, 'again.tar.gz');
    const before = JSON.parse(read(session.keyFile));
    await callCli(
      ...['convert', SAMPLE, '--obfuscate', KINDS, '--key-file', session.keyFile, '--output-file', again],
    );
    expect(JSON.parse(read(session.keyFile))).toEqual(before);
  });

  it('refuses what has pseudonyms already, and converts it without', async () => {
    const { keyFile, bundle, folder } = session;
    const twice = await callCli('convert', bundle, '--obfuscate', 'ip', '--key-file', keyFile);
    expectUserError(twice, 2, /its names are replaced already/);
    const output = join(folder, 'plain.tar.gz');
    await callCli('convert', bundle, '--output-file', output);
    expect((await callCli('inspect', output)).stdout).toContain('pseudonyms stand for');
  });

  it.each([
    [['--obfuscate', 'ip'], 'needs a key that brings the names back'],
    [['--obfuscate', 'ip,colour', '--key-file', 'x'], 'Known are ip, hostname, namespace.'],
  ])('refuses %j', async (flags, message) => {
    const { code, stderr } = await callCli('convert', SAMPLE, ...flags);
    expect([code, stderr.includes(message)]).toEqual([2, true]);
  });
});

describe('unmask', () => {
  it('brings the names back in a report', async () => {
    const masked = JSON.parse(read(session.report)) as Report;
    expect(JSON.stringify({ ...masked, catalog: {} })).not.toMatch(/worker-\d|192\.0\.2\.1\d/);
    expect(masked.bundles[0]?.obfuscation?.kinds).toEqual(['ip', 'hostname', 'namespace']);

    const { code, stdout } = await callCli('unmask', session.report, '--key-file', session.keyFile);
    const shown = JSON.parse(stdout) as Report;
    expect(code).toBe(0);
    expect(subjects(shown)).toEqual(subjects(session.plain));
    expect(shown.catalog).toEqual(masked.catalog);
    expect(shown.bundles[0]?.obfuscation).toBeUndefined();
  });

  it('brings them back in a page, whose script still may run', async () => {
    const { folder, bundle, keyFile } = session;
    const [page, output] = ['page.html', 'shown.html'].map((name) => join(folder, name)) as [string, string];
    await callCli('analyze', bundle, '--output-file', page);
    const { code } = await callCli('unmask', page, '--key-file', keyFile, '--output-file', output);

    expect(code).toBe(0);
    expect(read(page)).not.toMatch(/worker-\d/);
    const [before, after] = [page, output].map((file) => programs(read(file)));
    expect(after).toEqual(before);
    for (const name of ['worker-2', '192.0.2.22', 'shop']) expect(read(output)).toContain(name);
    const { names } = JSON.parse(read(keyFile)) as { names: Record<string, string> };
    for (const name of Object.keys(names)) expect(read(output)).not.toMatch(new RegExp(`\\b${name}\\b`));
  });

  it('renders a report in other formats', async () => {
    const { stdout } = await callCli('unmask', session.report, '--key-file', session.keyFile, '-o', 'text');
    expect(stdout).toContain('Node `worker-2` is not ready');
  });

  it('refuses another key, a report without pseudonyms, and what is no report', async () => {
    const { folder, report, keyFile } = session;
    const [other, plain, text] = ['other', 'plain.json', 'x.json'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await callCli('convert', SAMPLE, '--key-file', other, '--output-file', join(folder, 'other.tar.gz'));
    writeFileSync(plain, JSON.stringify(session.plain));
    writeFileSync(text, 'no report');
    const unmasked = (...args: readonly string[]) => callCli('unmask', ...args);

    expectUserError(await unmasked(report, '--key-file', other), 2, /made with another key/);
    expectUserError(
      await unmasked(plain, '--key-file', keyFile),
      2,
      /no bundle of this report has pseudonyms/,
    );
    expectUserError(await unmasked(text, '--key-file', keyFile), 2, /is not JSON/);
    expectUserError(await unmasked(report), 2, /the key is missing/);
    expectUserError(await unmasked(report, '--key-file', text), 2, /is not a key file of kubecase/);
    expectUserError(
      await unmasked(join(folder, 'none.json'), '--key-file', keyFile),
      2,
      /no such file or folder/,
    );
  });
});

/** Script and style of a page, which its policy knows by their digests. */
function programs(page: string): string[] {
  return page.match(/<(script|style)(?![^>]*json)[^>]*>[\s\S]*?<\/\1>/g) ?? [];
}
