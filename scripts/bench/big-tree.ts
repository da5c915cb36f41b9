import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { logBlock } from './scan-corpus.ts';

/** How much a generated cluster holds. */
export interface TreeSize {
  readonly logBytes: number;
  readonly pods: number;
}

/** Shares of the facts' corpus: some 50 pods and 110 events for each megabyte of objects. */
const PODS_PER_NAMESPACE = 500;
const NODES = 300;
const EVENTS_PER_POD = 2;
const LOG_BYTES = 320 * 1024;
const HIT_SHARE = 0.0075;
const OBSERVED = '2026-01-02T12:00:00Z';

/**
 * Writes the content of a customer's bundle as a folder in the layout of a troubleshoot support bundle:
 * objects as lists by namespace, logs by container. The same bytes in every run.
 */
export function writeTree(root: string, { logBytes, pods }: TreeSize): void {
  const put = (path: string, text: string | Buffer): void => {
    const file = join(root, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
  };
  put(
    'version.yaml',
    'apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec:\n  versionNumber: 1\n',
  );
  put(
    'cluster-resources/nodes.json',
    list(
      'v1',
      'NodeList',
      Array.from({ length: NODES }, (_, index) => node(index)),
    ),
  );
  const spaces = Math.max(1, Math.ceil(pods / PODS_PER_NAMESPACE));
  const namespaces = Array.from({ length: spaces }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: meta(`team-${index}`),
  }));
  put('cluster-resources/namespaces.json', list('v1', 'NamespaceList', namespaces));
  for (let space = 0; space < spaces; space++) {
    const indexes = Array.from(
      { length: Math.min(PODS_PER_NAMESPACE, pods - space * PODS_PER_NAMESPACE) },
      (_, index) => index,
    );
    put(
      `cluster-resources/pods/team-${space}.json`,
      list(
        'v1',
        'PodList',
        indexes.map((index) => pod(space, index)),
      ),
    );
    const events = indexes.flatMap((index) =>
      Array.from({ length: EVENTS_PER_POD }, (_, nth) => event(space, index, nth)),
    );
    put(`cluster-resources/events/team-${space}.json`, list('v1', 'EventList', events));
    put(
      `cluster-resources/services/team-${space}.json`,
      list(
        'v1',
        'ServiceList',
        indexes.filter((index) => index % 10 === 0).map((index) => service(space, index)),
      ),
    );
  }
  const logs = Math.ceil(logBytes / LOG_BYTES);
  for (let index = 0; index < logs; index++) {
    const space = index % spaces;
    const of = Math.floor(index / spaces) % PODS_PER_NAMESPACE;
    put(
      `cluster-resources/pods/logs/team-${space}/app-${of}-7d9f8/app.log`,
      stamped(logBlock(LOG_BYTES, HIT_SHARE, index + 1)),
    );
  }
}

/** Kubelet timestamps before every line, as collectors ask for them. */
function stamped(block: Buffer): string {
  return block.toString('latin1').replace(/^(?=.)/gm, `${OBSERVED.slice(0, -1)}.123456789Z `);
}

/** One item per line, so that the packer can hand items on as bytes, the way they come from an API server. */
function list(apiVersion: string, kind: string, items: readonly object[]): string {
  const head = JSON.stringify({ kind, apiVersion, metadata: { resourceVersion: '991' } });
  return `${head.slice(0, -1)},"items":[\n${items.map((item) => JSON.stringify(item)).join(',\n')}\n]}\n`;
}

function meta(name: string, namespace?: string, labels?: object): object {
  const managedFields = [
    {
      manager: 'kube-controller-manager',
      operation: 'Update',
      time: OBSERVED,
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
        'f:spec': { 'f:containers': { 'k:{"name":"app"}': { 'f:image': {}, 'f:resources': {} } } },
      },
    },
  ];
  return {
    name,
    namespace,
    labels,
    uid: `uid-${namespace ?? ''}-${name}`,
    resourceVersion: '77',
    creationTimestamp: '2026-01-01T00:00:00Z',
    managedFields,
  };
}

function node(index: number): object {
  const conditions = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].map((type) => ({
    type,
    status: type === 'Ready' ? 'True' : 'False',
    lastHeartbeatTime: OBSERVED,
    lastTransitionTime: '2026-01-01T00:00:00Z',
    reason: 'Kubelet',
    message: 'kubelet says so',
  }));
  const images = Array.from({ length: 40 }, (_, nth) => ({
    names: [`registry.example/team/app-${nth}@sha256:${'ab'.repeat(32)}`],
    sizeBytes: 123456789,
  }));
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: meta(`node-${index}`),
    spec: {},
    status: {
      conditions,
      images,
      allocatable: { cpu: '16', memory: '64Gi', pods: '110' },
      nodeInfo: { kubeletVersion: 'v1.34.1' },
    },
  };
}

function pod(space: number, index: number): object {
  const env = Array.from({ length: 24 }, (_, nth) => ({
    name: `SETTING_${nth}`,
    value: `value of setting ${nth} for app ${index} in team ${space}`,
  }));
  const probe = {
    httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' },
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  };
  const container = {
    name: 'app',
    image: `registry.example/team-${space}/app:${index}`,
    env,
    ports: [{ containerPort: 8080 }],
    livenessProbe: probe,
    readinessProbe: probe,
    resources: { limits: { memory: '512Mi' }, requests: { cpu: '100m', memory: '256Mi' } },
    volumeMounts: [{ name: 'config', mountPath: '/etc/app' }],
    terminationMessagePath: '/dev/termination-log',
    imagePullPolicy: 'IfNotPresent',
  };
  const conditions = ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
    type,
    status: 'True',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: meta(`app-${index}-7d9f8`, `team-${space}`, {
      app: `app-${index}`,
      'pod-template-hash': '7d9f8',
    }),
    spec: {
      nodeName: `node-${(space * 7 + index) % NODES}`,
      containers: [container, { ...container, name: 'sidecar' }],
      volumes: [{ name: 'config', configMap: { name: `app-${index}` } }],
    },
    status: {
      phase: 'Running',
      podIP: `10.1.${space % 250}.${index % 250}`,
      conditions,
      containerStatuses: ['app', 'sidecar'].map((name) => ({
        name,
        ready: true,
        started: true,
        restartCount: 0,
        image: 'x',
        state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
        lastState: {},
      })),
    },
  };
}

function event(space: number, index: number, nth: number): object {
  const involvedObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    namespace: `team-${space}`,
    name: `app-${index}-7d9f8`,
    uid: `uid-team-${space}-app-${index}-7d9f8`,
  };
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: meta(`app-${index}.${nth}`, `team-${space}`),
    involvedObject,
    type: 'Normal',
    reason: 'Pulled',
    message: `Container image "registry.example/team-${space}/app:${index}" already present on machine`,
    firstTimestamp: OBSERVED,
    lastTimestamp: OBSERVED,
    count: 3,
    source: { component: 'kubelet', host: `node-${index % NODES}` },
  };
}

function service(space: number, index: number): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta(`app-${index}`, `team-${space}`),
    spec: {
      selector: { app: `app-${index}` },
      clusterIP: '10.96.0.1',
      type: 'ClusterIP',
      ports: [{ port: 80, targetPort: 8080 }],
    },
  };
}
