import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  containerScope,
  manifestOf,
  namespaceScope,
  openWriter,
  passThrough,
  podList,
  readAll,
  temporaryFolder,
} from './bundle-fixture.ts';

describe('redaction that fails', () => {
  it('drops the entry, records an error row no later row replaces, and quotes nothing', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const writer = await openWriter(
      file,
      passThrough({
        item(object) {
          if (JSON.stringify(object).includes('hunter2')) throw new Error('cannot judge hunter2');
          return { counts: {} };
        },
      }),
    );
    const row = { artifact: 'resources:core/Pod', scope: namespaceScope('shop') };

    const result = await writer.add(podList('shop', [{ a: 1 }, { a: 'hunter2' }]));
    writer.coverage({ ...row, outcome: 'collected' });
    await writer.finish({ complete: true });

    expect(result).toMatchObject({ stored: false, failure: 'redaction' });
    const { coverage, entries } = await manifestOf(file);
    expect(entries.map((entry) => entry.path)).toEqual(['metadata.json']);
    expect(coverage).toMatchObject([{ ...row, outcome: 'error' }]);
    expect([...(await readAll(file)).values()].join()).not.toContain('hunter2');
  });

  it('drops logs and documents as well', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const fail = () => {
      throw new Error('no');
    };
    const writer = await openWriter(
      file,
      passThrough({
        document: (bytes) => (bytes.length > 200 ? fail() : { bytes, counts: {} }),
        createTextRedactor: () => ({ push: fail, end: fail, counts: () => ({}) }),
      }),
    );

    const log = await writer.add({
      type: 'log',
      scope: containerScope('a', 'b', 'c'),
      chunks: [Buffer.from('x')],
    });
    const document = await writer.add({
      type: 'document',
      artifact: 'metrics',
      contentType: 'text',
      scope: { type: 'cluster' },
      bytes: Buffer.alloc(500, 'x'),
    });
    await writer.finish({ complete: true });

    expect(log).toMatchObject({ stored: false, failure: 'redaction' });
    expect(document).toMatchObject({ stored: false, failure: 'redaction' });
    expect((await manifestOf(file)).coverage.map((row) => row.outcome)).toEqual(['error', 'error']);
  });

  it('withholds reasons it cannot judge and redacts the others', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const redactor = (text: string) => {
      if (text.includes('unjudged')) throw new Error('no');
      return Buffer.from(text.replace('hunter2', '***'));
    };
    const writer = await openWriter(
      file,
      passThrough({
        createTextRedactor: () => ({
          push: (chunk) => redactor(Buffer.from(chunk).toString()),
          end: () => Buffer.alloc(0),
          counts: () => ({}),
        }),
      }),
    );

    writer.coverage({
      artifact: 'a',
      scope: { type: 'cluster' },
      outcome: 'error',
      reason: 'bad token hunter2',
    });
    writer.coverage({ artifact: 'b', scope: { type: 'cluster' }, outcome: 'error', reason: 'unjudged' });
    writer.coverage({
      artifact: 'c',
      scope: { type: 'endpoint', endpoint: 'https://me:hunter2@host' },
      outcome: 'collected',
    });
    await writer.finish({ complete: true });

    const { coverage } = await manifestOf(file);
    expect(coverage.map((row) => row.reason)).toEqual([
      'bad token ***',
      '(withheld: redaction failed)',
      undefined,
    ]);
    expect(coverage[2]?.scope).toEqual({ type: 'endpoint', endpoint: 'https://me:***@host' });
  });
});

describe('a redaction that fails at once', () => {
  it('opens no bundle and leaves no file', async () => {
    const folder = temporaryFolder();
    const redaction = passThrough({
      document() {
        throw new Error('no');
      },
    });

    await expect(openWriter(join(folder, 'b.tar.gz'), redaction)).rejects.toThrow('no');
    expect(readdirSync(folder)).toEqual([]);
  });
});
