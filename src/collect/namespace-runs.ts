import type { ListItem, ListPage } from '../model/kube.ts';
import type { Observation } from '../model/observation.ts';

/** Neighbouring items of one namespace in a list that arrives sorted by namespace. */
export interface NamespaceRun {
  /** Undefined for items without a namespace. */
  readonly namespace: string | undefined;
  /** To be read before the next run is asked for; throws what the list throws. */
  readonly items: AsyncIterable<readonly ListItem[]>;
  /** When the items passed on so far were read. */
  observedAt(): Observation | undefined;
}

/** Splits the pages of a list at each change of namespace, holding no more than one page. */
export async function* namespaceRuns(pages: AsyncIterable<ListPage>): AsyncGenerator<NamespaceRun> {
  const iterator = pages[Symbol.asyncIterator]();
  let page: ListPage | undefined;
  let at = 0;

  async function fill(): Promise<ListPage | undefined> {
    while (page === undefined || at >= page.items.length) {
      const step = await iterator.next();
      if (step.done) return undefined;
      page = step.value;
      at = 0;
    }
    return page;
  }

  try {
    for (let current = await fill(); current; current = await fill()) {
      const namespace = current.items[at]!.namespace;
      const span = createSpan();
      async function* items(): AsyncGenerator<readonly ListItem[]> {
        for (let source = await fill(); source; source = await fill()) {
          let end = at;
          while (end < source.items.length && source.items[end]!.namespace === namespace) end++;
          if (end === at) return;
          const slice = source.items.slice(at, end);
          at = end;
          span.add(source.observedAt);
          yield slice;
        }
      }
      const rest = items();
      yield { namespace, items: { [Symbol.asyncIterator]: () => keepOpen(rest) }, observedAt: span.get };
      // A reader that gave up leaves items behind; they must not start a run of their own.
      for await (const _ of rest);
    }
  } finally {
    await iterator.return?.();
  }
}

/** Passes values on without letting an early end of the reader end the source. */
async function* keepOpen<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
  for (;;) {
    const step = await source.next();
    if (step.done) return;
    yield step.value;
  }
}

/** The observation of something read in several answers. */
export interface ObservationSpan {
  add(observation: Observation): void;
  get(): Observation | undefined;
}

/** Takes the first answer's time and widens its error by the time until the last: each item was read in between. */
export function createSpan(): ObservationSpan {
  let first: Observation | undefined;
  let last: Observation | undefined;
  return {
    add(observation) {
      first ??= observation;
      last = observation;
    },
    get() {
      if (!first || !last) return undefined;
      const seconds = Math.abs(Date.parse(last.time) - Date.parse(first.time)) / 1000;
      return seconds > 0 ? { ...first, errorSeconds: first.errorSeconds + seconds } : first;
    },
  };
}
