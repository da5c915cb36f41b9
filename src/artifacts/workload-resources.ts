import type {
  V1CronJob,
  V1DaemonSet,
  V1Deployment,
  V1Job,
  V1ReplicaSet,
  V1StatefulSet,
} from '@kubernetes/client-node';
import { resources } from '../model/artifact.ts';
import { CONDITIONS } from './resources.ts';

const POD_TEMPLATE = {
  metadata: { labels: true },
  spec: { containers: { name: true, image: true }, nodeSelector: true, tolerations: true },
} as const;

export const deployments = resources<V1Deployment>()('apps', 'Deployment', {
  metadata: { labels: true },
  spec: {
    replicas: true,
    selector: { matchLabels: true, matchExpressions: true },
    paused: true,
    template: POD_TEMPLATE,
  },
  status: {
    replicas: true,
    readyReplicas: true,
    availableReplicas: true,
    updatedReplicas: true,
    observedGeneration: true,
    conditions: CONDITIONS,
  },
});

export const replicaSets = resources<V1ReplicaSet>()('apps', 'ReplicaSet', {
  metadata: {
    labels: { 'pod-template-hash': true },
    annotations: { 'deployment.kubernetes.io/revision': true },
  },
  spec: { replicas: true },
  status: { replicas: true, readyReplicas: true, conditions: CONDITIONS },
});

export const statefulSets = resources<V1StatefulSet>()('apps', 'StatefulSet', {
  metadata: { labels: true },
  spec: { replicas: true, selector: { matchLabels: true }, serviceName: true, template: POD_TEMPLATE },
  status: {
    replicas: true,
    readyReplicas: true,
    updatedReplicas: true,
    currentRevision: true,
    updateRevision: true,
  },
});

export const daemonSets = resources<V1DaemonSet>()('apps', 'DaemonSet', {
  metadata: { labels: true },
  spec: { selector: { matchLabels: true }, template: POD_TEMPLATE },
  status: {
    desiredNumberScheduled: true,
    numberReady: true,
    numberUnavailable: true,
    updatedNumberScheduled: true,
  },
});

export const jobs = resources<V1Job>()('batch', 'Job', {
  metadata: { labels: true, annotations: { 'helm.sh/hook': true } },
  spec: { suspend: true, completions: true, parallelism: true, backoffLimit: true },
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
  spec: { suspend: true, schedule: true },
  status: { lastScheduleTime: true, lastSuccessfulTime: true },
});
