import { describe, expect, it } from 'vitest';
import { operatorStatus } from '../../../collectors/virtual-environment/operator-status.ts';
import { virtualEnvironmentStatus } from '../../../src/artifacts/virtual-environment-status.ts';
import { builtInRedaction } from '../../../src/bundle/built-in-redaction.ts';
import { containerStatus, pod } from '../../support/builders.ts';
import { type CollectChanges, collectBundle } from '../../support/collect-bundle.ts';
import { type FakeCluster, type FakeObject, fakeKube } from '../../support/fake-kube.ts';

const AT = 'shop/virtual-env-operator-0';
const ENTRY = `documents/virtual-environment-status/_object/Pod/${AT}.json`;
const STATUS = JSON.stringify({
  VirtualEnv: { Namespace: 'shop', Name: 'demo' },
  Services: {
    cart: { Selectors: { app: 'cart' }, Ports: { http: 8080 }, Gateways: [], Hosts: ['*'], CustomRule: '' },
  },
  Labels: { 'Deployment#cart-dev': { app: 'cart', 'virtual-env': 'dev' } },
});
const VERSION = JSON.stringify({ Version: 'v0.6.0', BuildTime: '2021-10-01' });

function operator(container = 'virtual-env-operator', parts: object = {}): FakeObject {
  return pod('virtual-env-operator-0', {
    spec: {
      containers: [{ name: container, image: 'mirror.example/kt/virtual-env-operator:v0.6.0' }],
    },
    status: { phase: 'Running', containerStatuses: [containerStatus(container)] },
    ...parts,
  }) as FakeObject;
}

async function run(cluster: FakeCluster, changes: CollectChanges = {}) {
  const kube = fakeKube(cluster);
  return { kube, bundle: await collectBundle(kube, [operatorStatus], changes) };
}

const read = (bundle: Awaited<ReturnType<typeof run>>['bundle']) =>
  virtualEnvironmentStatus.parse(Buffer.from(bundle.entries.get(ENTRY) ?? ''));

describe('virtual-environment/operator-status', () => {
  it('stores what an operator has recorded, whole after redaction', async () => {
    const { kube, bundle } = await run(
      {
        objects: [operator('operator')],
        podReplies: { [`${AT}:8000/status`]: STATUS, [`${AT}:8000/version`]: VERSION },
      },
      { redaction: builtInRedaction() },
    );

    const view = read(bundle);
    expect(view).toMatchObject({
      operator: { namespace: 'shop', pod: 'virtual-env-operator-0', container: 'operator' },
      version: 'v0.6.0',
      instance: { namespace: 'shop', name: 'demo' },
      errors: [],
    });
    expect(view.services?.cart).toMatchObject({ ports: { http: 8080 }, hosts: ['*'] });
    expect(view.labels?.['Deployment#cart-dev']).toEqual({ app: 'cart', 'virtual-env': 'dev' });
    expect(kube.podRequests.map(({ path }) => path)).toEqual(['/status', '/version']);
  });

  it('does without the version of operators that do not tell it', async () => {
    const { bundle } = await run({
      objects: [operator()],
      podReplies: { [`${AT}:8000/status`]: STATUS, [`${AT}:8000/version`]: { status: 404, body: 'no' } },
    });

    const view = read(bundle);
    expect(view.version).toBeUndefined();
    expect(view.errors).toEqual([expect.stringContaining('/version')]);
    expect(Object.keys(view.services ?? {})).toEqual(['cart']);
  });

  it('stores nothing when the operator does not answer', async () => {
    const { bundle } = await run({ objects: [operator()], podReplies: { [`${AT}:8000/version`]: VERSION } });

    expect(bundle.entries.has(ENTRY)).toBe(false);
    expect(bundle.row('virtual-environment-status', `Pod/${AT}`)).toMatchObject({ outcome: 'error' });
  });

  it('asks by the program in the image where only commands are allowed', async () => {
    const { kube, bundle } = await run(
      {
        objects: [operator()],
        execReplies: {
          [`${AT}/virtual-env-operator inspector status`]: STATUS,
          [`${AT}/virtual-env-operator inspector version`]: { stdout: '', exitCode: 1 },
        },
      },
      { options: { portForward: false, exec: true } },
    );

    expect(read(bundle)).toMatchObject({ errors: ['/version: `inspector version` ended with 1'] });
    expect(kube.podRequests).toEqual([]);
    expect(kube.execRequests.some((command) => command.includes('log'))).toBe(false);
  });

  it('asks nobody where nothing is allowed, nothing runs or nothing is there', async () => {
    const off = await run({ objects: [operator()] }, { options: { portForward: false } });
    const waiting = { phase: 'Running', containerStatuses: [] };
    const down = await run({ objects: [operator(undefined, { status: waiting })] });
    const none = await run({ objects: [pod('web') as FakeObject] });

    expect(off.bundle.row('virtual-environment-status', `Pod/${AT}`)).toMatchObject({
      outcome: 'skipped',
      fix: { flag: '--exec' },
    });
    expect(down.bundle.row('virtual-environment-status', `Pod/${AT}`)?.outcome).toBe('not-found');
    expect(none.bundle.row('virtual-environment-status')?.outcome).toBe('not-found');
    expect([off, down, none].flatMap(({ kube }) => [...kube.podRequests, ...kube.execRequests])).toEqual([]);
  });
});
