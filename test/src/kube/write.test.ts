import { afterEach, describe, expect, it } from 'vitest';
import { connectWrites } from '../../../src/kube/write.ts';
import type { KubeWrites } from '../../../src/model/kube-writes.ts';
import {
  type FakeApiServer,
  type Route,
  sendJson,
  sendStatus,
  startFakeApiServer,
} from '../../support/fake-api-server.ts';
import { failureOf, NEVER } from '../../support/kube-session.ts';

const JOBS = '/apis/batch/v1/namespaces/kube-system/jobs';

let server: FakeApiServer | undefined;
let writes: KubeWrites | undefined;

afterEach(async () => {
  await writes?.close();
  await server?.close();
});

async function open(routes: Readonly<Record<string, Route>>): Promise<KubeWrites> {
  server = await startFakeApiServer({ routes });
  writes = await connectWrites({ kubeconfig: server.kubeconfig(), signal: NEVER, env: {} });
  return writes;
}

describe('write access', () => {
  it('sends the object as JSON and gives what was created', async () => {
    let seen = '';
    const access = await open({
      [JOBS]: (request, response) => {
        seen = `${request.method} ${request.headers['content-type']} ${request.headers.authorization} `;
        request.on('data', (chunk) => {
          seen += chunk;
        });
        request.on('end', () =>
          sendJson(response, { metadata: { name: 'j', namespace: 'kube-system', uid: 'u-1' } }, 201),
        );
      },
    });

    const created = await access.create(JOBS, { kind: 'Job' }, NEVER);

    expect(seen).toBe('POST application/json Bearer first-token {"kind":"Job"}');
    expect(created).toEqual({ name: 'j', namespace: 'kube-system', uid: 'u-1' });
  });

  it('says which right a refused create lacks', async () => {
    const access = await open({
      [JOBS]: (_request, response) =>
        sendStatus(response, 403, { reason: 'Forbidden', message: 'jobs.batch is forbidden' }),
    });

    const error = await failureOf(access.create(JOBS, {}, NEVER));

    expect(error).toMatchObject({
      kind: 'forbidden',
      rule: { apiGroups: ['batch'], resources: ['jobs'], verbs: ['create'] },
    });
  });

  it('removes with what is owned, and knows what is gone', async () => {
    let body = '';
    const access = await open({
      [`${JOBS}/here`]: (request, response) => {
        request.on('data', (chunk) => {
          body += chunk;
        });
        request.on('end', () => sendJson(response, { kind: 'Status', status: 'Success' }));
      },
      [`${JOBS}/mine`]: (_request, response) =>
        sendStatus(response, 403, { reason: 'Forbidden', message: 'no' }),
    });

    expect(await access.remove(`${JOBS}/here`, NEVER)).toBe(true);
    expect(await access.remove(`${JOBS}/gone`, NEVER)).toBe(false);
    expect(JSON.parse(body)).toMatchObject({ propagationPolicy: 'Background' });
    const error = await failureOf(access.remove(`${JOBS}/mine`, NEVER));
    expect(error.rule?.verbs).toEqual(['delete']);
  });

  it('does not take an answer without the object for success', async () => {
    const access = await open({ [JOBS]: (_request, response) => sendJson(response, {}) });

    expect(await failureOf(access.create(JOBS, {}, NEVER))).toMatchObject({ kind: 'bad-reply' });
  });
});
