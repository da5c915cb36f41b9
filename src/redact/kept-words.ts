import { MESSAGE_WORDS } from './message-words.ts';

/**
 * Words everyone uses, which name nobody and on which the diagnosis rests: those of Kubernetes and its API groups, of
 * components, protocols and stages. Names made of nothing else are kept.
 */
const KEPT_WORDS: ReadonlySet<string> = new Set(
  // Kubernetes: kinds, groups, fields and values that stand in lower case.
  (
    'k8s k3s kube kubernetes kubelet kubeadm kubectl kubeconfig kubeproxy io sigs x v1 v2 v3 v1alpha1 v1beta1 v1beta2 ' +
    'api apis apiserver apiserving apiextensions apiregistration admission admissionregistration apps app batch autoscaling policy ' +
    'networking network networks rbac authorization authentication auth certificates certificate cert certs coordination ' +
    'discovery events event flowcontrol scheduling storage snapshot snapshots metrics node nodes pod pods service ' +
    'services svc deployment deployments daemonset daemonsets statefulset statefulsets replicaset replicasets job jobs ' +
    'cronjob cronjobs configmap configmaps secret secrets serviceaccount serviceaccounts role roles rolebinding ' +
    'clusterrole clusterroles clusterrolebinding namespace namespaces endpoint endpoints endpointslice endpointslices ' +
    'ingress ingresses ingressclass gateway gateways httproute listener listeners route routes volume volumes claim ' +
    'claims persistentvolume persistentvolumeclaim persistentvolumeclaims storageclass lease leases crd crds resource resources quota ' +
    'limit limits limitrange request requests label labels annotation annotations selector selectors taint taints ' +
    'toleration tolerations affinity container containers init ephemeral image images tag digest port ports host hosts ' +
    'hostname ip ips address addresses cidr name names kind type types spec status data items list lists metadata uid ' +
    'group groups version versions user users subject subjects system cluster clusters master masters worker workers control plane ' +
    'controlplane controller controllers manager scheduler proxy etcd member members leader learner peer peers client clients server ' +
    'servers admin default defaults public true false null none nil all any always never local localhost localdomain ' +
    'internal external lan get watch create update patch delete deletecollection ' +
    'start started stop stopped stopping running pending ready unready failed failure fail succeeded success unknown ' +
    'active inactive enabled disabled enable disable healthy unhealthy health healthz livez readyz live liveness readiness startup probe probes error errors ' +
    'warn warning info debug trace fatal panic level msg message messages reason time timeout timeouts timestamp ts caller ' +
    'log logs logger logging file files path paths key keys value values config configs configuration conf mode code codes state states ' +
    'source sources target targets topology zone region class domain id index count size total max min rate cpu memory disk ' +
    'mount mounts device devices driver drivers csi cri cni oci runtime socket kernel ' +
    'systemd unit units journal process processes command commands args env shell bin sbin usr var etc opt run tmp dev proc sys root home lib mnt srv boot ' +
    'http https tcp udp sctp grpc h2c http2 tls ssl mtls dns ntp ssh ldap oidc jwt url uri web www com org net ' +
    'token tokens password bearer ca pki crt pem csr issuer issuers sign signer ' +
    'old new tail head first last current previous main primary secondary replica replicas backup restore ' +
    'support viewer view editor edit reader writer readonly guest oncall team ' +
    'operator operators webhook webhooks hook hooks agent agents addon addons plugin plugins driver helper daemon ' +
    'add remove set unset apply allow deny allowed denied block deploy rollout scale scaler scaling scaled lock locks ' +
    // Stages and roles that name nobody.
    'prod production stage staging dev devel development test tests testing qa uat demo sandbox example examples ' +
    'front frontend back backend database db cache queue infra infrastructure platform tools common shared ops security ' +
    'monitoring observability tracing telemetry loki grafana prometheus alertmanager thanos tempo jaeger fluentd ' +
    'fluentbit fluent bit vector elastic elasticsearch kibana opensearch redis postgres postgresql mysql mariadb mongo ' +
    'mongodb kafka zookeeper rabbitmq nats minio vault consul harbor gitlab jenkins nexus keycloak dex registry ' +
    // Components.
    'coredns kubedns flannel calico cilium hubble weave antrea canal ovn multus tigera whereabouts node local ' +
    'metallb traefik nginx haproxy envoy contour ambassador istio istiod istiocoredns citadel pilot galley ztunnel kiali ingressgateway egressgateway eastwest ' +
    'linkerd kong konghq kic dp cp hybrid konvoy kommander kubeaddons mesosphere d2iq dkp nkp ktenv kt virtual environment virtualenvironment nginxinc openresty lua ' +
    'manager cainjector acme letsencrypt keda velero longhorn rook ceph openebs local path provisioner nfs ebs efs gce ' +
    'pd azure aws gcp google amazonaws eks gke aks ec2 compute cloud vsphere openstack cinder ' +
    'argo argocd argoproj rollouts workflows flux fluxcd helm tiller kustomize kyverno gatekeeper opa falco dashboard ' +
    'descheduler cadvisor stats summary heapster reloader cattle rancher fleet openshift okd kubevirt ' +
    'knative serving eventing tekton pipelines crossplane containerd docker dockershim crio cri cgroup cgroups runc kind minikube desktop kwok ' +
    'vertical horizontal autoscaler hpa vpa pdb pvc pv sa rs ds sts cm ns no po ' +
    // Marks of redaction.
    'redacted argument named embedded json yaml opaque known own rule cookie webhook join hash credentials'
  ).split(' '),
);

/** Namespaces that belong to the platform whatever follows; Kubernetes reserves the first for itself. */
const PLATFORM = /^(?:kube|openshift)-/;

/** Search domains that are the same everywhere. */
const KEPT_DOMAINS =
  /^(?:svc\.)?cluster\.local$|^(?:[a-z]{2}(?:-[a-z]+){1,2}-\d\.)?compute\.(?:internal|amazonaws\.com)$|^ec2\.internal$/;

/** Whether a name says nothing of whose it is: words everyone uses, digits alone, or one or two letters. */
export function isGeneric(name: string): boolean {
  if (/^(?:[A-Za-z]{1,2}|[\d.:]+)$/.test(name)) return true;
  return name.split(/[^A-Za-z0-9]+/).every((word) => KEPT_WORDS.has(word) || MESSAGE_WORDS.has(word));
}

/** Whether a namespace is one of the platform's own. */
export function isPlatformNamespace(name: string): boolean {
  return PLATFORM.test(name);
}

/** Whether a domain is the same in every cluster. */
export function isGenericDomain(domain: string): boolean {
  return KEPT_DOMAINS.test(domain) || isGeneric(domain);
}
