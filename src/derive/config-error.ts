/** Kinds a container takes its environment from. */
export type ConfigKind = 'Secret' | 'ConfigMap';

/** Why the kubelet could not put a container's configuration together. */
export type ConfigError =
  | { readonly type: 'missing'; readonly kind: ConfigKind; readonly name: string }
  | { readonly type: 'keyMissing'; readonly kind: ConfigKind; readonly name: string; readonly key: string }
  | { readonly type: 'imageRunsAsRoot' | 'rootAsked' }
  | { readonly type: 'userNotNumeric'; readonly user: string }
  | { readonly type: 'subPath'; readonly volume: string }
  | { readonly type: 'notRead' }
  | { readonly type: 'other' };

const KINDS: Readonly<Record<string, ConfigKind>> = {
  secret: 'Secret',
  secrets: 'Secret',
  configmap: 'ConfigMap',
  configmaps: 'ConfigMap',
};

/** The kubelet could not ask for the object, or was not allowed to: that says nothing about the object. */
const NOT_READ =
  /\bfailed to sync (?:secret|configmap) cache\b|\bnot registered\b|\bnot yet been read\b|\bis forbidden\b|\bdeadline exceeded\b|\btimed out\b|\bdial tcp\b/i;

/** Reads the message of `CreateContainerConfigError` (kubelet_pods.go, security_context.go, kuberuntime_container.go). */
export function readConfigError(message: string): ConfigError {
  const text = message.trim();
  const missing = /^(secrets?|configmaps?) "([^"]+)" not found$/.exec(text);
  const missingKind = KINDS[missing?.[1] ?? ''];
  if (missing && missingKind) return { type: 'missing', kind: missingKind, name: missing[2] as string };
  const key = /^couldn't find key (.+) in (Secret|ConfigMap) [^/\s]+\/(\S+)$/.exec(text);
  if (key) {
    return {
      type: 'keyMissing',
      key: key[1] as string,
      kind: key[2] as ConfigKind,
      name: key[3] as string,
    };
  }
  if (text.includes('runAsNonRoot and image will run as root')) return { type: 'imageRunsAsRoot' };
  if (text.includes('runAsUser breaks non-root policy')) return { type: 'rootAsked' };
  const user = /\bimage has non-numeric user \(([^)]*)\)/.exec(text);
  if (user) return { type: 'userNotNumeric', user: user[1] as string };
  const volume = /\bsubPath(?: directory)? for volumeMount "([^"]+)"/.exec(text);
  if (volume) return { type: 'subPath', volume: volume[1] as string };
  return NOT_READ.test(text) ? { type: 'notRead' } : { type: 'other' };
}
