import type { PodItem } from './resources.ts';

type Container = NonNullable<NonNullable<PodItem['spec']>['containers']>[number];

/**
 * A running etcd of the control plane: kubeadm, RKE2 and OpenShift label it; made by hand it runs the command in
 * kube-system.
 */
export function isEtcdPod(pod: PodItem): boolean {
  const { metadata, status } = pod;
  if (status?.phase !== 'Running' || metadata.deletionTimestamp) return false;
  const { labels = {} } = metadata;
  if (labels.component === 'etcd' && labels.tier === 'control-plane') return true;
  if (metadata.namespace === 'openshift-etcd') return labels.etcd === 'true';
  return metadata.namespace === 'kube-system' && etcdContainer(pod) !== undefined;
}

/** The container `etcdctl` is run in: OpenShift has one of its own for it, elsewhere it is etcd's. */
export function etcdContainer({ spec }: PodItem): Container | undefined {
  const containers = spec?.containers ?? [];
  return (
    containers.find(({ name }) => name === 'etcdctl') ??
    containers.find(({ name, command }) => name === 'etcd' || command?.[0]?.split('/').at(-1) === 'etcd')
  );
}

/** The value of a flag of etcd: `--<flag>=<value>`. */
export function etcdFlag({ spec }: PodItem, flag: string): string | undefined {
  const { command = [], args = [] } =
    spec?.containers.find(({ name, command }) => name === 'etcd' || command?.[0]?.endsWith('etcd')) ?? {};
  const found = [...command, ...args].find((argument) => argument.startsWith(`--${flag}=`));
  return found?.slice(flag.length + 3);
}
