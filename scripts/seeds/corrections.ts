import type { SeedCorrection } from './seed-row.ts';

/** `kubectl rollout restart deployment kube-apiserver`. */
export const RESTART_STATIC_PODS: SeedCorrection = {
  says: 'With kubeadm these are static pods, no Deployments: they are restarted by moving their manifests away for 20 seconds and back; `kubectl delete pod` removes the mirror only.',
  page: 'certificate/expired',
  quote: '`kubectl rollout restart deployment kube-apiserver` restarts nothing',
};

/** `kubectl get deployments | grep apiserver`. */
export const NO_DEPLOYMENTS: SeedCorrection = {
  says: 'Control-plane components are no Deployments: look at the pods with the label `tier=control-plane` and at the nodes.',
  page: 'control-plane/single-point-of-failure',
  quote: 'Deployments of these components do not exist',
};

/** `kubeadm kubeconfig user --client-name=admin > admin.conf`. */
export const KUBECONFIGS_RENEWED: SeedCorrection = {
  says: '`kubeadm certs renew all` renews the certificates inside admin.conf, controller-manager.conf and scheduler.conf; those made by hand would have the wrong name and group. kubelet.conf is renewed by the kubelet.',
  page: 'certificate/expired',
  quote: 'would have the wrong name and group',
};

/** The ports 10251 and 10252. */
export const SECURE_PORTS: SeedCorrection = {
  says: 'The scheduler listens on 10259 and the controller-manager on 10257, both with TLS and on 127.0.0.1: nothing has to be opened for them.',
  page: 'control-plane/kubelet-unreachable',
  quote: '10257 and 10259 need not be open at all',
};

/** `kubectl get endpoints kube-scheduler`. */
export const LEADER_IN_LEASE: SeedCorrection = {
  says: 'Leader election uses leases since 1.20; Endpoints of that name do not exist.',
  page: 'control-plane/leader-lease-stale',
  quote: 'leader election uses leases since Kubernetes 1.20',
};

/** `curl …/healthz`. */
export const HEALTHZ_DEPRECATED: SeedCorrection = {
  says: '`/healthz` is deprecated: `/livez` and `/readyz` name each check.',
  page: 'control-plane/api-server-check-failing',
  quote: '`/healthz` is deprecated',
};

/** `etcdctl snapshot restore`. */
export const RESTORE_WITH_ETCDUTL: SeedCorrection = {
  says: 'From etcd 3.6 on the command is `etcdutl snapshot restore`; etcdctl no longer has it.',
  page: 'etcd/backup-missing',
  quote: '`etcdutl snapshot restore` from etcd 3.6 on',
};

/** `etcdctl --name … --initial-cluster …`, and the split brain it is to mend. */
export const NO_SPLIT_BRAIN: SeedCorrection = {
  says: 'Raft has no split brain: the real states are a lost quorum, members of different clusters, and damaged data. The flags shown are those of `etcd`, not of `etcdctl`, and `--initial-cluster-state new` beside data that exist destroys them.',
  page: 'etcd/member-unhealthy',
  quote: 'Split brain, which older guides offer to mend, cannot happen with raft',
};

/** `curl -k https://localhost:2379/health`. */
export const ETCD_WANTS_CERTIFICATE: SeedCorrection = {
  says: 'etcd of kubeadm refuses whoever shows no client certificate; its metrics port answers on `http://127.0.0.1:2381/health`.',
  page: 'etcd/member-unhealthy',
  quote: '`curl http://127.0.0.1:2381/health`',
};

/** A Pod written by hand. */
export const MANIFEST_FILE: SeedCorrection = {
  says: 'An applied Pod mends nothing: the file in /etc/kubernetes/manifests does, and `kubeadm init phase control-plane` writes it. The image registry, the annotation and `--bind-address` shown are out of date.',
  page: 'control-plane/component-not-running',
  quote: 'with `k8s.gcr.io`, an annotation for critical pods and `--bind-address=0.0.0.0`',
};

/** `cat /etc/kubernetes/manifests/…` for a systemd service. */
export const UNIT_HAS_FLAGS: SeedCorrection = {
  says: 'That folder belongs to static pods; a systemd unit has its flags in the unit or its environment file.',
  page: 'control-plane/manifest-invalid',
  quote: 'Systemd units have their flags in the unit or its environment file',
};

/** `systemctl stop etcd` on clusters whose etcd is a static pod. */
export const ETCD_IS_NO_UNIT: SeedCorrection = {
  says: 'With kubeadm etcd is a static pod: systemctl finds no unit, and the manifest is what stops it.',
  page: 'etcd/member-unhealthy',
  quote: '`systemctl stop etcd` finds no unit there',
};

/** `kubectl logs -l component=…`. */
export const LOGS_BY_LABEL: SeedCorrection = {
  says: 'With a selector kubectl prints the last ten lines of each pod only, unless `--tail=-1` is given.',
  page: 'control-plane/component-not-running',
  quote: 'prints the last ten lines of each only',
};

/** `kubectl logs … | grep -i error`. */
export const ERRORS_BEGIN_WITH_E: SeedCorrection = {
  says: 'Error lines of the components begin with `E` and need not hold the word; etcd says many things at level `warn` only.',
  page: 'control-plane/component-not-running',
  quote: '`grep -i error` misses those without the word',
};

/** `kubectl drain --delete-local-data`. */
export const DELETE_EMPTYDIR_DATA: SeedCorrection = {
  says: 'The flag was renamed: `--delete-emptydir-data`.',
  page: 'node/cordoned',
  quote: '`--delete-emptydir-data` in kubectl 1.20',
};

/** `kubectl exec … -- /bin/sh -c "etcdctl …"`. */
export const NO_SHELL: SeedCorrection = {
  says: 'Images of etcd hold no shell: run `etcdctl` itself.',
  page: 'etcd/member-unhealthy',
  quote: 'etcd images hold no shell',
};
