import { CLUSTER_SCOPE } from '../model/scope.ts';
import { formatOf, resourceByContent } from './any-files.ts';
import type { Layout, LayoutEntry } from './layout.ts';

/**
 * The layout of last resort, files of `kubectl get -o yaml|json`: any JSON or YAML with apiVersion and kind is a
 * resource wherever it lies. A list is taken for the answer of one LIST of what its items span; a single object
 * proves presence only. Logs are not read, since nobody can say whose they are.
 */
export const kubectlGet: Layout = {
  id: 'kubectl-get',
  title: 'files of kubectl get',
  recognise: () => undefined,

  classify(path, first): LayoutEntry {
    const entry = resourceByContent(path, first) ?? nameless(path, first.toString('utf8'));
    if (entry?.kind !== 'resources') return { kind: 'ignored' };
    return isList(first.toString('utf8')) ? { ...entry, whole: true, scopeByItems: true } : entry;
  },
};

/** The output of the command in a file of another name, `pods.txt`, when it begins like it. */
function nameless(path: string, text: string): LayoutEntry | undefined {
  if (formatOf(path) !== undefined || !/(?:^|\/)[^/.]+(?:\.(?:txt|out))?$/.test(path)) return undefined;
  const format = /^\uFEFF?\s*\{\s*"(?:apiVersion|kind|items)"/.test(text)
    ? 'json'
    : /^\uFEFF?(?:---\s+)?(?:apiVersion|kind): \S/.test(text)
      ? 'yaml'
      : undefined;
  return format && { kind: 'resources', format, scope: CLUSTER_SCOPE, whole: false, sample: 0 };
}

/** Whether a file begins like a list; its items come before its kind as kubectl sorts them. */
function isList(text: string): boolean {
  return (
    /^\uFEFF?\s*\{\s*(?:"(?:apiVersion|kind)"\s*:\s*"[^"]*"\s*,\s*|"metadata"\s*:\s*\{[^{}]*\}\s*,\s*)*"items"/.test(
      text,
    ) ||
    /^\uFEFF?(?:---.*\r?\n)?(?:(?:apiVersion|kind): .*\r?\n|metadata:.*\r?\n(?: .*\r?\n)*)*items:/.test(text)
  );
}
