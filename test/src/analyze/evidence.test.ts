import { describe, expect, it } from 'vitest';
import { resolvePointer, toEvidence } from '../../../src/analyze/evidence.ts';
import { addItem, createStore } from '../../../src/analyze/store.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import type { LogMatches } from '../../../src/model/log-signals.ts';
import { ORIGIN } from '../../../src/model/origin.ts';
import { CLUSTER_SCOPE } from '../../../src/model/scope.ts';

const observation = { time: '2026-01-15T12:00:00Z', source: 'server-date', errorSeconds: 1 } as const;
const container = { type: 'container', namespace: 'shop', pod: 'web', container: 'app' } as const;

function item(parts: object = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop' },
    ...parts,
    [ORIGIN]: {
      path: 'resources/core/pods/shop.json',
      line: 7,
      pointer: '/items/3',
      scope: CLUSTER_SCOPE,
      observation,
    },
  };
}

function cite(object: object, pointer: string) {
  return toEvidence({ cite: 'item', item: object, pointer }, createStore());
}

describe('a cited object', () => {
  it('names the line it begins on, the pointer from the root of its entry, and shows the field', () => {
    const pod = item({ status: { phase: 'Pending' } });

    expect(cite(pod, '/status/phase')).toEqual({
      type: 'object',
      path: 'resources/core/pods/shop.json',
      line: 7,
      pointer: '/items/3/status/phase',
      object: { group: '', kind: 'Pod', namespace: 'shop', name: 'web' },
      excerpt: { lines: ['phase: Pending'] },
    });
  });

  it('is shown without the index of a list', () => {
    const pod = item({
      status: { conditions: [{ type: 'Ready' }, { type: 'PodScheduled', status: 'False' }] },
    });

    expect(cite(pod, '/status/conditions/1')).toMatchObject({
      excerpt: { lines: ['type: PodScheduled', "status: 'False'"] },
    });
  });

  it('has no excerpt when the field is not there', () => {
    expect(cite(item(), '/status/phase')).not.toHaveProperty('excerpt');
  });

  it('is cut after 24 lines and 400 characters, and says so', () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`key${index}`, 'x']));
    const long = cite(item({ labels: many }), '/labels');
    const wide = cite(item({ text: 'x'.repeat(900) }), '/text');

    expect(long).toMatchObject({ excerpt: { cut: true } });
    expect(long.type === 'object' ? long.excerpt?.lines.length : 0).toBe(24);
    expect(wide.type === 'object' ? wide.excerpt?.lines[0]?.length : 0).toBe(401);
    expect(wide).toMatchObject({ excerpt: { cut: true } });
  });

  it('may be a document: the pointer goes into its value', () => {
    const document = { value: { clusters: [{ id: 7 }] }, scope: CLUSTER_SCOPE };

    expect(cite(document, '/clusters/0')).toMatchObject({ excerpt: { lines: ['id: 7'] } });
  });
});

describe('a pointer', () => {
  it('unescapes slash and tilde as RFC 6901 has them', () => {
    const labels = { 'kubernetes.io/arch': 'arm64', 'a~b': 'c', '~1': 'd' };

    expect(resolvePointer(item({ labels }), '/labels/kubernetes.io~1arch')).toBe('arm64');
    expect(resolvePointer(item({ labels }), '/labels/a~0b')).toBe('c');
    expect(resolvePointer(item({ labels }), '/labels/~01')).toBe('d');
  });

  it('into nothing is undefined, the empty one is the whole', () => {
    const pod = item();

    expect(resolvePointer(pod, '/status/phase/deeper')).toBeUndefined();
    expect(resolvePointer(pod, '')).toBe(pod);
  });
});

describe('cited log lines', () => {
  const hit = { line: 42, text: 'the line', before: ['one', 'two'], after: ['three'], captures: {} };
  const matches = {
    scope: container,
    count: 9,
    counted: 'exact',
    first: '2026-01-15T11:00:00Z',
    hits: [hit],
    [ORIGIN]: { path: 'logs/shop/web/app.log', line: 1, pointer: '', scope: container, observation },
  } as unknown as LogMatches;

  it('stand among their neighbours, with the number of the first and a mark', () => {
    expect(toEvidence({ cite: 'matches', matches }, createStore())).toEqual({
      type: 'log',
      path: 'logs/shop/web/app.log',
      line: 42,
      excerpt: { startLine: 40, lines: ['one', 'two', 'the line', 'three'], mark: 2 },
      count: 9,
      counted: 'exact',
      first: '2026-01-15T11:00:00Z',
    });
  });

  it('may be the last words of a log', () => {
    const tail = { scope: container, lines: ['start', 'panic'], line: 11 };

    expect(toEvidence({ cite: 'tail', tail }, createStore())).toMatchObject({
      type: 'log',
      line: 11,
      excerpt: { startLine: 11, lines: ['start', 'panic'] },
    });
  });
});

describe('cited absence', () => {
  it('says what was searched, and when', () => {
    const store = createStore();
    addItem(store, pods.id, 0, item());
    store.entries.set(pods.id, ['resources/core/pods/web.json', 'resources/core/pods/shop.json']);
    const scope = { type: 'namespace', namespace: 'shop' } as const;

    expect(toEvidence({ cite: 'absent', artifact: pods.id, scope, name: 'api' }, store)).toEqual({
      type: 'absent',
      artifact: pods.id,
      name: 'api',
      scope,
      searched: {
        entries: ['resources/core/pods/shop.json', 'resources/core/pods/web.json'],
        items: 1,
        observedAt: '2026-01-15T12:00:00Z',
      },
    });
  });
});
