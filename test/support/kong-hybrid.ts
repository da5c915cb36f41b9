import { analyzers } from '../../analyzers/index.ts';
import { analyzeStore } from '../../src/analyze/analyze.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { Finding } from '../../src/model/finding.ts';
import {
  ago,
  type Built,
  controlledBy,
  deployment,
  endpointSlice,
  lease,
  node,
  secret,
  service,
} from './builders.ts';
import { base64, certificatePem } from './certificates.ts';
import { replicaSet } from './controller-builders.ts';
import { type Given, type GivenLog, storeOf } from './given.ts';
import { ADDRESS, kongLogOf, notAsked, registry, row } from './kong.ts';
import { type ChartPodParts, chartPod, databasePlane } from './kong-pods.ts';

const DAY = 86_400;
/** Kong of the hybrid cluster below. */
export const IMAGE = 'kong:3.6.1';
/** Address of the load balancer that control planes see in place of their data planes. */
export const BALANCER = '10.9.0.1';
export const valid = await certificatePem('kong_clustering', ago(365 * DAY), ago(-365 * DAY));

/** The pods of the data planes, and those of the control planes. */
export const DATA_PLANES = [0, 1, 2, 3, 4, 5].map((index) => `kong-dp-kong-6d9c7b8f54-${index}`);
export const CONTROL_PLANES = ['kong-cp-kong-7c9d6f5b8-0', 'kong-cp-kong-7c9d6f5b8-1'];

/** What a scenario changes of a sound hybrid cluster. */
export interface HybridParts {
  /** Of data planes, by their index. */
  readonly dataPlane?: (index: number) => ChartPodParts;
  readonly address?: string;
  readonly mtls?: Readonly<Record<string, string>>;
  /** Rows of the lists of both control planes; by default one of each data plane, heard of 12 s ago. */
  readonly rows?: readonly Record<string, unknown>[];
  /** False: no control plane could be asked. */
  readonly asked?: boolean;
  readonly logs?: readonly GivenLog[];
  /** Certificates of the control planes and of the data planes; by default the same valid one. */
  readonly certificates?: readonly [controlPlane: string, dataPlane: string];
  readonly objects?: readonly object[];
  readonly documents?: Given['documents'];
  /** How many data planes are ready; by default all. */
  readonly ready?: number;
}

/** Rows of all data planes, as behind a load balancer, each changed by a case. */
export function rowsOf(change: (index: number) => Record<string, unknown> = () => ({})) {
  return DATA_PLANES.map((name, index) =>
    row(name, 12, { ip: BALANCER, version: '3.6.1', ...change(index) }),
  );
}

/** Two control planes and six data planes of the Helm chart, behind a load balancer. */
export function hybrid(parts: HybridParts = {}): Given {
  const { asked = true, certificates = [valid, valid] } = parts;
  const names = [...CONTROL_PLANES, ...DATA_PLANES];
  const told = new Set((parts.logs ?? []).map(({ pod }) => pod));
  const quiet = names.filter((name) => !told.has(name)).map((name) => kongLogOf(name, STARTED));
  return {
    objects: [
      ...surroundings(parts.ready ?? DATA_PLANES.length),
      ...CONTROL_PLANES.map((name, index) => databasePlane(name, controlPlaneParts(index, parts))),
      ...DATA_PLANES.map((name, index) => chartPod(name, dataPlaneParts(index, parts))),
      certificate('kong-cp-cert', certificates[0]),
      certificate('kong-dp-cert', certificates[1]),
      ...(parts.objects ?? []),
    ],
    logs: [...quiet, ...(parts.logs ?? [])],
    documents: [
      ...(asked ? CONTROL_PLANES.map((name) => registry(parts.rows ?? rowsOf(), name)) : []),
      ...(parts.documents ?? []),
    ],
    ...(asked ? {} : { rows: [notAsked('the Admin API of the control planes was not reached')] }),
  };
}

const STARTED = [3590, '2026/01/15 11:00:10 [notice] 1#0: start worker processes'] as const;

function controlPlaneParts(index: number, { mtls }: HybridParts): ChartPodParts {
  return withCertificate('kong-cp-cert', {
    image: IMAGE,
    env: { KONG_ROLE: 'control_plane', KONG_DATABASE: 'postgres', ...mtls },
    container: { ports: [{ name: 'cluster', containerPort: 8005 }] },
    spec: {},
    status: { podIP: `10.20.0.${index + 2}` },
  });
}

