import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of files a test makes; removed by `remove`. */
export interface ScratchFolder {
  readonly path: string;
  /** Writes text, or an object as JSON, and returns the file's path. */
  write(name: string, content: string | object): string;
  remove(): void;
}

/** Makes an empty folder below the system's folder for temporary files. */
export function scratchFolder(): ScratchFolder {
  const path = mkdtempSync(join(tmpdir(), 'kubecase-test-'));
  return {
    path,
    write(name, content) {
      const file = join(path, name);
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
      return file;
    },
    remove: () => rmSync(path, { recursive: true }),
  };
}

/** A kubeconfig of one cluster `c`, one user `user-of-<context>` and one context. */
export function kubeconfigOf(fields: {
  context: string;
  server?: string;
  cluster?: object;
  user?: object;
  namespace?: string;
  current?: string;
}): object {
  const { context, namespace } = fields;
  return {
    clusters: [
      { name: 'c', cluster: { server: fields.server ?? 'https://127.0.0.1:6443', ...fields.cluster } },
    ],
    users: [{ name: `user-of-${context}`, user: fields.user ?? {} }],
    contexts: [{ name: context, context: { cluster: 'c', user: `user-of-${context}`, namespace } }],
    'current-context': fields.current ?? context,
  };
}
