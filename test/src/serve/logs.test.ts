import { describe, expect, it } from 'vitest';
import type { EntryInput } from '../../../src/bundle/entry-input.ts';
import { OBSERVED } from '../../support/fake-reply.ts';
import { containerScope } from '../bundle/bundle-fixture.ts';
import { collected, kindOf, list, namespace, serve } from './served-bundle.ts';

const LINES = [
  '2026-03-01T11:40:00.000000001Z starting',
  '2026-03-01T11:58:00.5Z working',
  'a line without a time',
  '2026-03-01T11:59:30.000000000Z still working',
];

function log(container: string, text: string, previous = false): EntryInput {
  return {
    type: 'log',
    scope: containerScope('shop', 'web', container, previous),
    chunks: [Buffer.from(text)],
    ending: () => ({ observedAt: OBSERVED }),
  };
}

function bundleOf(containers: readonly string[], logs: readonly EntryInput[]) {
  const spec = { containers: containers.map((name) => ({ name })), initContainers: [{ name: 'setup' }] };
  const web = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' }, spec };
  return {
    entries: [list(kindOf('Pod'), namespace('shop'), [web]), ...logs],
    coverage: [collected('resources:core/Pod')],
  };
}

const ONE = bundleOf(['app'], [log('app', `${LINES.join('\n')}\n`), log('app', 'the one before\n', true)]);
const PATH = '/api/v1/namespaces/shop/pods/web/log';

describe('the log of a container', () => {
  it.each([
    ['', 'starting\nworking\na line without a time\nstill working\n'],
    ['timestamps=true', `${LINES.join('\n')}\n`],
    ['tailLines=2', 'a line without a time\nstill working\n'],
    ['tailLines=0', ''],
    ['tailLines=99', 'starting\nworking\na line without a time\nstill working\n'],
    ['sinceSeconds=180', 'working\na line without a time\nstill working\n'],
    ['sinceTime=2026-03-01T11:59:00Z', 'still working\n'],
    ['limitBytes=11', 'starting\nwo'],
    ['tailLines=1&limitBytes=5', 'still'],
    ['previous=true', 'the one before\n'],
    ['container=app', 'starting\nworking\na line without a time\nstill working\n'],
  ])('is given as asked for: %s', async (query, expected) => {
    const { get } = await serve(ONE);

    const { status, text } = await get(`${PATH}?${query}`);

    expect({ status, text }).toEqual({ status: 200, text: expected });
  });

  it('keeps what makes no line of its own at the end', async () => {
    const { get } = await serve(bundleOf(['app'], [log('app', 'first\nunfinished')]));

    expect((await get(PATH)).text).toBe('first\nunfinished');
  });

  it('says which containers there are when none is named', async () => {
    const { get } = await serve(bundleOf(['app', 'proxy'], []));

    const { status, json } = await get(PATH);

    expect(status).toBe(400);
    expect(json.message).toBe(
      'a container name must be specified for pod web, choose one of: [app proxy] or one of the init containers: [setup]',
    );
    expect((await get(`${PATH}?container=other`)).json.message).toBe(
      'container other is not valid for pod web',
    );
  });

  it('says in the words of the API server that there is none', async () => {
    const scope = containerScope('shop', 'web', 'app');
    const reason = 'the container waits (ImagePullBackOff): it has no log yet';
    const bundle = bundleOf(['app'], []);
    const { get } = await serve({
      ...bundle,
      coverage: [...bundle.coverage, { artifact: 'logs', scope, outcome: 'not-found', reason }],
    });

    const current = await get(PATH);
    const previous = await get(`${PATH}?previous=true`);

    expect(current.status).toBe(400);
    expect(current.json.message).toBe(`container "app" in pod "web" is not available: ${reason}`);
    expect(previous.json.message).toBe('previous terminated container "app" in pod "web" not found');
  });

  it('is refused with the reason when it was not collected', async () => {
    const scope = containerScope('shop', 'web', 'app');
    const bundle = bundleOf(['app'], []);
    const { get } = await serve({
      ...bundle,
      coverage: [
        ...bundle.coverage,
        { artifact: 'logs', scope, outcome: 'forbidden', reason: 'no pods/log' },
      ],
    });

    const { status, json } = await get(PATH);

    expect(status).toBe(403);
    expect(json.message).toContain('no pods/log');
    expect((await get(`${PATH}?container=setup`)).status).toBe(403);
  });

  it('comes with a warning when it was cut', async () => {
    const ending = () => ({ observedAt: OBSERVED, truncation: { reason: '900 bytes were cut' } });
    const { get } = await serve(bundleOf(['app'], [{ ...log('app', 'x\n'), ending } as EntryInput]));

    expect((await get(PATH)).headers.warning).toContain('900 bytes were cut');
  });

  it.each(['tailLines=-1', 'tailLines=x', 'sinceTime=yesterday'])('refuses %s', async (query) => {
    const { get } = await serve(ONE);

    expect((await get(`${PATH}?${query}`)).status).toBe(400);
  });
});
