import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { objectOf } from '../../scripts/samples/object.ts';
import type { ApiObject } from '../../scripts/samples/scenario.ts';
import type { Canary } from '../security/canary.ts';
import { plant } from '../security/canary-cluster.ts';
import { LOOK_ALIKES } from '../security/look-alikes.ts';
import { requireBinaries } from './binaries.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { kwokDocument } from './kwok.ts';
import { waitFor } from './processes.ts';
import { nodeStages, nodes, READY_NODES } from './workload/nodes.ts';
import { apply } from './workloads.ts';

/** A control plane full of planted secrets. */
export interface CanaryPlane {
  readonly plane: ControlPlane;
  /** Scratch folder, removed by `stop`. */
  readonly dir: string;
  /** Removed by what they look like or where they stand. */
  readonly canaries: readonly Canary[];
  /** Only `--known-secrets` finds them. */
  readonly reappearing: readonly Canary[];
  /** What the API server refused to take, a line each. */
  readonly refused: readonly string[];
  /** Token of an account that may do everything. */
  readonly token: string;
  stop(): Promise<void>;
}

const NAMESPACE = 'shop';
/** A place the API server cannot be given: it takes the status of a pod from its kubelet only. */
const STATUS_PLACE = 'object: message of a termination';

/** Starts a control plane and creates everything planted through its API. */
export async function startCanaryPlane(): Promise<CanaryPlane> {
  const binaries = await requireBinaries();
  const dir = await mkdtemp(join(tmpdir(), 'kubecase-canaries-'));
  const planted = plant();
  const logsFile = join(dir, 'app.log');
  await writeFile(logsFile, logLines(planted.log));
  const logs = kwokDocument(
    'ClusterLogs',
    { name: 'canaries' },
    { selector: { matchNamespaces: [NAMESPACE] }, logs: [{ containers: ['app'], logsFile }] },
  );
  const plane = await startControlPlane({ dir, binaries, kwok: [...nodeStages(), logs] });
  const stop = async (): Promise<void> => {
    await plane.stop();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const refused = await createAll(plane, planted.objects.filter(isPlaceable));
    const token = await tokenOf(plane);
    const canaries = planted.canaries.filter(({ name }) => name !== STATUS_PLACE);
    return { plane, dir, canaries, reappearing: planted.reappearing, refused, token, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function isPlaceable({ kind, status }: ApiObject & { readonly status?: unknown }): boolean {
  return !(kind === 'Pod' && JSON.stringify(status ?? '').includes('terminated'));
}

async function createAll(plane: ControlPlane, objects: readonly ApiObject[]): Promise<string[]> {
  await apply(plane, [
    ...nodes(),
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    PLUGIN_DEFINITION,
  ]);
  await must(
    plane,
    'wait',
    '--for=condition=Established',
    '--timeout=60s',
    'crd/kongplugins.configuration.konghq.com',
  );
  await waitFor('the service account of the namespace', async () => {
    const found = await plane.kubectl(['-n', NAMESPACE, 'get', 'serviceaccount', 'default']);
    return found.code === 0;
  });
  const harmless = objectOf(
    { kind: 'ConfigMap', namespace: NAMESPACE, name: 'look-alikes' },
    { data: { 'a.txt': LOOK_ALIKES.join('\nan ordinary line\n') } },
  );
  const created = [...objects, harmless].map(asCreated);
  const list = { apiVersion: 'v1', kind: 'List', items: created.filter((one) => !isApplied(one)) };
  const { stderr } = await plane.kubectl(['create', '--validate=false', '-f', '-'], JSON.stringify(list));
  const refused = stderr.split('\n').filter((line) => /error|invalid|forbidden/i.test(line));
  for (const one of created.filter(isApplied)) refused.push(...(await post(plane, one)));
  const running = ['-n', NAMESPACE, 'wait', '--for=condition=Ready', '--timeout=60s', 'pod/canary-lines'];
  await must(plane, ...running);
  return refused;
}

/** kubectl would write the annotation anew. */
function isApplied(object: unknown): boolean {
  return JSON.stringify(object).includes('"kubectl.kubernetes.io/last-applied-configuration":');
}

async function post(plane: ControlPlane, object: { readonly kind: string }): Promise<string[]> {
  const path = `/api/v1/namespaces/${NAMESPACE}/${object.kind.toLowerCase()}s`;
  const { code, stderr } = await plane.kubectl(['create', '--raw', path, '-f', '-'], JSON.stringify(object));
  return code === 0 ? [] : [stderr];
}

/** As a client creates it: what the API server gives an object itself is left out. */
function asCreated(object: ApiObject): { readonly kind: string; readonly metadata: object } {
  const { name, namespace, labels, annotations } = object.metadata as Readonly<Record<string, unknown>>;
  const { spec, status: _, ...rest } = object as ApiObject & { spec?: Readonly<Record<string, unknown>> };
  const isPod = object.kind === 'Pod';
  const ofAccount = JSON.stringify(object).includes('service-account-token')
    ? { 'kubernetes.io/service-account.name': 'default' }
    : {};
  return {
    ...rest,
    ...(spec ? { spec: isPod ? { ...spec, nodeName: READY_NODES[0] } : spec } : {}),
    ...(object.kind === 'Event'
      ? { involvedObject: { kind: 'Pod', namespace: NAMESPACE, name: 'canary-lines' } }
      : {}),
    metadata: { name, namespace, labels, annotations: { ...(annotations as object), ...ofAccount } },
  };
}

async function tokenOf(plane: ControlPlane): Promise<string> {
  const account = ['-n', NAMESPACE, 'create', 'serviceaccount', 'reader'];
  await must(plane, ...account);
  const binding = ['create', 'clusterrolebinding', 'reader', '--clusterrole=cluster-admin'];
  await must(plane, ...binding, `--serviceaccount=${NAMESPACE}:reader`);
  return (await must(plane, '-n', NAMESPACE, 'create', 'token', 'reader')).trim();
}

async function must(plane: ControlPlane, ...args: string[]): Promise<string> {
  const { stdout, stderr, code } = await plane.kubectl(args);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with code ${code}: ${stderr.trim()}`);
  return stdout;
}

/** A log as a container runtime keeps it (CRI): time, stream, whole line. */
function logLines(text: string): string {
  return text
    .split('\n')
    .map((line) => `2026-03-03T09:29:00.184020417Z stdout F ${line}\n`)
    .join('');
}

const PLUGIN_DEFINITION = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'kongplugins.configuration.konghq.com' },
  spec: {
    group: 'configuration.konghq.com',
    scope: 'Namespaced',
    names: { kind: 'KongPlugin', plural: 'kongplugins', singular: 'kongplugin', listKind: 'KongPluginList' },
    versions: [
      {
        ...{ name: 'v1', served: true, storage: true },
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};
