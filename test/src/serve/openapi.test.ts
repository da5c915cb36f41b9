import { describe, expect, it } from 'vitest';
import { openApi, openApiBytes } from '../../../src/artifacts/openapi.ts';
import type { EntryInput } from '../../../src/bundle/entry-input.ts';
import { CLUSTER_SCOPE, type Scope } from '../../../src/model/scope.ts';
import { OBSERVED } from '../../support/fake-reply.ts';
import { serve } from './served-bundle.ts';

const APPS = {
  openapi: '3.0.0',
  components: { schemas: { D: { properties: { data: { type: 'string' } } } } },
};

function entry(path: string, scope: Scope, document: unknown): EntryInput {
  return {
    type: 'document',
    artifact: openApi.id,
    contentType: 'json',
    scope,
    bytes: Buffer.from(openApiBytes({ path, document })),
    ending: () => ({ observedAt: OBSERVED }),
  };
}

const at = (path: string): Scope => ({ type: 'endpoint', endpoint: `https://cluster.test:6443${path}` });
const ENTRIES = [
  entry('/openapi/v3', CLUSTER_SCOPE, { paths: { 'apis/apps/v1': {}, 'apis/other/v1': {} } }),
  entry('/openapi/v3/apis/apps/v1', at('/openapi/v3/apis/apps/v1'), APPS),
];

describe('/openapi/v3', () => {
  it('lists the documents of the bundle and gives each as the server did', async () => {
    const { get } = await serve({ entries: ENTRIES });

    const index = await get('/openapi/v3');
    const apps = await get(`${index.json.paths['apis/apps/v1'].serverRelativeURL}?timeout=32s`);

    expect(index.json).toEqual({
      paths: { 'apis/apps/v1': { serverRelativeURL: '/openapi/v3/apis/apps/v1' } },
    });
    expect(apps.json).toEqual(APPS);
    expect((await get('/openapi/v3/apis/other/v1')).status).toBe(404);
  });

  it('is not there in a bundle without documents, or of a server without them', async () => {
    const without = await serve({});
    const reason = 'HTTP 404';
    const row = { artifact: openApi.id, scope: CLUSTER_SCOPE, outcome: 'not-found', reason } as const;
    const old = await serve({ coverage: [row] });

    expect((await without.get('/openapi/v3')).status).toBe(404);
    expect((await old.get('/openapi/v3/api/v1')).status).toBe(404);
  });

  it('says why it was not collected', async () => {
    const reason = '`kubernetes/api-documents` did not run: left out by --skip';
    const row = { artifact: openApi.id, scope: CLUSTER_SCOPE, outcome: 'skipped', reason } as const;
    const { get } = await serve({ coverage: [row] });

    const { status, json } = await get('/openapi/v3');

    expect(status).toBeGreaterThanOrEqual(400);
    expect(json.message).toContain('did not run');
  });
});
