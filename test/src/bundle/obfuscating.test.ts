import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtInRedaction } from '../../../src/bundle/built-in-redaction.ts';
import { createLeakScanner } from '../../../src/bundle/leak-scan.ts';
import type { Manifest } from '../../../src/bundle/manifest.ts';
import { obfuscating } from '../../../src/bundle/obfuscating.ts';
import { createObfuscationScan } from '../../../src/bundle/obfuscation-scan.ts';
import type { Redaction } from '../../../src/bundle/redaction.ts';
import { verifyBundle } from '../../../src/bundle/verify.ts';
import { openBundleWriter } from '../../../src/bundle/writer.ts';
import { createObfuscation, OBFUSCATED, type Obfuscation } from '../../../src/redact/obfuscate.ts';
import { containerScope, itemOf, METADATA, readAll, temporaryFolder } from './bundle-fixture.ts';

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'tulip', name: 'web-1' },
  spec: { nodeName: 'worker-1' },
  status: { podIP: '10.1.2.3' },
};

function obfuscation(): Obfuscation {
  const made = createObfuscation(Buffer.alloc(32, 1), new Set(OBFUSCATED));
  made.learnNamespace('tulip');
  made.learnHost('worker-1');
  return made;
}

/** Opens a writer whose scan looks for the names as well. */
function opened(made: Obfuscation, change: Partial<Redaction> = {}) {
  return openBundleWriter({
    file: join(temporaryFolder(), 'b.tar.gz'),
    metadata: { ...METADATA, cluster: { server: '10.1.2.3:6443' } },
    redaction: { ...obfuscating(builtInRedaction(), made), ...change },
    scanner: createLeakScanner([], () => createObfuscationScan(made)),
  });
}

function manifestOf(entries: ReadonlyMap<string, string>): Manifest {
  return JSON.parse(entries.get('manifest.json') ?? '') as Manifest;
}

const LOG = { type: 'log', scope: containerScope('tulip', 'web-worker-1', 'app') } as const;

