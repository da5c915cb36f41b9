import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLeakScanner, type LeakScanner } from '../../../src/bundle/leak-scan.ts';
import { verifyBundle } from '../../../src/bundle/verify.ts';
import { type BundleWriter, openBundleWriter } from '../../../src/bundle/writer.ts';
import { UserError } from '../../../src/model/errors.ts';
import {
  containerScope,
  METADATA,
  manifestOf,
  namespaceScope,
  passThrough,
  podList,
  readAll,
  temporaryFolder,
} from './bundle-fixture.ts';

const VALUE = 'tOp5Ecret/9x+Q';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A writer whose redaction lets everything through, so that only the check of the finished bundle is left. */
async function writerWith(scanner: LeakScanner, redaction = passThrough()): Promise<[string, BundleWriter]> {
  const file = join(temporaryFolder(), 'b.tar.gz');
  return [file, await openBundleWriter({ file, metadata: METADATA, redaction, scanner })];
}

async function addLog(writer: BundleWriter, pod: string, text: string): Promise<void> {
  const scope = containerScope('shop', pod, 'app');
  await writer.add({ type: 'log', scope, chunks: [Buffer.from(text)] });
  writer.coverage({ artifact: 'logs', scope, outcome: 'collected' });
}

describe('the check of a finished bundle', () => {
  it('gives a bundle with nothing secret its name', async () => {
    const [file, writer] = await writerWith(createLeakScanner([VALUE]));
    await addLog(writer, 'web-1', 'nothing to see\n');

    const { leaks } = await writer.finish({ complete: true });

    expect(leaks).toEqual([]);
    expect((await verifyBundle(file)).problems).toEqual([]);
  });

  it('drops the entries that hold a known value, keeps the others, and says where but never what', async () => {
    const [file, writer] = await writerWith(createLeakScanner([VALUE]));
    await writer.add(podList('shop', [{ metadata: { name: 'web-1' } }]));
    await addLog(writer, 'web-1', `payload ${base64(`xy ${VALUE} z`)} sent\n`);
    await addLog(writer, 'web-2', 'an ordinary message\n');

    const result = await writer.finish({ complete: true });

    const path = 'logs/shop/web-1/app.log';
    expect(result.leaks).toEqual([{ path, rule: 'known-value' }]);
    const entries = await readAll(file);
    expect([...entries.keys()]).not.toContain(path);
    expect(entries.get('logs/shop/web-2/app.log')).toBe('an ordinary message\n');
    expect(entries.get('resources/core/pods/shop.json')).toContain('web-1');
    const { coverage } = await manifestOf(file);
    const [row] = coverage.filter(({ scope }) => scope.type === 'container' && scope.pod === 'web-1');
    expect(row).toMatchObject({ outcome: 'error', reason: expect.stringContaining('known-value') });
    expect([...entries.values()].join()).not.toContain(VALUE);
    expect((await verifyBundle(file)).problems).toEqual([]);
    expect(statSync(file).size).toBe(result.size);
    expect(readdirSync(dirname(file))).toEqual(['b.tar.gz']);
  });

  it('drops entries by the shape of what they hold, across the pieces they are read in', async () => {
    const [file, writer] = await writerWith(createLeakScanner());
    const filler = 'lorem ipsum dolor\n'.repeat(70_000);
    await addLog(writer, 'web-1', `${filler}using AKIAIOSFODNN7EXAMPLE now\n${filler}`);
    await addLog(writer, 'web-2', '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA0Z3VS5JJcds3\n');

    const { leaks } = await writer.finish({ complete: true });

    expect(leaks?.map(({ rule }) => rule).sort()).toEqual(['cloud-token', 'private-key']);
    expect([...(await readAll(file)).keys()]).toEqual(['metadata.json', 'manifest.json']);
  });

  it('drops a list of Secrets that still has values, not one with marks and certificates', async () => {
    const secrets = (data: Record<string, string>) => ({
      ...podList('shop', [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, data }]),
      kind: 'Secret',
      resource: 'secrets',
    });
    const clean = await writerWith(createLeakScanner());
    await clean[1].add(
      secrets({ a: base64('[REDACTED:secret-data]'), b: base64('\n-----BEGIN CERTIFICATE-----\nMIIB') }),
    );
    const leaking = await writerWith(createLeakScanner());
    await leaking[1].add(secrets({ any: base64('some value') }));

    expect((await clean[1].finish({ complete: true })).leaks).toEqual([]);
    expect((await leaking[1].finish({ complete: true })).leaks).toEqual([
      { path: 'resources/core/secrets/shop.json', rule: 'secret-data' },
    ]);
  });

  it('leaves nothing when what is secret cannot be dropped', async () => {
    const [file, writer] = await writerWith(createLeakScanner([VALUE]));
    writer.coverage({
      artifact: 'x',
      scope: namespaceScope('shop'),
      outcome: 'error',
      reason: `no ${VALUE}`,
    });

    const error = await writer.finish({ complete: true }).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ code: 'bundle-leaks', exitCode: 3 });
    expect(String(error)).toMatch(/manifest\.json/);
    expect(String(error)).not.toContain(VALUE);
    expect(readdirSync(dirname(file))).toEqual([]);
  });

  it('leaves nothing when the bundle cannot be read again', async () => {
    const [file, writer] = await writerWith({
      scan: async () => {
        throw new Error('cut short');
      },
    });

    const finished = writer.finish({ complete: true });

    await expect(finished).rejects.toMatchObject({ code: 'bundle-unchecked', exitCode: 3 });
    expect(existsSync(file)).toBe(false);
    expect(readdirSync(dirname(file))).toEqual([]);
  });
});
