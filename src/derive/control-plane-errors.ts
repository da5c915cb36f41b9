import { defineDerived, logSignals, optional } from '../model/artifact.ts';
import type { LogHit, LogMatches } from '../model/log-signals.ts';
import type { Value } from '../model/message.ts';
import { originOf } from '../model/origin.ts';
import { type ComponentInstance, controlPlane, logOwnerOf } from './control-plane.ts';

/** Lines kept of one instance; the scan itself keeps the last three of each pattern and log. */
const LINES_EACH = 5;
const TEXT_MAX = 400;
const KUBELET_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d) /;

const COMPONENTS = /^(?:kube-apiserver|kube-controller-manager|kube-scheduler|etcd)(?:\.service)?$/;

/** Error lines in the three forms control-plane components write, whether the component is well or not. */
const errorLines = logSignals({
  component: { id: 'control-plane-errors', container: COMPONENTS, unit: COMPONENTS },
  patterns: {
    // The header of klog pads the process id to seven places; in a container it is 1. A journal names the process.
    klog: {
      any: ['       1 ', 'kube-apiserver[', 'kube-controller-manager[', 'kube-scheduler['],
      re: /(?:^|Z |\d\d:\d\d |\]: )[EF]\d{4} \d\d:\d\d:\d\d/,
    },
    zap: {
      any: ['"level":"error"', '"level":"fatal"', '"level":"panic"', '"level":"dpanic"'],
    },
    capnslog: {
      any: ['E', 'C'].flatMap((level) =>
        ['etcd', 'raft', 'embed', 'wal:', 'snap', 'mvcc', 'auth', 'lease', 'pkg/', 'proxy', 'store'].map(
          (source) => ` ${level} | ${source}`,
        ),
      ),
    },
    ended: {
      any: ['fatal error: ', 'panic: runtime error', 'panic: interface conversion', 'Error: unknown flag: '],
    },
  },
});

/** One error line of a control-plane component. */
export interface ControlPlaneError {
  readonly instance: ComponentInstance;
  /** RFC 3339, when the line carries a time with its zone. */
  readonly time?: string;
  /** Without the time the kubelet put before it. */
  readonly text: string;
  /** Where it stands in the bundle. */
  readonly path: string;
  readonly line: number;
}

/** The last error lines of every instance of API server, controller-manager, scheduler and etcd. */
export const controlPlaneErrors = defineDerived({
  id: 'control-plane-errors',
  title: 'Last errors of the control plane',
  needs: { plane: controlPlane, log: optional(errorLines) },
  derive({ plane, log }): readonly ControlPlaneError[] {
    return plane.instances.flatMap((instance) => {
      const owner = logOwnerOf(instance);
      const found = (['klog', 'zap', 'capnslog', 'ended'] as const).flatMap((pattern) =>
        log.matches(pattern, owner).flatMap((matches) => errorsIn(instance, matches)),
      );
      const once = new Map(found.map((error) => [`${error.path}:${error.line}`, error]));
      return [...once.values()].sort(byTime).slice(-LINES_EACH);
    });
  },
  table: (errors) => ({
    id: 'control-plane-errors',
    title: 'Last errors of the control plane',
    columns: [
      { id: 'component', title: 'Component', tag: 'text' },
      { id: 'instance', title: 'Instance', tag: 'object' },
      { id: 'time', title: 'Time', tag: 'time' },
      { id: 'line', title: 'Line', tag: 'text' },
      { id: 'place', title: 'In the bundle', tag: 'text' },
    ],
    rows: errors.map(({ instance, time, text, path, line }): readonly Value[] => [
      instance.component,
      instance.subject,
      time ?? null,
      text,
      `${path}:${line}`,
    ]),
  }),
});

function errorsIn(instance: ComponentInstance, matches: LogMatches): ControlPlaneError[] {
  const path = originOf(matches)?.path ?? '';
  return matches.hits.map((hit) => ({
    instance,
    ...(hit.time === undefined ? {} : { time: hit.time }),
    text: textOf(hit),
    path,
    line: hit.line,
  }));
}

function textOf({ text }: LogHit): string {
  const line = text.replace(KUBELET_TIME, '');
  return line.length > TEXT_MAX ? `${line.slice(0, TEXT_MAX)}…` : line;
}

/** Lines without a time go before those with one; within a log the order is that of the lines. */
function byTime(a: ControlPlaneError, b: ControlPlaneError): number {
  const [first, second] = [Date.parse(a.time ?? ''), Date.parse(b.time ?? '')];
  if (first !== second && !(Number.isNaN(first) && Number.isNaN(second))) {
    return (Number.isNaN(first) ? 0 : first) - (Number.isNaN(second) ? 0 : second);
  }
  return a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1;
}
