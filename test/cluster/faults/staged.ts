import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../../src/model/report.ts';
import { backdate } from '../backdate.ts';
import { requireBinaries } from '../binaries.ts';
import {
  type CommandResult,
  type ControlPlane,
  type ControlPlaneOptions,
  startControlPlane,
} from '../control-plane.ts';
import { analyze, kubecase } from '../kubecase.ts';
import { waitFor } from '../processes.ts';
import type { KubernetesObject } from '../workload/object.ts';
import type { Fault, FaultCluster } from './fault.ts';
import { HEALTHY_NAMESPACES, healthy, healthySettled } from './healthy.ts';
import { faultLogs, writeLog } from './logs.ts';
import { object } from './objects.ts';
import { lookAround } from './seen.ts';

/** How long ago everything seems to have been created: analyzers give what has just come some time. */
export const AGE_SECONDS = 7200;

/** Kinds whose age matters, by their place in etcd. */
const AGED = [
  'minions',
  'pods',
  'deployments',
  'replicasets',
  'statefulsets',
  'daemonsets',
  'jobs',
  'cronjobs',
  'services/specs',
  'endpointslices',
  'persistentvolumeclaims',
  'persistentvolumes',
  'resourcequotas',
  'horizontalpodautoscalers',
  'poddisruptionbudgets',
  'namespaces',
  'ingress',
  'configmaps',
  'validatingwebhookconfigurations',
  'mutatingwebhookconfigurations',
  'apiregistration.k8s.io/apiservices',
].map((path) => `/registry/${path}/`);

/** Kinds that decide about others and so are there before them. */
const FIRST = new Set([
  'Node',
  'ResourceQuota',
  'LimitRange',
  'StorageClass',
  'PriorityClass',
  'PersistentVolume',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
]);

/** A cluster with faults in it, collected once. */
export interface Staged {
  readonly plane: ControlPlane;
  readonly dir: string;
  readonly collected: CommandResult;
  readonly report: Report;
  stop(): Promise<void>;
}

/** Stages faults beside healthy namespaces in a cluster of their own, waits for the controllers, collects and analyzes. */
export async function stageFaults(
  faults: readonly Fault[],
  flags: Partial<ControlPlaneOptions> = {},
): Promise<Staged> {
  const binaries = await requireBinaries();
  const dir = await mkdtemp(join(tmpdir(), 'kubecase-faults-'));
  let plane: ControlPlane | undefined;
  const stop = async (): Promise<void> => {
    await plane?.stop();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const logs = await Promise.all(faults.map((fault) => faultLogs(dir, fault)));
    const healthyLogs = HEALTHY_NAMESPACES.map((name) => faultLogs(dir, { name }));
    const kwok = faults.flatMap((fault) => fault.kwok ?? []);
    kwok.push(...logs, ...(await Promise.all(healthyLogs)));
    plane = await startControlPlane({ ...flags, dir, binaries, kwok });
    await stage(plane, faults);
    return { plane, dir, ...(await collectAndAnalyze(plane, 'faults')), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A bundle of everything and its report. */
export async function collectAndAnalyze(
  plane: ControlPlane,
  name: string,
): Promise<Pick<Staged, 'collected' | 'report'>> {
  const file = join(plane.dir, `${name}.tar.gz`);
  const command = ['collect', '--kubeconfig', plane.kubeconfig, '--output-file', file];
  const collected = await kubecase(command, plane.dir);
  const { report } = await analyze(file, plane.dir);
  return { collected, report };
}

async function stage(plane: ControlPlane, faults: readonly Fault[]): Promise<void> {
  const cluster = clusterOf(plane);
  const objects = [...healthy(), ...faults.flatMap((fault) => fault.objects)];
  const isFirst = ({ kind }: KubernetesObject): boolean => FIRST.has(kind);
  await cluster.apply([
    ...HEALTHY_NAMESPACES.map((name) => namespace(name)),
    ...faults.map(({ name, namespaceLabels }) => namespace(name, namespaceLabels)),
    ...objects.filter(isFirst),
  ]);
  const names = [...HEALTHY_NAMESPACES, ...faults.map(({ name }) => name)];
  await waitFor('service accounts and counted quotas', async () => isPrepared(cluster, names));
  await cluster.apply(objects.filter((one) => !isFirst(one)));
  await Promise.all(faults.map((fault) => fault.afterwards?.(cluster)));
  await settle(cluster, faults);
  await backdate(plane.etcd, AGE_SECONDS, AGED);
}

/** The cluster as a fault may touch it. */
export function clusterOf(plane: ControlPlane): FaultCluster {
  const kubectl = async (args: readonly string[], input?: string): Promise<CommandResult> =>
    plane.kubectl(args, input);
  return {
    kubectl,
    apply: async (objects) => {
      const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
      const { code, stderr } = await kubectl(['create', '-f', '-'], list);
      if (code !== 0) throw new Error(`not every object was created: ${stderr.trim()}`);
    },
    backdate: (path) => backdate(plane.etcd, AGE_SECONDS, [`/registry/${path}/`]),
    writeLog: async (name, lines) => {
      await writeLog(plane.dir, `${name}.log`, lines);
    },
  };
}

function namespace(name: string, labels?: Readonly<Record<string, string>>): KubernetesObject {
  return object('v1', 'Namespace', { name, ...(labels ? { labels } : {}) });
}

async function isPrepared(cluster: FaultCluster, namespaces: readonly string[]): Promise<boolean> {
  const { stdout } = await cluster.kubectl(['get', 'serviceaccounts,resourcequotas', '-A', '-o', 'json']);
  const { items } = JSON.parse(stdout) as {
    items: { kind: string; metadata: { namespace: string }; status?: { hard?: unknown } }[];
  };
  const accounts = new Set(
    items.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.namespace),
  );
  const counted = items.every(({ kind, status }) => kind !== 'ResourceQuota' || status?.hard !== undefined);
  return counted && namespaces.every((name) => accounts.has(name));
}

async function settle(cluster: FaultCluster, faults: readonly Fault[]): Promise<void> {
  let waiting: readonly string[] = [];
  const settled = async (): Promise<boolean> => {
    const seen = await lookAround((args) => cluster.kubectl(args));
    waiting = faults.filter((fault) => !fault.settled(seen(fault.name))).map(({ name }) => name);
    if (!HEALTHY_NAMESPACES.every((name) => healthySettled(seen(name)))) waiting = [...waiting, 'healthy'];
    return waiting.length === 0;
  };
  await waitFor('every fault', settled, { seconds: 90 }).catch((error: unknown) => {
    throw new Error(`not settled: ${waiting.join(', ')}`, { cause: error });
  });
}
