import { type ServiceItem, services } from '../artifacts/network-resources.ts';
import { type PodItem, pods } from '../artifacts/resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { matchesLabels } from './label-selector.ts';
import { hasEnded } from './pod-readiness.ts';

/** The DNS of the cluster: the Service pods ask, and the pods that answer. */
export interface ClusterDns {
  /** Undefined when none is there or Services were not seen. */
  readonly service: ServiceItem | undefined;
  /** Its servers, ended pods left out. */
  readonly pods: readonly PodItem[];
  /** The namespace it lives in. */
  readonly namespace: string;
  /** Whether a cache runs on each node, so that pods ask their own node instead of the Service. */
  readonly hasNodeCache: boolean;
}

/** Where distributions keep it: kubeadm, kind, k3s and clouds; RKE2's chart; OpenShift (control-plane-and-nodes §7.8). */
const DNS_SERVICES: readonly (readonly [string, string])[] = [
  ['kube-system', 'kube-dns'],
  ['kube-system', 'coredns'],
  ['kube-system', 'rke2-coredns-rke2-coredns'],
  ['openshift-dns', 'dns-default'],
];
/** Labels of its pods, CoreDNS having kept that of kube-dns. */
const DNS_LABELS: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['kube-system', { 'k8s-app': 'kube-dns' }],
  ['kube-system', { 'app.kubernetes.io/name': 'coredns' }],
  ['openshift-dns', { 'dns.operator.openshift.io/daemonset-dns': 'default' }],
];
const NODE_CACHE = 'node-local-dns';

/** The cluster's DNS wherever the distribution has put it. */
export const clusterDns = defineDerived({
  id: 'cluster-dns',
  title: 'Cluster DNS',
  needs: { services: optional(services), pods: optional(pods) },
  derive(inputs): ClusterDns {
    const found = DNS_SERVICES.map(([namespace, name]) => inputs.services.lookup({ namespace, name })).find(
      (lookup) => lookup.state === 'present',
    );
    const service = found?.item;
    const selector = service?.spec?.selector;
    const servers = inputs.pods.items.filter(
      (pod) =>
        !hasEnded(pod) &&
        (selector && Object.keys(selector).length > 0
          ? pod.metadata.namespace === service.metadata.namespace &&
            matchesLabels(pod.metadata.labels, selector)
          : isLabelledDns(pod)),
    );
    return {
      service,
      pods: servers,
      namespace: service?.metadata.namespace ?? servers[0]?.metadata.namespace ?? 'kube-system',
      hasNodeCache: inputs.pods.items.some((pod) => pod.metadata.labels?.['k8s-app'] === NODE_CACHE),
    };
  },
});

function isLabelledDns({ metadata }: PodItem): boolean {
  return DNS_LABELS.some(
    ([namespace, labels]) => metadata.namespace === namespace && matchesLabels(metadata.labels, labels),
  );
}
