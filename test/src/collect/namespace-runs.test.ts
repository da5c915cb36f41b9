import { describe, expect, it } from 'vitest';
import { createSpan, namespaceRuns } from '../../../src/collect/namespace-runs.ts';
import { listItem } from '../../../src/kube/list-item.ts';
import type { ListPage } from '../../../src/model/kube.ts';
import type { Observation } from '../../../src/model/observation.ts';

function at(second: number): Observation {
  return { time: `2026-03-01T12:00:0${second}.000Z`, source: 'server-date', errorSeconds: 1 };
}

function page(second: number, names: readonly string[]): ListPage {
  const items = names.map((path) => {
    const [namespace, name] = path.split('/');
    return listItem(Buffer.from(JSON.stringify({ metadata: { namespace, name } })));
  });
  return {
    items,
    apiVersion: 'v1',
    kind: 'Pod',
    resourceVersion: '1',
    observedAt: at(second),
    inconsistent: false,
  };
}

async function* pagesOf(pages: readonly ListPage[], error?: Error): AsyncGenerator<ListPage> {
  yield* pages;
  if (error) throw error;
}

describe('namespaceRuns', () => {
  it('joins a namespace over pages and widens its observation to all of them', async () => {
    const runs: [string | undefined, string[], Observation | undefined][] = [];

    for await (const run of namespaceRuns(
      pagesOf([page(0, ['a/1', 'a/2']), page(4, ['a/3', 'b/4']), page(6, [])]),
    )) {
      const names: string[] = [];
      for await (const items of run.items) names.push(...items.map(({ name }) => name));
      runs.push([run.namespace, names, run.observedAt()]);
    }

    expect(runs).toEqual([
      ['a', ['1', '2', '3'], { ...at(0), errorSeconds: 5 }],
      ['b', ['4'], at(4)],
    ]);
  });

  it('passes over what a reader that gave up left of its run', async () => {
    const seen: (string | undefined)[] = [];

    for await (const run of namespaceRuns(pagesOf([page(0, ['a/1']), page(1, ['a/2', 'b/3'])]))) {
      seen.push(run.namespace);
      for await (const _ of run.items) break;
    }

    expect(seen).toEqual(['a', 'b']);
  });

  it('throws within the run that was being read when the list broke', async () => {
    const read: string[] = [];

    const reading = (async () => {
      for await (const run of namespaceRuns(pagesOf([page(0, ['a/1'])], new Error('reset')))) {
        for await (const items of run.items) read.push(...items.map(({ name }) => name));
      }
    })();

    await expect(reading).rejects.toThrow('reset');
    expect(read).toEqual(['1']);
  });
});

describe('createSpan', () => {
  it('knows nothing before the first answer', () => {
    expect(createSpan().get()).toBeUndefined();
  });
});
