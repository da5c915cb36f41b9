import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane } from './control-plane.ts';
import { type KwokDocument, kwokDocument } from './kwok.ts';
import { waitFor } from './processes.ts';
import type { KubernetesObject } from './workload/object.ts';
import { apply } from './workloads.ts';

/** How many pods, with logs of how many lines. */
export interface SimulatedLoad {
  readonly pods: number;
  readonly lines: number;
}

const NAMESPACES = 10;
const NODES = 10;

/** What kwok serves as the log of every container: lines of about 240 bytes, as services that log JSON write them. */
export async function simulatedLogs(dir: string, lines: number): Promise<KwokDocument> {
  const folder = join(dir, 'simulated-logs');
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'service.log');
  const end = Date.now() - 60_000;
  const text = Array.from({ length: lines }, (_, index) => {
    const time = new Date(end - (lines - index) * 1000).toISOString();
    return `${time} stdout F ${JSON.stringify(message(index))}\n`;
  });
  await writeFile(file, text.join(''));
  return kwokDocument('ClusterLogs', { name: 'simulated' }, { logs: [{ logsFile: file, follow: false }] });
}

function message(index: number) {
  const trace = ((index + 1) * 2_654_435_761).toString(16).padStart(16, '0');
  return {
    level: index % 50 === 0 ? 'warn' : 'info',
    logger: 'orders.http',
    msg: 'request served',
    method: 'GET',
    path: `/orders/${index * 37}/positions`,
    status: 200,
    duration_ms: (index * 7) % 193,
    trace_id: trace,
    peer: `10.24.${index % 200}.${(index * 13) % 250}:40${String(index).padStart(3, '0')}`,
  };
}

/** Creates nodes and pods on them, and waits until all run. */
export async function createSimulatedPods(plane: ControlPlane, { pods }: SimulatedLoad): Promise<void> {
  const names = Array.from({ length: NAMESPACES }, (_, index) => `load-${index}`);
  const namespaces = names.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  await apply(plane, [...namespaces, ...Array.from({ length: NODES }, (_, index) => node(index))]);
  await waitFor('the service accounts of the namespaces', async () => {
    const accounts = await namesOf(plane, [
      'serviceaccounts',
      '-A',
      '--field-selector=metadata.name=default',
    ]);
    return accounts.length > NAMESPACES;
  });
  const all = Array.from({ length: pods }, (_, index) => pod(index));
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: all });
  const { code, stderr } = await plane.kubectl(['create', '-f', '-'], list);
  if (code !== 0) throw new Error(`pods cannot be made: ${stderr}`);
  const running = ['pods', '-A', '--field-selector=status.phase=Running'];
  const allRun = async (): Promise<boolean> => (await namesOf(plane, running)).length === pods;
  await waitFor(`${pods} running pods`, allRun, { seconds: 600 });
}

async function namesOf(plane: ControlPlane, what: readonly string[]): Promise<string[]> {
  const { stdout } = await plane.kubectl(['get', ...what, '-o', 'name']);
  return stdout.split('\n').filter((line) => line !== '');
}

function node(index: number): KubernetesObject {
  const capacity = { cpu: '64', memory: '256Gi', pods: '500' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `load-node-${index}`, annotations: { 'kwok.x-k8s.io/node': 'fake' } },
    status: { allocatable: capacity, capacity },
  };
}

/** On a node from the beginning: the scheduler would take longer than everything that is measured. */
function pod(index: number): KubernetesObject {
  const app = `service-${index % 50}`;
  const probe = { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 10 };
  const env = Array.from({ length: 8 }, (_, at) => {
    return { name: `SETTING_${at}`, value: `${app}.internal.example.com/${at}?mode=standard` };
  });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${app}-${String(index).padStart(4, '0')}`,
      namespace: `load-${index % NAMESPACES}`,
      labels: { app, 'app.kubernetes.io/part-of': 'load' },
    },
    spec: {
      nodeName: `load-node-${index % NODES}`,
      automountServiceAccountToken: false,
      containers: [
        {
          name: 'main',
          image: `registry.example.com/load/${app}:1.4.2`,
          args: ['--listen=:8080', '--log-format=json'],
          ports: [{ name: 'http', containerPort: 8080 }],
          env,
          resources: { requests: { cpu: '100m', memory: '128Mi' } },
          livenessProbe: probe,
          readinessProbe: probe,
        },
      ],
    },
  };
}
