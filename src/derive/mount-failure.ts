import type { ConfigKind } from './config-error.ts';

/** Why a volume could not be made ready for a pod. */
export type MountError =
  | { readonly type: 'sourceMissing'; readonly kind: ConfigKind; readonly name: string }
  | { readonly type: 'keyMissing'; readonly key: string }
  | { readonly type: 'tokenRefused' | 'sourceNotRead' }
  | { readonly type: 'claimMissing'; readonly name: string }
  | { readonly type: 'attachedElsewhere'; readonly pods: readonly string[] }
  | { readonly type: 'attachFailed' | 'fileSystemDamaged' | 'accessDenied' | 'serverNotReached' | 'other' }
  | { readonly type: 'hostPathMissing'; readonly path: string }
  | { readonly type: 'driverMissing'; readonly driver: string }
  | { readonly type: 'helperMissing'; readonly helper: string }
  /** Says only that it takes long: anything else that is known says more. */
  | { readonly type: 'timedOut'; readonly volumes: readonly string[] };

/** A mount error read: its class, the volume it names, and its last words. */
export interface MountFailure {
  readonly error: MountError;
  /** Name of the volume in the pod, or of the PersistentVolume for attaching. */
  readonly volume: string | undefined;
  readonly detail: string;
}

const SOURCE = /\b(secrets?|configmaps?) "([^"]+)" not found/i;
const KEY = /\breferences non-existent (?:config|secret) key: (\S+)/;
const CLAIM = /\bpersistentvolumeclaims? "([^"]+)" not found/i;
const DRIVER = /\bdriver name (\S+) not found in the list of registered CSI drivers/;
const HELPER = /(\/sbin\/mount\.[\w.<>-]+) helper program|\bunknown filesystem type '([^']+)'/;
const UNMOUNTED = /\bunmounted volumes=\[([^\]]*)\]/;
const IN_USE = /\bVolume is already used by pod\(s\) (.+)$/;

/** Words that tell the rest apart, the more telling first. */
const WORDS: readonly (readonly [
  'sourceNotRead' | 'tokenRefused' | 'fileSystemDamaged' | 'serverNotReached' | 'accessDenied',
  RegExp,
])[] = [
  [
    'sourceNotRead',
    /\bfailed to sync (?:secret|configmap) cache\b|\bobject "[^"]*"\/"[^"]*" not registered\b/,
  ],
  ['tokenRefused', /\bfailed to fetch token\b|\bserviceaccounts "[^"]*" not found\b/],
  [
    'fileSystemDamaged',
    /\bwrong fs type, bad option, bad superblock\b|\bfsck\b|\bStructure needs cleaning\b|\bcan't read superblock\b/i,
  ],
  [
    'serverNotReached',
    /\b(?:mount\S*|nfs|connect\S*): .*\b(?:Connection (?:refused|timed out)|No route to host|Network is unreachable)\b|\bno such host\b|\bFailed to resolve server\b|\bName or service not known\b/i,
  ],
  ['accessDenied', /\baccess denied by server\b|\bPermission denied\b|\bOperation not permitted\b/i],
];

/** What such an error begins with; the cause stands behind it. */
const PREFIX =
  /^(?:\(combined from similar events\):|(?:Mount|Map|Attach)Volume\.\w+ failed for volume "[^"]*" ?:|rpc error: code = \w+ desc =|mount failed: exit status \d+\s)\s*/;
const KINDS: Readonly<Record<string, ConfigKind>> = {
  secret: 'Secret',
  secrets: 'Secret',
  configmap: 'ConfigMap',
  configmaps: 'ConfigMap',
};

/** Reads an event `FailedMount`, `FailedAttachVolume` or `FailedMapVolume`. */
export function readMountError(message: string): MountFailure {
  const volume = /\bfor volume "([^"]+)"/.exec(message)?.[1];
  return { error: classify(message.trim()), volume, detail: lastWords(message) };
}

function classify(message: string): MountError {
  const [, kind, source] = SOURCE.exec(message) ?? [];
  if (kind && source) return { type: 'sourceMissing', kind: KINDS[kind.toLowerCase()]!, name: source };
  const key = KEY.exec(message)?.[1];
  if (key) return { type: 'keyMissing', key };
  const claim = CLAIM.exec(message)?.[1];
  if (claim) return { type: 'claimMissing', name: claim };
  if (message.includes('Multi-Attach error')) {
    const pods = IN_USE.exec(message)?.[1]?.split(/,\s*|\s+and\s+/) ?? [];
    return { type: 'attachedElsewhere', pods: pods.map((pod) => pod.trim()).filter(isName) };
  }
  const path = /\bhostPath type check failed: (\S+)/.exec(message)?.[1];
  if (path) return { type: 'hostPathMissing', path };
  const driver = DRIVER.exec(message)?.[1];
  if (driver) return { type: 'driverMissing', driver };
  const [, program, fileSystem] = HELPER.exec(message) ?? [];
  const helper = program ?? fileSystem;
  if (helper) return { type: 'helperMissing', helper };
  const unmounted = UNMOUNTED.exec(message)?.[1];
  if (unmounted !== undefined) return { type: 'timedOut', volumes: unmounted.split(/\s+/).filter(Boolean) };
  const found = WORDS.find(([, pattern]) => pattern.test(message))?.[0];
  if (found) return { type: found };
  return { type: message.startsWith('AttachVolume.') ? 'attachFailed' : 'other' };
}

function isName(text: string): boolean {
  return /^[a-z0-9][a-z0-9.-]*$/.test(text);
}

/** The cause without its frame; of the many lines `mount` writes, the one that names it. */
function lastWords(message: string): string {
  let rest = message.trim();
  for (let match = PREFIX.exec(rest); match && match[0].length < rest.length; match = PREFIX.exec(rest)) {
    rest = rest.slice(match[0].length);
  }
  const lines = rest.split('\n').map((line) => line.trim());
  const output = lines.find((line) => line.startsWith('Output:')) ?? lines[0] ?? '';
  return output.replace(/^Output: */, '').replace(/\.$/, '');
}
