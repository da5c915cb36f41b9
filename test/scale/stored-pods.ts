import type { ControlPlane } from '../cluster/control-plane.ts';
import { waitFor } from '../cluster/processes.ts';

/** Namespaces the pods are spread over, the later ones with as many as the first. */
const NAMESPACES = 50;

/** Operations etcd takes in one transaction unless told otherwise (`--max-txn-ops`). */
const TRANSACTION = 128;

/** Transactions under way at once. */
const PARALLEL = 4;

/**
 * Writes pods as kube-apiserver stores them when nobody has scheduled them yet. They go straight to etcd: to make as
 * many through the API takes a hundred times as long, and what is read afterwards is the same.
 */
export async function storePods(plane: ControlPlane, from: number, to: number): Promise<void> {
  if (from === 0) await createNamespaces(plane);
  const starts: number[] = [];
  for (let start = from; start < to; start += TRANSACTION) starts.push(start);
  const next = starts[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (const start of next) await storeRun(plane.etcd, start, Math.min(to, start + TRANSACTION));
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  await waitFor('an API server that knows the pods', () => isServed(plane), { seconds: 600 });
}

/** Its cache lags behind what nobody told it of; the second page of a list is made from the cache. */
async function isServed(plane: ControlPlane): Promise<boolean> {
  const page = (token: string) => plane.kubectl(['get', '--raw', `/api/v1/pods?limit=1${token}`]);
  const first = await page('');
  if (first.code !== 0) return false;
  const { metadata } = JSON.parse(first.stdout) as { metadata: { continue: string } };
  return (await page(`&continue=${encodeURIComponent(metadata.continue)}`)).code === 0;
}

async function createNamespaces(plane: ControlPlane): Promise<void> {
  const items = Array.from({ length: NAMESPACES }, (_, index) => {
    return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespaceOf(index) } };
  });
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const { code, stderr } = await plane.kubectl(['create', '-f', '-'], list);
  if (code !== 0) throw new Error(`namespaces cannot be made: ${stderr}`);
}

async function storeRun(etcd: string, from: number, to: number): Promise<void> {
  const success = Array.from({ length: to - from }, (_, offset) => {
    const object = pod(from + offset);
    const { name, namespace } = object.metadata;
    const key = base64(`/registry/pods/${namespace}/${name}`);
    return { request_put: { key, value: base64(JSON.stringify(object)) } };
  });
  const reply = await fetch(`${etcd}/v3/kv/txn`, { method: 'POST', body: JSON.stringify({ success }) });
  if (!reply.ok) throw new Error(`etcd refused pods: ${reply.status} ${await reply.text()}`);
  await reply.body?.cancel();
}

function namespaceOf(index: number): string {
  return `load-${String(index % NAMESPACES).padStart(2, '0')}`;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** About 4 KB, as a pod of a Deployment with a probe, some environment and what its writers noted on it. */
function pod(index: number) {
  const namespace = namespaceOf(index);
  const app = `service-${String(index % 1000).padStart(3, '0')}`;
  const suffix = index.toString(36).padStart(5, '0');
  const uid = `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
  const created = '2026-01-01T00:00:00Z';
  const labels = { app, 'pod-template-hash': '5d89b7c6f4', 'app.kubernetes.io/part-of': 'load' };
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: `${app}-5d89b7c6f4`,
    uid: `00000000-0000-4000-9000-${(index % 1000).toString(16).padStart(12, '0')}`,
    controller: true,
    blockOwnerDeletion: true,
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${app}-5d89b7c6f4-${suffix}`,
      generateName: `${app}-5d89b7c6f4-`,
      namespace,
      uid,
      creationTimestamp: created,
      labels,
      ownerReferences: [owner],
      managedFields: [
        {
          manager: 'kube-controller-manager',
          operation: 'Update',
          apiVersion: 'v1',
          time: created,
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:metadata': { 'f:labels': fields(labels) }, 'f:spec': fields(spec(app)) },
        },
      ],
    },
    spec: spec(app),
    status: { phase: 'Pending', qosClass: 'Burstable' },
  };
}

function fields(value: object): Record<string, object> {
  return Object.fromEntries(Object.keys(value).map((name) => [`f:${name}`, {}]));
}

function spec(app: string) {
  const probe = { httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' }, periodSeconds: 10 };
  const timing = { timeoutSeconds: 1, successThreshold: 1, failureThreshold: 3 };
  const env = Array.from({ length: 12 }, (_, index) => {
    return { name: `SETTING_${index}`, value: `${app}.internal.example.com/${index}?mode=standard` };
  });
  return {
    containers: [
      {
        name: 'main',
        image: `registry.example.com/load/${app}:1.4.2`,
        args: ['--listen=:8080', '--log-format=json', `--name=${app}`],
        ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
        env,
        resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
        volumeMounts: [{ name: 'config', readOnly: true, mountPath: '/etc/service' }],
        livenessProbe: { ...probe, ...timing },
        readinessProbe: { ...probe, ...timing },
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        imagePullPolicy: 'IfNotPresent',
      },
    ],
    volumes: [{ name: 'config', configMap: { name: `${app}-config`, defaultMode: 420 } }],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'default',
    serviceAccount: 'default',
    automountServiceAccountToken: false,
    securityContext: {},
    schedulerName: 'default-scheduler',
    tolerations: ['not-ready', 'unreachable'].map((taint) => {
      return {
        key: `node.kubernetes.io/${taint}`,
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      };
    }),
    priority: 0,
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
  };
}