describe('a bundle with pseudonyms', () => {
  it('holds no name: not in objects, logs, paths, scopes, reasons or metadata', async () => {
    const made = obfuscation();
    const writer = await opened(made);
    await writer.add({
      type: 'resources',
      group: 'tulip.example.com',
      kind: 'Pod',
      resource: 'pods',
      apiVersion: 'tulip.example.com/v1',
      scope: { type: 'namespace', namespace: 'tulip' },
      items: [[itemOf(POD)]],
      whole: true,
    });
    const lines = ['to 10.1.2.3 of wor', 'ker-1 in tul', 'ip\npassword=hunter2hunter2 tulip'];
    await writer.add({ ...LOG, chunks: lines.map((line) => Buffer.from(line)) });
    writer.coverage({
      artifact: 'resources:tulip.example.com/Pod',
      scope: { type: 'node', node: 'worker-1' },
      outcome: 'error',
      reason: 'worker-1 at 10.1.2.3',
      fix: { namespace: 'tulip' },
    });
    writer.expect('logs', [LOG.scope]);
    const { file, leaks } = await writer.finish({ complete: false, reason: 'no route to 10.1.2.3' });
    const entries = await readAll(file);

    expect(leaks).toEqual([]);
    const all = [...entries].flat().join('\n');
    expect(all).not.toMatch(/tulip|worker-1|10\.1\.2\.3|hunter2/);
    const [tulip, worker, address] = ['tulip', 'worker-1', '10.1.2.3'].map((name) => made.hide(name).text);
    expect([...entries.keys()]).toContain(`logs/${tulip}/web-${worker}/app.log`);
    expect([...entries.keys()]).toContain(`resources/${tulip}.example.com/pods/${tulip}.json`);
    expect(all).toContain(`to ${address} of ${worker} in ${tulip}\n`);
    expect(all).toContain(`{"namespace":"${tulip}"}`);
    expect((await verifyBundle(file)).problems).toEqual([]);
    expect(manifestOf(entries).obfuscation).toEqual({
      kinds: ['ip', 'hostname', 'namespace'],
      key: made.keyId,
    });
  });

  it('learns names as objects tell them', async () => {
    const made = obfuscation();
    const writer = await opened(made);
    const pod = {
      ...POD,
      spec: { nodeName: 'orchid-7' },
      metadata: { namespace: 'daisy', name: 'orchid-7-x' },
    };
    const items = [[itemOf(pod)]];
    const scope = { type: 'cluster' } as const;
    await writer.add({
      type: 'resources',
      group: '',
      kind: 'Pod',
      resource: 'pods',
      apiVersion: 'v1',
      scope,
      items,
      whole: true,
    });
    const { file } = await writer.finish({ complete: true });

    expect([...(await readAll(file))].flat().join('\n')).not.toMatch(/orchid-7|daisy/);
  });

  it('drops an entry in which a name is left, and says so', async () => {
    const made = obfuscation();
    const passing = { createTextRedactor: builtInRedaction().createTextRedactor };
    const writer = await opened(made, passing);
    made.hide('10.1.2.3');
    await writer.add({ ...LOG, chunks: [Buffer.from('a line of tulip\n')] });
    await writer.add({
      ...LOG,
      scope: containerScope('kube-system', 'other', 'app'),
      chunks: [Buffer.from('at 10.1.2.3\n')],
    });
    await writer.add({
      ...LOG,
      scope: containerScope('kube-system', 'coded', 'app'),
      chunks: [
        Buffer.from(`${Buffer.from('a long text about the node worker-1 and more').toString('base64')}\n`),
      ],
    });
    await writer.add({
      ...LOG,
      scope: containerScope('kube-system', 'fine', 'app'),
      chunks: [Buffer.from('tulips and 10.1.2.34\n')],
    });
    const { file, leaks } = await writer.finish({ complete: true });
    const paths = [...(await readAll(file)).keys()];

    expect(leaks?.map(({ rule }) => rule).sort()).toEqual([
      'address',
      'hostname-or-namespace',
      'hostname-or-namespace in base64',
    ]);
    expect(paths.filter((path) => path.startsWith('logs/'))).toEqual(['logs/kube-system/fine/app.log']);
  });

  it('is not written at all when its metadata hold a name', async () => {
    const made = obfuscation();
    const writer = await opened(made);
    made.learnHost('b-7');
    const late = await openBundleWriter({
      file: join(temporaryFolder(), 'late.tar.gz'),
      metadata: { ...METADATA, cluster: { context: 'azalea' } },
      redaction: obfuscating(builtInRedaction(), made),
      scanner: createLeakScanner([], () => createObfuscationScan(made)),
    });
    made.learnHost('azalea');
    made.hide('azalea');
    await expect(late.finish({ complete: true })).rejects.toThrow();
    expect(existsSync(late.partialPath.replace(/\.partial$/, ''))).toBe(false);
    await writer.abort();
  });

  it('drops an entry that cannot be judged', async () => {
    const made = obfuscation();
    const failing = { ...made, hide: (text: string) => (text.includes('bad') ? fail() : made.hide(text)) };
    const writer = await opened(failing);
    const result = await writer.add({ ...LOG, chunks: [Buffer.from('bad tulip\n')] });
    const { file } = await writer.finish({ complete: true });

    expect(result).toMatchObject({ stored: false, failure: 'redaction' });
    expect([...(await readAll(file))].flat().join('\n')).not.toContain('tulip');
  });

  it('counts what was replaced, beside the secrets', async () => {
    const writer = await opened(obfuscation());
    await writer.add({ ...LOG, chunks: [Buffer.from('tulip tulip password=hunter2hunter2\n')] });
    const { file } = await writer.finish({ complete: true });
    const row = manifestOf(await readAll(file)).entries.find(({ artifact }) => artifact === 'logs');

    expect(row?.redactions).toEqual({ 'named-value': 1, 'obfuscated-name': 2 });
  });
});

function fail(): never {
  throw new Error('defect');
}
