/** A pod evicted because it wrote more than it may, as `status.message` tells (facts: control-plane-and-nodes.md §7.4). */
export type StorageEviction =
  | { readonly type: 'emptyDir'; readonly volume: string; readonly limit: string }
  | { readonly type: 'pod'; readonly limit: string }
  | { readonly type: 'container'; readonly container: string; readonly limit: string };

/** Reads the three messages of a limit of local storage (pkg/kubelet/eviction/helpers.go); undefined for every other eviction. */
export function readStorageEviction(message: string): StorageEviction | undefined {
  const emptyDir = /^Usage of EmptyDir volume "([^"]+)" exceeds the limit "([^"]+)"/.exec(message);
  if (emptyDir) return { type: 'emptyDir', volume: emptyDir[1] as string, limit: emptyDir[2] as string };
  const pod = /^Pod ephemeral local storage usage exceeds the total limit of containers (\S+?)\.?\s*$/.exec(
    message,
  );
  if (pod) return { type: 'pod', limit: pod[1] as string };
  const container = /^Container (\S+) exceeded its local ephemeral storage limit "([^"]+)"/.exec(message);
  if (container) {
    return { type: 'container', container: container[1] as string, limit: container[2] as string };
  }
  return undefined;
}
