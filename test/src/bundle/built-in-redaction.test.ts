import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { builtInRedaction } from '../../../src/bundle/built-in-redaction.ts';
import { containerScope, openWriter, podList, temporaryFolder } from './bundle-fixture.ts';

it('no secret of a list, a log, a document or a reason reaches the file, and the rest of the text stays', async () => {
  const file = join(temporaryFolder(), 'b.tar.gz');
  const writer = await openWriter(file, builtInRedaction());
  const pod = {
    bytes: Buffer.from(
      '{"metadata":{"name":"web-1"},"spec":{"big":12345678901234567890,"containers":[{"name":"app","env":[{"name":"DB_PASSWORD","value":"hunter2-pod"}]}]}}',
    ),
  };

  await writer.add({ ...podList('shop', []), items: [[pod]] });
  await writer.add({
    type: 'log',
    scope: containerScope('shop', 'web-1', 'app'),
    // The secret lies across two chunks.
    chunks: [Buffer.from('ok\nGET https://me:hunter2'), Buffer.from('-log@db.example/x\nok\n')],
  });
  await writer.add({
    type: 'document',
    artifact: 'config',
    contentType: 'json',
    scope: { type: 'cluster' },
    bytes: Buffer.from('{"password":"hunter2-document"}'),
  });
  writer.coverage({
    artifact: 'config',
    scope: { type: 'cluster' },
    outcome: 'error',
    reason: 'GET https://me:hunter2-reason@host/ failed',
  });
  await writer.finish({ complete: true });

  const tar = gunzipSync(readFileSync(file)).toString();
  expect(tar).not.toContain('hunter2');
  expect(tar).toContain('12345678901234567890');
  expect(tar).toContain('"kind":"Pod","metadata":{"name":"web-1"}');
});
