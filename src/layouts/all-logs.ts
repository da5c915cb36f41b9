import type { CoverageRow } from '../model/coverage.ts';
import { CLUSTER_SCOPE, type Scope } from '../model/scope.ts';
import type { LayoutEntry } from './layout.ts';
import { rowsOfErrors } from './troubleshoot-coverage.ts';

/** What `dkp diagnose` and `nkp diagnose` call the folder, and the name it has without one (mesosphere/troubleshoot, all_logs.go). */
const FOLDER = /^(?:pod-logs|allPodLogs)\/(.+)$/;

/**
 * A file of the collector `allLogs`: `<namespace>/<pod>-<container>[-previous].log`, errors as
 * `<namespace>/<pod>/<container>-errors.json` and `errors.json`; undefined for files of other folders. Where the
 * name of the pod ends only the list of pods tells, so that a log has the whole name as its container, and no pod.
 */
export function allLogsEntry(path: string): LayoutEntry | undefined {
  const below = FOLDER.exec(path)?.[1];
  if (below === undefined) return undefined;
  if (placeOfErrors(below) !== undefined) return { kind: 'coverage' };
  const [, namespace = '', container] = /^([^/]+)\/([^/]+)\.log$/.exec(below) ?? [];
  if (container === undefined) return { kind: 'ignored' };
  const scope: Scope = { type: 'container', namespace, pod: '', container };
  return { kind: 'log', sections: [{ scope }], sample: 0 };
}

/** Rows of a file of errors of this collector; undefined for files of other folders. */
export function allLogsErrors(path: string, bytes: Buffer): readonly CoverageRow[] | undefined {
  const below = FOLDER.exec(path)?.[1];
  const scope = below === undefined ? undefined : placeOfErrors(below);
  return scope && rowsOfErrors('logs', bytes, scope);
}

function placeOfErrors(below: string): Scope | undefined {
  if (below === 'errors.json') return CLUSTER_SCOPE;
  const [, namespace, pod, container] = /^([^/]+)\/([^/]+)\/([^/]+)-errors\.json$/.exec(below) ?? [];
  if (namespace === undefined || pod === undefined || container === undefined) return undefined;
  return { type: 'container', namespace, pod, container };
}
