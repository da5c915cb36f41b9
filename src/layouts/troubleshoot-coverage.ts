import { resourcesId } from '../model/artifact.ts';
import type { CoverageFix, CoverageRow, Outcome } from '../model/coverage.ts';
import { CLUSTER_SCOPE, type Scope } from '../model/scope.ts';
import type { TypeHint } from './layout.ts';
import { CLUSTER_FILES, NAMESPACED_DIRS } from './troubleshoot-kinds.ts';

/** Longest reason kept of an error text. */
export const REASON_MAX = 500;

/** Rows of `cluster-resources/<name>-errors.json`: a map from namespace to error, or a list of errors. */
export function errorRows(name: string, bytes: Buffer): readonly CoverageRow[] {
  const type = NAMESPACED_DIRS.get(name) ?? CLUSTER_FILES.get(name);
  if (type === undefined) return [];
  return rowsOfErrors(artifactOf(type), bytes, CLUSTER_SCOPE);
}

/** Rows of a record of errors: a map from namespace to error, or errors of the scope its file stands for. */
export function rowsOfErrors(artifact: string, bytes: Buffer, scope: Scope): readonly CoverageRow[] {
  const value = parse(bytes);
  if (value === undefined) return [row(artifact, scope, 'the record of errors cannot be read')];
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return texts(value).map((text) => row(artifact, scope, text));
  return Object.entries(value).flatMap(([namespace, error]) =>
    texts(error).map((text) => row(artifact, scopeOf(namespace), text)),
  );
}

/** The row of `<container>-logs-errors.log`: why a log is missing. */
export function logErrorRow(scope: Scope, bytes: Buffer): CoverageRow {
  const text = bytes.toString().trim();
  return row('logs', scope, text === '' ? 'the log could not be read' : text);
}

/** The artifact id of a type. */
export function artifactOf({ apiVersion, kind }: TypeHint): string {
  const slash = apiVersion.indexOf('/');
  return resourcesId(slash < 0 ? '' : apiVersion.slice(0, slash), kind);
}

function scopeOf(namespace: string): Scope {
  return namespace === '' ? CLUSTER_SCOPE : { type: 'namespace', namespace };
}

function row(artifact: string, scope: Scope, text: string): CoverageRow {
  const reason = text.replaceAll(/\s+/g, ' ').slice(0, REASON_MAX);
  const fix = fixOf(text);
  return { artifact, scope, outcome: outcomeOf(reason), reason, ...(fix ? { fix } : {}) };
}

/** How the API server words what no role allows (apiserver, responsewriters/errors.go). */
const DENIED = / cannot ([a-z]+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]+)")?/;

/** The rule that would have allowed what was refused. */
function fixOf(text: string): CoverageFix | undefined {
  const [, verb, resource, group = '', namespace] = DENIED.exec(text) ?? [];
  if (verb === undefined || resource === undefined) return undefined;
  const rule = { apiGroups: [group], resources: [resource], verbs: [verb] };
  return { rule, ...(namespace === undefined ? {} : { namespace }) };
}

/** The outcome behind an error of client-go, by its words. */
export function outcomeOf(text: string): Exclude<Outcome, 'collected'> {
  if (/forbidden|cannot (?:list|get) resource|not allowed/i.test(text)) return 'forbidden';
  if (/timed? ?out|deadline exceeded/i.test(text)) return 'timed-out';
  if (/not find the requested resource|not found/i.test(text)) return 'not-found';
  return 'error';
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

function texts(error: unknown): string[] {
  if (typeof error === 'string') return error === '' ? [] : [error];
  if (error === null || error === undefined) return [];
  if (Array.isArray(error)) return error.flatMap(texts);
  return [JSON.stringify(error)];
}
