import type {
  V1CronJob,
  V1DaemonSet,
  V1Deployment,
  V1Job,
  V1ReplicaSet,
  V1StatefulSet,
} from '@kubernetes/client-node';
import { resources } from '../model/artifact.ts';
import { CONDITIONS, WRITERS } from './resources.ts';

/** When the spec was last written, without what was written: the only time a new generation has. */
const WRITTEN = { subresource: true, time: true } as const;

/** Which Helm release an object is part of. */
export const RELEASE = { 'meta.helm.sh/release-name': true } as const;

const POD_TEMPLATE = {
  metadata: { labels: true },
  spec: {
    serviceAccountName: true,
    priorityClassName: true,
    runtimeClassName: true,
    imagePullSecrets: { name: true },
    nodeSelector: true,
    tolerations: true,
    affinity: true,
    restartPolicy: true,
    hostNetwork: true,
    terminationGracePeriodSeconds: true,
    containers: {
      name: true,
      image: true,
      command: true,
      args: true,
      ports: { name: true, containerPort: true, hostPort: true, protocol: true },
      resources: { limits: true, requests: true },
    },
    initContainers: { name: true, image: true, resources: { limits: true, requests: true } },
    volumes: {
      name: true,
      secret: { secretName: true, optional: true },
      configMap: { name: true, optional: true },
      persistentVolumeClaim: { claimName: true },
    },
  },
} as const;

export const deployments = resources<V1Deployment>()('apps', 'Deployment', {
  metadata: {
    labels: true,
    annotations: { 'deployment.kubernetes.io/revision': true, ...RELEASE },
    managedFields: WRITTEN,
  },
  spec: {
    replicas: true,
    selector: { matchLabels: true, matchExpressions: true },
    paused: true,
    strategy: true,
    minReadySeconds: true,
    progressDeadlineSeconds: true,
    template: POD_TEMPLATE,
  },
  status: {
    replicas: true,
    readyReplicas: true,
    availableReplicas: true,
    unavailableReplicas: true,
    updatedReplicas: true,
    observedGeneration: true,
    conditions: { ...CONDITIONS, lastUpdateTime: true },
  },
});

/** ReplicaSets: of the template the images only, since a cluster holds ten of them per Deployment. */
export const replicaSets = resources<V1ReplicaSet>()('apps', 'ReplicaSet', {
  metadata: {
    labels: { 'pod-template-hash': true },
    annotations: { 'deployment.kubernetes.io/revision': true },
  },
  spec: {
    replicas: true,
    selector: { matchLabels: true },
    template: {
      metadata: { labels: true },
      spec: { serviceAccountName: true, containers: { name: true, image: true } },
    },
  },
  status: {
    replicas: true,
    readyReplicas: true,
    availableReplicas: true,
    observedGeneration: true,
    conditions: CONDITIONS,
  },
});

export const statefulSets = resources<V1StatefulSet>()('apps', 'StatefulSet', {
  metadata: { labels: true, annotations: RELEASE, managedFields: WRITTEN },
  spec: {
    replicas: true,
    selector: { matchLabels: true, matchExpressions: true },
    serviceName: true,
    podManagementPolicy: true,
    updateStrategy: true,
    ordinals: true,
    volumeClaimTemplates: { metadata: { name: true }, spec: { storageClassName: true } },
    template: POD_TEMPLATE,
  },
  status: {
    replicas: true,
    readyReplicas: true,
    availableReplicas: true,
    currentReplicas: true,
    updatedReplicas: true,
    currentRevision: true,
    updateRevision: true,
    observedGeneration: true,
    conditions: CONDITIONS,
  },
});

export const daemonSets = resources<V1DaemonSet>()('apps', 'DaemonSet', {
  metadata: { labels: true, annotations: RELEASE, managedFields: WRITTEN },
  spec: {
    selector: { matchLabels: true, matchExpressions: true },
    updateStrategy: true,
    template: POD_TEMPLATE,
  },
  status: {
    desiredNumberScheduled: true,
    currentNumberScheduled: true,
    numberMisscheduled: true,
    numberReady: true,
    numberAvailable: true,
    numberUnavailable: true,
    updatedNumberScheduled: true,
    observedGeneration: true,
    conditions: CONDITIONS,
  },
});

export const jobs = resources<V1Job>()('batch', 'Job', {
  metadata: {
    labels: true,
    annotations: { 'helm.sh/hook': true, ...RELEASE },
  },
  spec: {
    suspend: true,
    completions: true,
    parallelism: true,
    backoffLimit: true,
    activeDeadlineSeconds: true,
    ttlSecondsAfterFinished: true,
    template: POD_TEMPLATE,
  },
  status: {
    active: true,
    succeeded: true,
    failed: true,
    conditions: CONDITIONS,
    startTime: true,
    completionTime: true,
  },
});

export const cronJobs = resources<V1CronJob>()('batch', 'CronJob', {
  metadata: { managedFields: { ...WRITTEN, ...WRITERS } },
  spec: {
    suspend: true,
    schedule: true,
    timeZone: true,
    concurrencyPolicy: true,
    startingDeadlineSeconds: true,
    jobTemplate: {
      spec: {
        template: {
          metadata: { labels: true },
          spec: { containers: { name: true, image: true, command: true, args: true } },
        },
      },
    },
  },
  status: {
    active: { namespace: true, name: true },
    lastScheduleTime: true,
    lastSuccessfulTime: true,
  },
});
