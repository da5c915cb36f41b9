import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { type FakeOptions, sendJson, sendStatus } from '../../support/fake-api-server.ts';
import { failureOf, type KubeSession, kubeSession, NEVER } from '../../support/kube-session.ts';

let session: KubeSession | undefined;

afterEach(() => session?.close());

interface Asked {
  readonly path: string;
  readonly body: unknown;
}

async function answering(status: object): Promise<{ session: KubeSession; asked: Asked[] }> {
  const asked: Asked[] = [];
  const fallback: FakeOptions['fallback'] = async (request, response, url) => {
    asked.push({ path: `${request.method} ${url.pathname}`, body: JSON.parse(await text(request)) });
    sendJson(response, { status }, 201);
  };
  session = await kubeSession({ fallback });
  return { session, asked };
}

describe('ownRules', () => {
  it('gives the rules of resources and URLs, and whether they are all', async () => {
    const pods = { verbs: ['list'], apiGroups: [''], resources: ['pods'] };
    const urls = { verbs: ['get'], nonResourceURLs: ['/version'] };
    const { session, asked } = await answering({
      resourceRules: [pods],
      nonResourceRules: [urls],
      incomplete: true,
    });

    expect(await session.kube.ownRules('shop', NEVER)).toEqual({ rules: [pods, urls], complete: false });
    expect(asked).toEqual([
      {
        path: 'POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
        body: {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectRulesReview',
          spec: { namespace: 'shop' },
        },
      },
    ]);
  });

  it('names the rule without which it may not ask', async () => {
    session = await kubeSession({
      fallback: (_request, response) => sendStatus(response, 403, { message: 'forbidden' }),
    });

    const error = await failureOf(session.kube.ownRules('shop', NEVER));

    expect(error).toMatchObject({
      kind: 'forbidden',
      rule: { resources: ['selfsubjectrulesreviews'], verbs: ['create'] },
    });
  });
});

describe('may', () => {
  it('asks for a resource with its subresource, or for a path', async () => {
    const { session, asked } = await answering({ allowed: true });

    const log = { verb: 'get', group: '', resource: 'pods/log', namespace: 'shop' };
    expect(await session.kube.may(log, NEVER)).toBe(true);
    expect(await session.kube.may({ verb: 'get', url: '/metrics' }, NEVER)).toBe(true);
    expect(asked.map(({ body }) => (body as { spec: object }).spec)).toEqual([
      {
        resourceAttributes: {
          verb: 'get',
          namespace: 'shop',
          group: '',
          resource: 'pods',
          subresource: 'log',
        },
      },
      { nonResourceAttributes: { path: '/metrics', verb: 'get' } },
    ]);
  });

  it('takes an answer without a yes for a no', async () => {
    const { session } = await answering({});

    expect(await session.kube.may({ verb: 'get', url: '/metrics' }, NEVER)).toBe(false);
  });
});
