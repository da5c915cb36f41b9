import type {
  CoreV1Event,
  V1ConfigMap,
  V1Lease,
  V1Namespace,
  V1Node,
  V1Pod,
  V1Secret,
} from '@kubernetes/client-node';
import { type ItemOf, resources } from '../model/artifact.ts';

/** Who wrote an object last, and in which version of its kind. */
export const WRITERS = { manager: true, apiVersion: true, time: true } as const;

/** Conditions of any kind. */
export const CONDITIONS = {
  type: true,
  status: true,
  reason: true,
  message: true,
  lastTransitionTime: true,
} as const;

const CONTAINER = {
  name: true,
  image: true,
  command: true,
  args: true,
  env: { name: true, value: true, valueFrom: true },
  envFrom: { configMapRef: { name: true, optional: true }, secretRef: { name: true, optional: true } },
  ports: { name: true, containerPort: true, hostPort: true, protocol: true },
  resources: { limits: true, requests: true },
  volumeMounts: { name: true, mountPath: true, subPath: true, readOnly: true },
  workingDir: true,
  imagePullPolicy: true,
  lifecycle: true,
  securityContext: { runAsUser: true, runAsNonRoot: true, readOnlyRootFilesystem: true, privileged: true },
  livenessProbe: true,
  readinessProbe: true,
  startupProbe: true,
  restartPolicy: true,
} as const;

const CONTAINER_STATUS = {
  name: true,
  ready: true,
  started: true,
  restartCount: true,
  image: true,
  imageID: true,
  containerID: true,
  state: true,
  lastState: true,
} as const;

/** Pods: spec as scheduled, statuses, conditions. */
export const pods = resources<V1Pod>()('', 'Pod', {
  metadata: {
    labels: true,
    annotations: {
      'kubernetes.io/config.mirror': true,
      'kubernetes.io/config.source': true,
      'scheduler.alpha.kubernetes.io/critical-pod': true,
      'seccomp.security.alpha.kubernetes.io/pod': true,
      // What Istio's injector was asked for and what it did.
      'sidecar.istio.io/status': true,
      'sidecar.istio.io/inject': true,
      'sidecar.istio.io/proxyImage': true,
      'proxy.istio.io/config': true,
      'traffic.sidecar.istio.io/includeInboundPorts': true,
      'traffic.sidecar.istio.io/excludeInboundPorts': true,
      'istio.io/rev': true,
      'ambient.istio.io/redirection': true,
    },
  },
  spec: {
    nodeName: true,
    nodeSelector: true,
    affinity: true,
    tolerations: true,
    hostNetwork: true,
    hostname: true,
    restartPolicy: true,
    schedulerName: true,
    schedulingGates: true,
    overhead: true,
    resources: { limits: true, requests: true },
    serviceAccountName: true,
    priorityClassName: true,
    priority: true,
    runtimeClassName: true,
    topologySpreadConstraints: true,
    dnsPolicy: true,
    hostAliases: true,
    subdomain: true,
    securityContext: { runAsUser: true, runAsNonRoot: true, fsGroup: true },
    terminationGracePeriodSeconds: true,
    imagePullSecrets: true,
    containers: CONTAINER,
    initContainers: CONTAINER,
    ephemeralContainers: { name: true, image: true },
    volumes: {
      name: true,
      emptyDir: { medium: true, sizeLimit: true },
      secret: { secretName: true, optional: true, items: { key: true } },
      configMap: { name: true, optional: true, items: { key: true } },
      persistentVolumeClaim: { claimName: true, readOnly: true },
      ephemeral: { volumeClaimTemplate: { spec: { storageClassName: true } } },
      csi: { driver: true },
      hostPath: { path: true, type: true },
      nfs: { server: true, path: true },
      projected: {
        sources: {
          secret: { name: true, optional: true },
          configMap: { name: true, optional: true },
          serviceAccountToken: { path: true },
        },
      },
    },
  },
  status: {
    phase: true,
    reason: true,
    message: true,
    podIP: true,
    hostIP: true,
    startTime: true,
    nominatedNodeName: true,
    qosClass: true,
    conditions: CONDITIONS,
    containerStatuses: CONTAINER_STATUS,
    initContainerStatuses: CONTAINER_STATUS,
    ephemeralContainerStatuses: CONTAINER_STATUS,
  },
});
export type PodItem = ItemOf<typeof pods>;