function dataPlaneParts(index: number, { dataPlane, address = ADDRESS, mtls }: HybridParts): ChartPodParts {
  const change = dataPlane?.(index) ?? {};
  return withCertificate('kong-dp-cert', {
    image: IMAGE,
    ...change,
    env: { KONG_CLUSTER_CONTROL_PLANE: address, ...mtls, ...change.env },
    status: { podIP: `10.20.1.${index + 2}`, ...change.status },
  });
}

/** The same pod with its cluster certificate mounted, and nothing else changed. */
function withCertificate(name: string, parts: ChartPodParts): ChartPodParts {
  const prefix = { name: 'kong-dp-kong-prefix-dir', emptyDir: { sizeLimit: '256Mi', ...parts.emptyDir } };
  return {
    ...parts,
    env: {
      ...parts.env,
      KONG_CLUSTER_CERT: '/etc/secrets/cert/tls.crt',
      KONG_CLUSTER_CERT_KEY: '/etc/secrets/cert/tls.key',
    },
    container: {
      ...parts.container,
      volumeMounts: [
        { name: 'kong-dp-kong-prefix-dir', mountPath: '/kong_prefix/' },
        { name: 'cert', mountPath: '/etc/secrets/cert' },
      ],
    },
    volumes: [prefix, { name: 'cert', secret: { secretName: name } }],
  };
}

function certificate(name: string, pem: string): Built {
  return secret(name, { metadata: { namespace: 'kong' }, data: { 'tls.crt': base64(pem) } });
}

function surroundings(ready: number): Built[] {
  const own = { metadata: { namespace: 'kong' } };
  const counts = (release: string, replicas: number, up: number) => ({
    ...own,
    spec: {
      replicas,
      selector: { matchLabels: { 'app.kubernetes.io/instance': release } },
      template: { metadata: { labels: { 'app.kubernetes.io/instance': release } } },
    },
    status: {
      replicas,
      readyReplicas: up,
      availableReplicas: up,
      updatedReplicas: replicas,
      observedGeneration: 1,
    },
  });
  return [
    node('node-1'),
    lease('node-1', { spec: { renewTime: ago(5) } }, 'kube-node-lease'),
    deployment('kong-cp-kong', counts('kong-cp', 2, 2)),
    deployment('kong-dp-kong', counts('kong-dp', 6, ready)),
    revision('kong-cp-kong', '7c9d6f5b8', 2),
    revision('kong-dp-kong', '6d9c7b8f54', 6),
    service('kong-cp-kong-cluster', {
      metadata: { namespace: 'kong' },
      spec: {
        selector: { 'app.kubernetes.io/instance': 'kong-cp' },
        ports: [{ name: 'cluster', port: 8005, protocol: 'TCP' }],
      },
    }),
    endpointSlice(
      'kong-cp-kong-cluster',
      CONTROL_PLANES.map((pod, index) => ({ ip: `10.20.0.${index + 2}`, pod })),
      { metadata: { namespace: 'kong', labels: { 'kubernetes.io/service-name': 'kong-cp-kong-cluster' } } },
    ),
  ];
}

function revision(workload: string, hash: string, replicas: number): Built {
  return replicaSet(`${workload}-${hash}`, {
    metadata: {
      namespace: 'kong',
      ...controlledBy('Deployment', workload),
      creationTimestamp: ago(20 * DAY),
      labels: { 'pod-template-hash': hash },
      annotations: { 'deployment.kubernetes.io/revision': '3' },
    },
    spec: { replicas },
    status: { replicas, readyReplicas: replicas, availableReplicas: replicas },
  });
}

/** A cause as a scenario names it, with what stands below it. */
export interface ToldCause {
  /** `analyzer#message`. */
  readonly told: string;
  readonly subjects: number;
  readonly confidence: string;
  readonly symptoms: readonly string[];
}

/** What the whole engine, with every analyzer there is, makes of a cluster. */
export function causesOf(given: Given): readonly ToldCause[] {
  const judged = analyzers.filter(({ meta }) => !NOT_GIVEN.test(meta.id));
  const { findings, graph, results } = analyzeStore(storeOf(judged, given), judged);
  const catalog = new Map(judged.map(({ meta }) => [meta.id, meta.messages]));
  const byId = new Map(findings.map((one) => [one.id, one]));
  const name = (one: Pick<Finding, 'analyzerId' | 'messageId'>) => `${one.analyzerId}#${one.messageId}`;
  return diagnose(findings, graph, catalog, results).map((cause) => ({
    told: name(cause),
    subjects: cause.subjects.length,
    confidence: cause.confidence.level,
    symptoms: [...new Set(cause.symptoms.map((id) => name(byId.get(id) as Finding)))].sort(),
  }));
}

/** The builders make no control plane of Kubernetes: what judges one has nothing to look at. */
const NOT_GIVEN = /^(?:control-plane|etcd|collection)\//;
