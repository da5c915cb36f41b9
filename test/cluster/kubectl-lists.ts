import type { ControlPlane } from './control-plane.ts';

/** A kind kubectl can list. */
export interface ListableKind {
  readonly name: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Id of the artifact in a bundle: `resources:<group|core>/<Kind>`. */
  readonly artifact: string;
}

/** Every listable kind of a server, as `kubectl api-resources` names them. */
export async function listableKinds(plane: ControlPlane, kubeconfig?: string): Promise<ListableKind[]> {
  const config = kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig];
  const { stdout } = await plane.kubectl([...config, 'api-resources', '--verbs=list', '--no-headers']);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const columns = line.trim().split(/\s+/);
      const [apiVersion = '', , kind = ''] = columns.slice(-3);
      const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : 'core';
      return { name: columns[0] ?? '', apiVersion, kind, artifact: `resources:${group}/${kind}` };
    });
}

/** Objects of one kind as the server returns them: in all namespaces, managed fields included. */
export async function listObjects(
  plane: ControlPlane,
  kind: ListableKind,
): Promise<{ metadata: { name: string; namespace?: string } }[]> {
  const root = kind.apiVersion.includes('/') ? '/apis' : '/api';
  const { stdout, stderr, code } = await plane.kubectl([
    'get',
    '--raw',
    `${root}/${kind.apiVersion}/${kind.name}`,
  ]);
  if (code !== 0) throw new Error(`kubectl could not list ${kind.name}: ${stderr.trim()}`);
  return JSON.parse(stdout).items;
}

/** `<namespace>/<name>` of every object of each kind, by artifact. */
export async function allNames(
  plane: ControlPlane,
  kinds: readonly ListableKind[],
): Promise<Map<string, Set<string>>> {
  const names = new Map<string, Set<string>>();
  for (const kind of kinds) {
    names.set(kind.artifact, new Set((await listObjects(plane, kind)).map(nameOf)));
  }
  return names;
}

/** `<namespace>/<name>`; the namespace is empty for cluster-scoped objects. */
export function nameOf(object: {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}
