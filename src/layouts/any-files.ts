import { CLUSTER_SCOPE } from '../model/scope.ts';
import type { LayoutEntry } from './layout.ts';

/** A resource file by extension and first bytes; undefined when it does not look like one. */
export function resourceByContent(path: string, first: Buffer): LayoutEntry | undefined {
  const format = formatOf(path);
  if (format === undefined) return undefined;
  const text = first.toString('utf8');
  const typed =
    format === 'json'
      ? /"apiVersion"\s*:/.test(text) || /"kind"\s*:/.test(text)
      : /^(?:- |\s+)?["']?apiVersion["']?:/m.test(text);
  if (!typed) return undefined;
  return { kind: 'resources', format, scope: CLUSTER_SCOPE, whole: false, sample: 0 };
}

/** The format a file name promises. */
export function formatOf(path: string): 'json' | 'yaml' | undefined {
  if (path.endsWith('.json')) return 'json';
  return /\.ya?ml$/.test(path) ? 'yaml' : undefined;
}
