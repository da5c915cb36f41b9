import { STATE_LABEL } from '../kwok.ts';
import type { KubernetesObject } from '../workload/object.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Name of the workload of each fault, of its one container and of its label `app`. */
export const APP = 'app';

/** An object with a spec. */
export function object(
  apiVersion: string,
  kind: string,
  metadata: KubernetesObject['metadata'],
  rest: Fields = {},
): KubernetesObject {
  return { apiVersion, kind, metadata, ...rest };
}

/** A pod spec with one container; `container` and `pod` add to it. */
export function podSpec(container: Fields = {}, pod: Fields = {}): Fields {
  return { containers: [{ name: APP, image: 'registry.example/app:1.4', ...container }], ...pod };
}

/** Requests and limits as given, for a container. */
export function resources(requests: Fields, limits?: Fields): Fields {
  return { resources: { requests, ...(limits ? { limits } : {}) } };
}

/** What {@link workload} differs in from one healthy replica. */
export interface WorkloadOptions {
  readonly replicas?: number;
  /** State its pods go to, in place of Running. */
  readonly state?: string;
  readonly spec?: Fields;
  /** Fields of the workload's own spec. */
  readonly fields?: Fields;
}

/** A Deployment, StatefulSet or DaemonSet called {@link APP}. */
export function workload(
  namespace: string,
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet',
  options: WorkloadOptions = {},
): KubernetesObject {
  const { replicas = 1, state, spec = podSpec(), fields } = options;
  return object(
    'apps/v1',
    kind,
    { name: APP, namespace },
    {
      spec: {
        ...(kind === 'DaemonSet' ? {} : { replicas }),
        selector: { matchLabels: { app: APP } },
        template: { metadata: { labels: labels(state) }, spec },
        ...fields,
      },
    },
  );
}

/** A Pod called {@link APP}. */
export function pod(namespace: string, spec: Fields = podSpec(), state?: string): KubernetesObject {
  return object('v1', 'Pod', { name: APP, namespace, labels: labels(state) }, { spec });
}

/** A Job called {@link APP} whose pods are not started again. */
export function job(namespace: string, options: { readonly state?: string; readonly fields?: Fields } = {}) {
  return object('batch/v1', 'Job', { name: APP, namespace }, { spec: jobSpec(options) });
}

/** The spec of a Job, also for the template of a CronJob. */
export function jobSpec({ state, fields }: { readonly state?: string; readonly fields?: Fields }): Fields {
  return {
    backoffLimit: 0,
    template: { metadata: { labels: labels(state) }, spec: podSpec({}, { restartPolicy: 'Never' }) },
    ...fields,
  };
}

function labels(state: string | undefined): Readonly<Record<string, string>> {
  return { app: APP, ...(state === undefined ? {} : { [STATE_LABEL]: state }) };
}

/** A Service called {@link APP} that selects the pods of the fault's workload. */
export function service(namespace: string, spec: Fields = {}): KubernetesObject {
  return object(
    'v1',
    'Service',
    { name: APP, namespace },
    {
      spec: { selector: { app: APP }, ports: [{ name: 'http', port: 80 }], ...spec },
    },
  );
}

/** A ResourceQuota called `team`. */
export function quota(namespace: string, hard: Fields, scope: Fields = {}): KubernetesObject {
  return object('v1', 'ResourceQuota', { name: 'team', namespace }, { spec: { hard, ...scope } });
}

/** A claim of 1 GiB called `data`, unless `spec` says otherwise. */
export function claim(namespace: string, spec: Fields = {}, name = 'data'): KubernetesObject {
  return object('v1', 'PersistentVolumeClaim', { name, namespace }, { spec: claimSpec(spec) });
}

/** The spec of a claim of 1 GiB, also for a StatefulSet's template. */
export function claimSpec(spec: Fields = {}): Fields {
  return { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec };
}

/** A pod's volume of the claim `data`. */
export const DATA_VOLUME: Fields = {
  volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
};
