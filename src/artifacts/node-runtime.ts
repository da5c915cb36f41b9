import { document } from '../model/artifact.ts';
import { sectionLines, type TextSection, textSections } from './text-sections.ts';

/** Container runtime of a node, as its own commands tell. */
export interface NodeRuntime {
  /** Version of the command line tool. */
  readonly clientVersion?: string;
  /** Version of the running daemon. */
  readonly serverVersion?: string;
  /** What was printed instead of the daemon's answer. */
  readonly error?: string;
  readonly runcVersion?: string;
}

/**
 * Container runtime of a node, scope node; text with a line `==> name <==` above each part, standard error
 * with standard output:
 * - `ctr`: `ctr version` (`Client:`, `Version:`, `Server:`), also what stands before the first such line;
 * - `crictl`: `crictl version` (`RuntimeVersion: v1.7.2`);
 * - `containerd`: `containerd --version` (`containerd github.com/containerd/containerd v1.7.2 …`);
 * - `runc`: `runc --version` (`runc version 1.1.7`).
 */
export const nodeRuntime = document<NodeRuntime>({
  id: 'node-runtime',
  title: 'Container runtime of a node',
  contentType: 'text',
  rearranged: true,
  maxBytes: 256 * 1024,
  parse(bytes) {
    const sections = textSections(bytes);
    const runtime: NodeRuntime = {
      ...clientOf(sections),
      ...readCtr([...(sectionLines(sections, '') ?? []), ...(sectionLines(sections, 'ctr') ?? [])]),
      ...readCrictl(sectionLines(sections, 'crictl') ?? []),
      ...runcOf(sections),
    };
    if (Object.keys(runtime).length === 0) throw new Error('nothing about a container runtime is in it');
    return runtime;
  },
});

/** What commands say when the daemon does not answer on its socket (gRPC, Go's net package). */
const NO_ANSWER =
  /connection refused|no such file or directory|context deadline exceeded|connection error|permission denied/;

function readCtr(lines: readonly string[]): NodeRuntime {
  let part: 'clientVersion' | 'serverVersion' | undefined;
  const versions: { clientVersion?: string; serverVersion?: string } = {};
  for (const line of lines) {
    if (/^Client:/.test(line)) part = 'clientVersion';
    else if (/^Server:/.test(line)) part = 'serverVersion';
    const version = /^\s+Version:\s+v?(\S+)/.exec(line)?.[1];
    if (part && version !== undefined) versions[part] = version;
  }
  return { ...versions, ...errorOf(lines, versions.serverVersion) };
}

function readCrictl(lines: readonly string[]): NodeRuntime {
  const version = lines.flatMap((line) => /^RuntimeVersion:\s+v?(\S+)/.exec(line)?.[1] ?? [])[0];
  return { ...(version === undefined ? {} : { serverVersion: version }), ...errorOf(lines, version) };
}

function errorOf(lines: readonly string[], version: string | undefined): NodeRuntime {
  const error = version === undefined ? lines.find((line) => NO_ANSWER.test(line)) : undefined;
  return error === undefined ? {} : { error: error.trim() };
}

function clientOf(sections: readonly TextSection[]): NodeRuntime {
  const line = sectionLines(sections, 'containerd')?.[0] ?? '';
  const version = /^containerd \S+ v?(\S+)/.exec(line)?.[1];
  return version === undefined ? {} : { clientVersion: version };
}

function runcOf(sections: readonly TextSection[]): NodeRuntime {
  const version = /^runc version (\S+)/.exec(sectionLines(sections, 'runc')?.[0] ?? '')?.[1];
  return version === undefined ? {} : { runcVersion: version };
}
