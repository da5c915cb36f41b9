import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectors } from '../../../collectors/index.ts';
import { builtInRedaction } from '../../../src/bundle/built-in-redaction.ts';
import { openBundleWriter } from '../../../src/bundle/writer.ts';
import { type CollectResult, isIncomplete } from '../../../src/collect/request.ts';
import { runCollect } from '../../../src/collect/run.ts';
import { KubeError } from '../../../src/model/kube.ts';
import { DEFAULT_OPTIONS } from '../../support/collect-bundle.ts';
import { type FakeCluster, fakeKube } from '../../support/fake-kube.ts';
import { readAll, temporaryFolder } from '../bundle/bundle-fixture.ts';

const VALUE = 'swordfish-of-bob';
const OTHER = 'swordfish-of-eve';

function secretOf(namespace: string, value: string) {
  const data = { password: Buffer.from(value).toString('base64') };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name: 'login' }, type: 'Opaque', data };
}

const OBJECTS = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  secretOf('other', OTHER),
  secretOf('shop', VALUE),
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'shop', name: 'text' },
    data: { text: `the answer is ${VALUE} or ${OTHER} today` },
  },
];

interface Run {
  readonly result: CollectResult;
  readonly text: string;
  /** The values the writer was opened with. */
  readonly known: readonly string[];
}

async function run(
  cluster: FakeCluster,
  { knownSecrets = true, namespaces = [] as readonly string[] } = {},
): Promise<Run> {
  const file = join(temporaryFolder(), 'b.tar.gz');
  let known: readonly string[] = [];
  const result = await runCollect({
    connect: async () => fakeKube({ objects: OBJECTS, ...cluster }),
    collectors,
    tool: { name: 'kubecase', version: '0.0.0' },
    knownSecrets,
    openWriter(metadata, values) {
      known = values;
      return openBundleWriter({ file, metadata, redaction: builtInRedaction(values) });
    },
    signal: new AbortController().signal,
    now: () => new Date('2026-03-01T12:00:00Z'),
    wait: async () => {},
    options: { ...DEFAULT_OPTIONS, namespaces },
  });
  return { result, known, text: [...(await readAll(file)).values()].join('\n') };
}

describe('--known-secrets', () => {
  it('removes the values of Secrets where nothing else tells of them', async () => {
    const { text, known } = await run({});

    expect(text).not.toContain(VALUE);
    expect(text).toContain('the answer is [REDACTED:known-value] or [REDACTED:known-value] today');
    expect([...known].sort()).toEqual([VALUE, OTHER].sort());
  });

  it('is off unless asked for: no value is read', async () => {
    const { text, known } = await run({}, { knownSecrets: false });

    expect(known).toEqual([]);
    expect(text).toContain(`the answer is ${VALUE}`);
  });

  it('reads only the namespaces that are collected', async () => {
    const { known } = await run({}, { namespaces: ['shop'] });

    expect(known).toEqual([VALUE]);
  });

  it('says so, and is incomplete, when Secrets cannot be read', async () => {
    const failures = { '/api/v1/secrets': new KubeError('forbidden', 'secrets is forbidden') };

    const { result, known } = await run({ failures });

    expect(known).toEqual([]);
    expect(result.complete).toBe(false);
    expect(result.incompleteReason).toMatch(/--known-secrets.*forbidden/);
    expect(isIncomplete(result)).toBe(true);
  });

  it('an entry dropped by the check of the finished bundle makes a collection incomplete', () => {
    const whole = { complete: true, rows: [] };

    expect(isIncomplete(whole)).toBe(false);
    expect(isIncomplete({ ...whole, leaks: [{ path: 'a', rule: 'jwt' }] })).toBe(true);
  });
});