export const nodes = resources<V1Node>()(
  '',
  'Node',
  {
    metadata: { labels: true, annotations: { 'kwok.x-k8s.io/node': true } },
    spec: {
      taints: { key: true, value: true, effect: true, timeAdded: true },
      unschedulable: true,
      podCIDR: true,
      podCIDRs: true,
      providerID: true,
    },
    status: {
      conditions: { ...CONDITIONS, lastHeartbeatTime: true },
      addresses: { type: true, address: true },
      allocatable: true,
      capacity: true,
      nodeInfo: {
        kubeletVersion: true,
        containerRuntimeVersion: true,
        osImage: true,
        kernelVersion: true,
        architecture: true,
        operatingSystem: true,
        kubeProxyVersion: true,
        bootID: true,
      },
    },
  },
  { namespaced: false },
);
export type NodeItem = ItemOf<typeof nodes>;

export const namespaces = resources<V1Namespace>()(
  '',
  'Namespace',
  {
    // Who set which label, and when.
    metadata: { labels: true, managedFields: { time: true, fieldsV1: true } },
    spec: { finalizers: true },
    status: { phase: true, conditions: CONDITIONS },
  },
  { namespaced: false },
);
export type NamespaceItem = ItemOf<typeof namespaces>;

/** Core v1 events: the same objects as events.k8s.io, with both families of time fields. */
export const events = resources<CoreV1Event>()('', 'Event', {
  type: true,
  reason: true,
  message: true,
  count: true,
  firstTimestamp: true,
  lastTimestamp: true,
  eventTime: true,
  series: { count: true, lastObservedTime: true },
  involvedObject: { apiVersion: true, kind: true, namespace: true, name: true, uid: true, fieldPath: true },
  related: { apiVersion: true, kind: true, namespace: true, name: true },
  source: { component: true, host: true },
  reportingComponent: true,
});
export type EventItem = ItemOf<typeof events>;

/** Leases with the managers' times: the only stamp of the API server's clock on a lease. */
export const leases = resources<V1Lease>()('coordination.k8s.io', 'Lease', {
  metadata: { labels: true, managedFields: { manager: true, operation: true, time: true } },
  spec: {
    holderIdentity: true,
    leaseDurationSeconds: true,
    acquireTime: true,
    renewTime: true,
    leaseTransitions: true,
    strategy: true,
  },
});
export type LeaseItem = ItemOf<typeof leases>;

/** Secrets as metadata and public certificates: the writer has removed every other value. */
export const secrets = resources<V1Secret>()('', 'Secret', {
  metadata: {
    labels: true,
    annotations: { 'cert-manager.io/certificate-name': true },
    managedFields: { fieldsV1: true },
  },
  type: true,
  data: {
    'tls.crt': true,
    'ca.crt': true,
    'cert.pem': true,
    'cluster.crt': true,
    // Names other tools give to a serving certificate and its CA: ingress-nginx, Istio, etcd operators.
    cert: true,
    ca: true,
    'ca.pem': true,
    'ca-cert.pem': true,
    'cert-chain.pem': true,
    'root-cert.pem': true,
    'server.crt': true,
  },
});
export type SecretItem = ItemOf<typeof secrets>;

/** ConfigMaps: only the keys that hold public certificates or the cluster's own configuration. */
export const configMaps = resources<V1ConfigMap>()('', 'ConfigMap', {
  metadata: {
    // By which Helm 2, and Helm 3 with `HELM_DRIVER=configmap`, mark the revisions of releases.
    labels: {
      owner: true,
      name: true,
      status: true,
      version: true,
      modifiedAt: true,
      OWNER: true,
      NAME: true,
      STATUS: true,
      VERSION: true,
      MODIFIED_AT: true,
    },
    managedFields: { fieldsV1: true },
  },
  data: {
    'ca.crt': true,
    'client-ca-file': true,
    'requestheader-client-ca-file': true,
    'root-cert.pem': true,
    ClusterConfiguration: true,
    // cluster-info in kube-public: the cluster's address and CA as kubeadm publishes them.
    kubeconfig: true,
    // Istio: settings of the mesh, and of the injector as JSON (image, revision, defaults).
    mesh: true,
    values: true,
    // cluster-autoscaler-status: what the autoscaler says of its node groups.
    status: true,
    // Settings of Kong that hand-written deployments take from a ConfigMap as a whole.
    KONG_ROLE: true,
    KONG_CLUSTER_CONTROL_PLANE: true,
    KONG_CLUSTER_MTLS: true,
    KONG_CLUSTER_SERVER_NAME: true,
    KONG_CLUSTER_CERT: true,
    KONG_CLUSTER_CA_CERT: true,
    KONG_LUA_SSL_VERIFY_DEPTH: true,
  },
});
export type ConfigMapItem = ItemOf<typeof configMaps>;
