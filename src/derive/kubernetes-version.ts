/** Major and minor number of a Kubernetes version. */
export interface KubernetesVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** `v1.34.1`, `1.30.4+k3s1`, `v1.29.0-eks-5e0fdde`; undefined for anything else. */
export function parseKubernetesVersion(text: string | undefined): KubernetesVersion | undefined {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(text ?? '');
  if (!match) return undefined;
  const [major = 0, minor = 0, patch = 0] = match.slice(1).map(Number);
  return { major, minor, patch };
}

/** How many minor versions the first is ahead of the second; negative: behind. Kubernetes has had one major version. */
export function minorsAhead(a: KubernetesVersion, b: KubernetesVersion): number {
  return (a.major - b.major) * 1000 + (a.minor - b.minor);
}

/**
 * How many minor versions a kubelet or kube-proxy may be behind the API server: two before 1.25, three since
 * (https://kubernetes.io/releases/version-skew-policy/).
 */
export function allowedLag(kubelet: KubernetesVersion): number {
  return kubelet.major === 1 && kubelet.minor < 25 ? 2 : 3;
}
