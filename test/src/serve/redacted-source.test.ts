import { describe, expect, it } from 'vitest';
import type { Manifest, ManifestEntry } from '../../../src/bundle/manifest.ts';
import { redactedSource } from '../../../src/serve/redacted-source.ts';
import type { BundleSource } from '../../../src/serve/source.ts';

const LIST = '{"kind":"SecretList","apiVersion":"v1","metadata":{},"items":[';

/** A bundle nobody redacted; `sizes` are the pieces its entries are read in. */
function sourceOf(
  files: Readonly<Record<string, readonly [artifact: string, text: string]>>,
  size: number,
): BundleSource {
  const entries = Object.entries(files).map(([path, [artifact]]) => ({ path, artifact }) as ManifestEntry);
  return {
    manifest: { entries } as unknown as Manifest,
    metadata: {} as BundleSource['metadata'],
    async *chunks(path) {
      const bytes = Buffer.from(files[path]?.[1] ?? '');
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    },
    close: async () => {},
  };
}

async function textOf(source: BundleSource, path: string): Promise<string> {
  const parts: Buffer[] = [];
  for await (const chunk of source.chunks(path)) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

const data = Buffer.from('hunter2').toString('base64');
const item = (value: string) =>
  `{"kind":"Secret","metadata":{"name":"a","size":1.50},"data":{"any":"${value}"}}`;
const FILES = {
  'resources/core/secrets/shop.json': ['resources:core/Secret', `${LIST}\n${item(data)},\n${item('')}\n]}\n`],
  'logs/shop/web/app.log': ['logs', 'one\npassword=hunter2\nthree\n'],
  'documents/a.json': ['kong-status', '{"token":"hunter2","port":80}'],
} as const;

describe('what is served of a bundle that was not redacted', () => {
  for (const size of [1, 7, 100_000]) {
    it(`holds no secret, read in pieces of ${size}`, async () => {
      const source = redactedSource(sourceOf(FILES, size));

      const list = await textOf(source, 'resources/core/secrets/shop.json');
      expect(list).toBe(
        `${LIST}\n${item(Buffer.from('[REDACTED:secret-data]').toString('base64'))},\n${item('')}\n]}\n`,
      );
      expect(await textOf(source, 'logs/shop/web/app.log')).toBe(
        'one\npassword=[REDACTED:named-value]\nthree\n',
      );
      expect(JSON.parse(await textOf(source, 'documents/a.json'))).toEqual({
        token: '[REDACTED:named-value]',
        port: 80,
      });
    });
  }

  it('is an error when an item cannot be read', async () => {
    const files = { a: ['resources:core/Pod', `${LIST}\n{"a":hunter2\n]}\n`] } as const;

    const text = textOf(redactedSource(sourceOf(files, 100)), 'a');

    await expect(text).rejects.toThrow();
    await expect(text).rejects.not.toThrow(/hunter2/);
  });
});
