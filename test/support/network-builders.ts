import { ago, anyObject, type Built, condition, pod } from './builders.ts';

type Parts = Record<string, unknown>;

/** A pod of an agent on a node, ready unless `notReadyFor` seconds are given. */
export function agentPod(
  node: string,
  labels: Record<string, string>,
  { name = `agent-${node}`, notReadyFor }: { name?: string; notReadyFor?: number } = {},
): Built {
  return pod(name, {
    metadata: { namespace: 'kube-system', labels },
    spec: { nodeName: node, hostNetwork: true },
    ...(notReadyFor === undefined ? {} : { status: notReady(notReadyFor) }),
  });
}

/** The status of a pod that has not been ready for so many seconds. */
export function notReady(seconds: number): Parts {
  return { conditions: [condition('Ready', 'False', { lastTransitionTime: ago(seconds) })] };
}

/** A DaemonSet of kube-system whose pods carry these labels, on Linux nodes unless said otherwise. */
export function agentSet(name: string, labels: Record<string, string>, spec: Parts = {}): Built {
  return anyObject('apps/v1', 'DaemonSet', name, 'kube-system', {
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { tolerations: [{ operator: 'Exists' }], ...spec } },
    },
    status: { desiredNumberScheduled: 2, numberReady: 2 },
  });
}

/** An Ingress with one path of one host. */
export function ingress(name: string, service: object, parts: Parts & { spec?: Parts } = {}): Built {
  const { spec, ...rest } = parts;
  return anyObject('networking.k8s.io/v1', 'Ingress', name, 'shop', {
    ...rest,
    spec: {
      rules: [{ host: 'shop.example', http: { paths: [{ path: '/', backend: { service } }] } }],
      ...spec,
    },
  });
}

/** A NetworkPolicy of namespace shop. */
export function networkPolicy(name: string, spec: Parts): Built {
  return anyObject('networking.k8s.io/v1', 'NetworkPolicy', name, 'shop', { spec });
}

/** The DNS Service of kubeadm clusters. */
export function dnsService(parts: Parts & { spec?: Parts } = {}): Built {
  const { spec, ...rest } = parts;
  return anyObject('v1', 'Service', 'kube-dns', 'kube-system', {
    ...rest,
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.96.0.10',
      selector: { 'k8s-app': 'kube-dns' },
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
      ],
      ...spec,
    },
  });
}

/** A CoreDNS pod, ready unless `status` says otherwise. */
export function dnsPod(name = 'coredns-1', status: Parts = {}): Built {
  return pod(name, {
    metadata: { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
    spec: { containers: [{ name: 'coredns', image: 'registry.k8s.io/coredns/coredns:v1.12.0' }] },
    status,
  });
}

/** A log line with the time the kubelet gives it, so many seconds before the observation. */
export function logLine(seconds: number, text: string): string {
  return `${ago(seconds).replace('Z', '.000000000Z')} ${text}\n`;
}
