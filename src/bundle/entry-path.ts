import { createHash } from 'node:crypto';
import type { ContentType } from '../model/artifact.ts';
import type { LogScope, Scope } from '../model/scope.ts';

/** Longest path segment; file systems end at 255 bytes, and a suffix follows. */
const SEGMENT_MAX = 200;

/** Marks a segment that was shortened; no Kubernetes name holds it. */
const SHORTENED = '~';

/** Extension of a document by its content type. */
export const EXTENSIONS: Readonly<Record<ContentType, string>> = {
  json: 'json',
  yaml: 'yaml',
  text: 'txt',
  pem: 'pem',
};

/** One path segment for a name that may hold anything: percent-encoded where needed, shortened when long. */
export function encodeSegment(name: string): string {
  const encoded = encodeURIComponent(name.toWellFormed()).replace(/^\.+$|^_|[~!'()*]/g, (part) =>
    [...part].map((char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
  if (encoded.length <= SEGMENT_MAX && encoded !== '') return encoded;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 12);
  const cut = encoded.slice(0, SEGMENT_MAX - 20).replace(/%[0-9A-F]?$/, '');
  return `${cut}${SHORTENED}${digest}`;
}

/** As {@link encodeSegment}, for the last segment: its end must not look like a sample or a previous log. */
function encodeLast(name: string): string {
  return encodeSegment(name).replace(/\.(?=(?:\d+|previous)$)/, '%2E');
}

/** The name a segment stands for; undefined when it was shortened or is not well formed. */
export function decodeSegment(segment: string): string | undefined {
  if (segment.includes(SHORTENED)) return undefined;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** Path of a list: `resources/<group|core>/<resource>/<namespace>.json`, `_cluster` for cluster scope. */
export function resourcePath(group: string, resource: string, scope: Scope, sample: number): string {
  const folder = `resources/${encodeSegment(group === '' ? 'core' : group)}/${encodeSegment(resource)}`;
  const name = scope.type === 'namespace' ? encodeLast(scope.namespace) : '_cluster';
  return `${folder}/${name}${sampleSuffix(sample)}.json`;
}

/**
 * Path of a log: `logs/<namespace>/<pod>/<container>.log`, `<container>.previous.log`, and of a node's units
 * `logs/_node/<node>/<unit>.log` (no namespace begins with `_`).
 */
export function logPath(scope: LogScope, sample: number): string {
  if (scope.type === 'unit') {
    return `logs/_node/${encodeSegment(scope.node)}/${encodeLast(scope.unit)}${sampleSuffix(sample)}.log`;
  }
  const folder = `logs/${encodeSegment(scope.namespace)}/${encodeSegment(scope.pod)}`;
  const previous = scope.previous ? '.previous' : '';
  return `${folder}/${encodeLast(scope.container)}${previous}${sampleSuffix(sample)}.log`;
}

/** Path of a document: `documents/<artifact>/<scope>.<extension>`. */
export function documentPath(
  artifact: string,
  scope: Scope,
  sample: number,
  contentType: ContentType,
): string {
  const name = artifact.split('/').map(encodeSegment).join('/');
  return `documents/${name}/${scopeSegments(scope)}${sampleSuffix(sample)}.${EXTENSIONS[contentType]}`;
}

function sampleSuffix(sample: number): string {
  return sample === 0 ? '' : `.${sample}`;
}

/** A scope as path segments; the first begins with `_`, which no artifact id does. */
function scopeSegments(scope: Scope): string {
  const [marker, ...names] = scopeParts(scope);
  const last = names.pop();
  return [marker, ...names.map(encodeSegment), ...(last === undefined ? [] : [encodeLast(last)])].join('/');
}

function scopeParts(scope: Scope): readonly string[] {
  switch (scope.type) {
    case 'cluster':
      return ['_cluster'];
    case 'namespace':
      return ['_namespace', scope.namespace];
    case 'container': {
      const marker = scope.previous ? '_previous' : '_container';
      return [marker, scope.namespace, scope.pod, scope.container];
    }
    case 'node':
      return ['_node', scope.node];
    case 'unit':
      return ['_unit', scope.node, scope.unit];
    case 'endpoint':
      return ['_endpoint', scope.endpoint];
    case 'object':
      return scope.namespace === undefined
        ? ['_object', scope.kind, scope.name]
        : ['_object', scope.kind, scope.namespace, scope.name];
  }
}

/** What a path of ours says of its entry, without the manifest. */
export type PathMeaning =
  | { readonly type: 'resources'; readonly scope: Scope; readonly sample: number }
  | { readonly type: 'log'; readonly scope: LogScope; readonly sample: number }
  | {
      readonly type: 'document';
      readonly artifact: string;
      readonly scope: Scope;
      readonly sample: number;
    };

/** The reverse of the paths above; undefined for any other path. */
export function readPath(path: string): PathMeaning | undefined {
  const segments = path.split('/');
  const top = segments.shift();
  const file = segments.pop();
  if (file === undefined) return undefined;
  if (top === 'resources' && segments.length === 2) return readResourcePath(file);
  if (top === 'logs' && segments.length === 2) return readLogPath(segments as [string, string], file);
  return top === 'documents' ? readDocumentPath(segments, file) : undefined;
}

/** A name as far as the path tells it: a shortened one stays as it is. */
function nameOf(segment: string): string {
  return decodeSegment(segment) ?? segment;
}

function readResourcePath(file: string): PathMeaning | undefined {
  const match = /^(.+?)(?:\.(\d+))?\.json$/.exec(file);
  if (match === null) return undefined;
  const name = match[1] ?? '';
  const scope: Scope =
    name === '_cluster' ? { type: 'cluster' } : { type: 'namespace', namespace: nameOf(name) };
  return { type: 'resources', scope, sample: Number(match[2] ?? 0) };
}

function readLogPath([namespace, pod]: [string, string], file: string): PathMeaning | undefined {
  const match = /^(.+?)(\.previous)?(?:\.(\d+))?\.log$/.exec(file);
  if (match === null) return undefined;
  if (namespace === '_node') {
    const unit = nameOf(`${match[1] ?? ''}${match[2] ?? ''}`);
    return { type: 'log', scope: { type: 'unit', node: nameOf(pod), unit }, sample: Number(match[3] ?? 0) };
  }
  return {
    type: 'log',
    scope: {
      type: 'container',
      namespace: nameOf(namespace),
      pod: nameOf(pod),
      container: nameOf(match[1] ?? ''),
      ...(match[2] === undefined ? {} : { previous: true }),
    },
    sample: Number(match[3] ?? 0),
  };
}

function readDocumentPath(folders: readonly string[], file: string): PathMeaning | undefined {
  const match = /^(.+?)(?:\.(\d+))?\.[a-z]+$/.exec(file);
  const parts = [...folders, match?.[1] ?? ''];
  const marker = parts.findIndex((part) => part.startsWith('_'));
  if (match === null || marker < 1) return undefined;
  const scope = readScope(parts[marker] ?? '', parts.slice(marker + 1).map(nameOf));
  if (scope === undefined) return undefined;
  const artifact = parts.slice(0, marker).map(nameOf).join('/');
  return { type: 'document', artifact, scope, sample: Number(match[2] ?? 0) };
}

function readScope(marker: string, names: readonly string[]): Scope | undefined {
  const [first = '', second = '', third = ''] = names;
  switch (`${marker} ${names.length}`) {
    case '_cluster 0':
      return { type: 'cluster' };
    case '_namespace 1':
      return { type: 'namespace', namespace: first };
    case '_container 3':
      return { type: 'container', namespace: first, pod: second, container: third };
    case '_previous 3':
      return { type: 'container', namespace: first, pod: second, container: third, previous: true };
    case '_node 1':
      return { type: 'node', node: first };
    case '_unit 2':
      return { type: 'unit', node: first, unit: second };
    case '_endpoint 1':
      return { type: 'endpoint', endpoint: first };
    case '_object 2':
      return { type: 'object', kind: first, name: second };
    case '_object 3':
      return { type: 'object', kind: first, namespace: second, name: third };
    default:
      return undefined;
  }
}
