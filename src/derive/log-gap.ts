import type { Gap } from '../model/coverage.ts';
import type { LogSignals } from '../model/log-signals.ts';

/** A container whose log is asked for. */
interface Container {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/**
 * Tells why what the logs of a container do not say may still be so: one of its logs, current or previous,
 * was not read. Undefined when they were. Indexes the gaps once.
 */
export function logGaps(
  logs: Pick<LogSignals<never>, 'coverage' | 'seen' | 'lastWords'>,
): (container: Container) => Gap | undefined {
  const own = new Map<string, Gap>();
  const wider = new Map<string | undefined, Gap>();
  for (const gap of logs.coverage.gaps) {
    const { scope } = gap;
    if (scope.type === 'container') own.set(keyOf(scope), gap);
    else if (scope.type === 'namespace') wider.set(scope.namespace, gap);
    else if (scope.type === 'cluster') wider.set(undefined, gap);
  }
  return (container) => {
    const gap = own.get(keyOf(container));
    if (gap || logs.seen(container) || logs.lastWords(container)) return gap;
    return wider.get(container.namespace) ?? wider.get(undefined);
  };
}

function keyOf({ namespace, pod, container }: Container): string {
  return `${namespace}/${pod}/${container}`;
}
