import type { ContainerView } from './containers.ts';

/** Why a container could not be created or started, told apart where the remedy differs. */
export type StartFailureClass =
  | 'commandNotFound'
  | 'notExecutable'
  | 'wrongArchitecture'
  | 'killedForMemory'
  | 'mountKindDiffers'
  | 'mountFailed'
  | 'workingDirectory'
  | 'userUnknown'
  | 'noCommand'
  | 'diskFull'
  | 'runtimeNotAnswering'
  | 'runtimeBusy'
  | 'profileRefused'
  | 'deviceMissing';

/** A start failure read: its class, the name it holds (a command, a path, a user), and its last words. */
export interface StartFailure {
  /** Undefined when the words belong to no known class. */
  readonly failure: StartFailureClass | undefined;
  readonly name: string | undefined;
  readonly detail: string;
}

/** Reasons of a container that waits to be created or started (kubelet pkg/kubelet/container/sync_result.go, kuberuntime_container.go). */
const WAITING: readonly (string | undefined)[] = [
  'RunContainerError',
  'CreateContainerError',
  'PreCreateHookError',
  'PreStartHookError',
];
/** Reasons of a container that ended without having run: containerd and CRI-O, and dockershim. */
const ENDED: readonly (string | undefined)[] = ['StartError', 'ContainerCannotRun'];

/** Words of runc, crun, containerd and CRI-O, the more telling first; the first group is the name. */
const WORDS: readonly (readonly [StartFailureClass, RegExp])[] = [
  ['killedForMemory', /\bcontainer init was OOM-killed\b/],
  ['runtimeNotAnswering', /\bdial unix \/[\w./-]+\.sock\b/],
  ['diskFull', /\bno space left on device\b|\bdisk quota exceeded\b/i],
  ['wrongArchitecture', /\bexec format error\b/i],
  ['workingDirectory', /\bchdir to (?:cwd \()?["`]([^"`]+)["`]|\bmkdir ([^:]+): read-only file system/],
  [
    'mountKindDiffers',
    /\brootfs at \\?"([^"\\]+)\\?".*(?:\bdirectory onto a file\b|\bnot a directory\b)|\bmount `[^`]*` to `([^`]*)`: (?:Not|Is) a directory/i,
  ],
  ['mountFailed', /\bmounting \\?"[^"\\]+\\?" to rootfs at \\?"([^"\\]+)\\?"|\bmount `[^`]*` to `([^`]*)`/],
  [
    'commandNotFound',
    /\bexec: \\?"([^"\\]+)\\?": (?:stat [^:]+: )?(?:no such file or directory|executable file not found)|\bexecutable file ["`]([^"`]+)["`] not found|\bexec ([^\s:]+): no such file or directory/i,
  ],
  [
    'notExecutable',
    /\bexec: \\?"([^"\\]+)\\?": (?:stat [^:]+: )?(?:permission denied|is a directory)|\bexec ([^\s:]+): permission denied|\bopen executable: Permission denied/i,
  ],
  ['userUnknown', /\bunable to find (?:user|group) ([^:]+): no matching entries\b/],
  ['noCommand', /\bno command specified\b/i],
  ['profileRefused', /\bapparmor\b|\bseccomp\b|\bselinux\b/i],
  [
    'deviceMissing',
    /\bnvidia-container-(?:cli|runtime)\b|\bCDI devices?\b|\bgathering device information\b|\bdevice plugin\b/i,
  ],
  [
    'runtimeBusy',
    /\bname "[^"]*" is reserved for\b|\bcontainer name "[^"]*" is already in use\b|\bdeadline exceeded\b|\bDeadlineExceeded\b/i,
  ],
];

/** What every such error begins with; the cause stands behind it. */
const PREFIX =
  /^(?:rpc error: code = \w+ desc =|failed to (?:create|start) containerd (?:task|container):?|failed to create (?:shim )?task:?|failed to exec in container:?|failed to start exec "[^"]*":?|OCI runtime exec failed:?|exec failed:?|failed to start container "[^"]*":?|failed to generate (?:container "[^"]*" )?spec(?: opts)?:?|OCI runtime (?:create|start) failed:?|(?:runc|container_linux\.go:\d+:) (?:create|start) failed:?|container create failed:?|unable to start container process:?|error during container init:?|(?:starting container process|process_linux\.go:\d+:) caused:?|Error response from daemon:?)\s*/;

/** What a container that never ran failed with: its words, or undefined when it is not in this state. */
export function startFailureOf({ status }: ContainerView): string | undefined {
  const { waiting, terminated } = status.state ?? {};
  if (WAITING.includes(waiting?.reason)) return waiting?.message ?? waiting?.reason ?? '';
  const ended = terminated ?? (status.state?.running ? undefined : status.lastState?.terminated);
  if (!ended || !ENDED.includes(ended.reason)) return undefined;
  // Waiting for something else, as its image, it is past that failure.
  if (waiting && waiting.reason !== 'CrashLoopBackOff') return undefined;
  return ended.message ?? ended.reason ?? '';
}

/** Reads the error of a container runtime that could not create or start a container. */
export function readStartError(message: string): StartFailure {
  for (const [failure, pattern] of WORDS) {
    const match = pattern.exec(message);
    if (match) return { failure, name: match.slice(1).find((group) => group), detail: lastWords(message) };
  }
  return { failure: undefined, name: undefined, detail: lastWords(message) };
}

/** The cause in the message of `PostStartHookError`: what the hook wrote, else the error of running it. */
export function hookError(message: string): string {
  const [, error = message, output = ''] =
    /\bfailed - error: ([\s\S]*?)(?:, message: "([\s\S]*)")?$/.exec(message.trim()) ?? [];
  return lastWords(output.trim() === '' ? error : output);
}

function lastWords(message: string): string {
  let rest = message.trim().split('\n', 1)[0] ?? '';
  for (let match = PREFIX.exec(rest); match && match[0].length < rest.length; match = PREFIX.exec(rest)) {
    rest = rest.slice(match[0].length);
  }
  return rest.replace(/(?:: unknown)?\.?$/, '');
}
