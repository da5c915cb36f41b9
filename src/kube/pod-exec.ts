import type { WebSocket } from 'ws';
import { KubeError } from '../model/kube.ts';
import type { ExecOptions, ExecResult } from '../model/pod-requests.ts';
import { abortedError, connectionError, oneLine } from './failure.ts';
import { openPodSocket, withRenewal } from './pod-socket.ts';
import { EXEC_RULE } from './rbac-rule.ts';
import type { Transport } from './transport.ts';

/** v5 adds a CLOSE channel for stdin, which is not used here (apimachinery pkg/util/remotecommand). */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const STDOUT = 1;
const STDERR = 2;
/** Carries one `Status` with the exit code, when the command has ended. */
const OUTCOME = 3;

const TIMEOUT_MS = 30_000;
const MAX_BYTES = 16 * 1024 * 1024;
/** What a command says on stderr is quoted, never stored whole. */
const MAX_STDERR = 64 * 1024;

/** Output cut at a limit. */
interface Sink {
  readonly chunks: Buffer[];
  size: number;
}

/**
 * Runs a command in a container by its arguments, without a shell and without stdin. The deadline covers
 * everything; output beyond the limit ends the command's connection and sets `truncated`.
 */
export async function podExec(transport: Transport, options: ExecOptions): Promise<ExecResult> {
  const where = `container ${options.container} of pod ${options.namespace}/${options.pod}`;
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const late = new AbortController();
  const timer = setTimeout(() => {
    const command = options.command[0] ?? '';
    late.abort(new KubeError('timeout', `${where}: \`${command}\` did not end within ${timeoutMs / 1000} s`));
  }, timeoutMs);
  const signal = AbortSignal.any([options.signal, transport.closed, late.signal]);
  try {
    signal.throwIfAborted();
    return await withRenewal(transport, () => execOnce(transport, options, signal));
  } catch (error) {
    if (signal.aborted) throw signal.reason instanceof KubeError ? signal.reason : abortedError(where, error);
    throw connectionError(error, where);
  } finally {
    clearTimeout(timer);
  }
}

function execOnce(transport: Transport, options: ExecOptions, signal: AbortSignal): Promise<ExecResult> {
  const { promise, resolve, reject } = Promise.withResolvers<ExecResult>();
  const maxBytes = options.maxBytes ?? MAX_BYTES;
  const stdout: Sink = { chunks: [], size: 0 };
  const stderr: Sink = { chunks: [], size: 0 };
  let socket: WebSocket | undefined;
  let outcome: string | undefined;

  function settle(exitCode: number | undefined, truncated: boolean): void {
    resolve({ stdout: whole(stdout, maxBytes), stderr: whole(stderr, MAX_STDERR), exitCode, truncated });
    socket?.terminate();
  }

  function fail(error: Error): void {
    reject(error);
    socket?.terminate();
  }

  function onMessage(frame: unknown): void {
    const message = frame as Buffer;
    const data = message.subarray(1);
    if (message[0] === STDOUT) take(stdout, data);
    else if (message[0] === STDERR && stderr.size < MAX_STDERR) take(stderr, data);
    else if (message[0] === OUTCOME) outcome = `${outcome ?? ''}${data.toString('utf8')}`;
    if (stdout.size > maxBytes) settle(undefined, true);
  }

  function onClose(): void {
    if (outcome === undefined) {
      fail(new KubeError('unavailable', 'the connection ended before the command did'));
      return;
    }
    const ended = exitOf(outcome);
    if (typeof ended === 'number') settle(ended, false);
    else fail(new KubeError(ended.kind, ended.message));
  }

  const onAbort = () => fail(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  signal.addEventListener('abort', onAbort, { once: true });
  promise.finally(() => signal.removeEventListener('abort', onAbort)).catch(() => {});
  openPodSocket(
    transport,
    { path: execPath(options), protocols: PROTOCOLS, rule: EXEC_RULE },
    {
      attach(opened) {
        socket = opened;
        opened.on('message', onMessage);
        opened.on('close', onClose);
      },
      fail,
    },
  );
  if (signal.aborted) onAbort();
  return promise;
}

function execPath({ namespace, pod, container, command }: ExecOptions): string {
  const query = new URLSearchParams([
    ['container', container],
    ...command.map((argument): [string, string] => ['command', argument]),
    ['stdout', 'true'],
    ['stderr', 'true'],
  ]);
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/exec`;
  return `${path}?${query}`;
}

function take(sink: Sink, data: Buffer): void {
  sink.chunks.push(data);
  sink.size += data.length;
}

function whole({ chunks }: Sink, limit: number): Buffer {
  return Buffer.concat(chunks).subarray(0, limit);
}

/** The exit code the outcome channel tells, or why the command never ran. */
function exitOf(text: string): number | { readonly kind: 'not-found' | 'other'; readonly message: string } {
  let status: {
    status?: unknown;
    reason?: unknown;
    message?: unknown;
    details?: { causes?: { reason?: unknown; message?: unknown }[] };
  };
  try {
    status = JSON.parse(text);
  } catch {
    return { kind: 'other', message: oneLine(text) };
  }
  if (status.status === 'Success') return 0;
  const code = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  if (status.reason === 'NonZeroExitCode' && Number.isInteger(Number(code))) return Number(code);
  const message = oneLine(String(status.message ?? text));
  // The runtime's words for a command that is not in the image.
  const missing = /executable file not found|no such file or directory/.test(message);
  return { kind: missing ? 'not-found' : 'other', message };
}
