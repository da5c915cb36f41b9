import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Binaries, requireBinaries } from './binaries.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { type KongStandIn, startKongStandIn } from './kong-stand-in.ts';
import { type CreatedPods, createWorkloads, kwokDocuments } from './workloads.ts';

/** Limit of a hook that starts a cluster: building Kubernetes on a cold cache took 6 minutes on 2 cores. */
export const START_MS = 30 * 60_000;

/** One request as the audit log of kube-apiserver has it. */
export interface AuditedRequest {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly requestURI: string;
  readonly objectRef?: {
    readonly resource: string;
    readonly subresource?: string;
    readonly apiGroup?: string;
    readonly namespace?: string;
  };
  readonly responseStatus?: { readonly code?: number };
}

/** A control plane with every workload of these tests in it. */
export interface Cluster {
  readonly binaries: Binaries;
  readonly plane: ControlPlane;
  readonly standIn: KongStandIn;
  readonly pods: CreatedPods;
  /** Scratch folder, removed by `stop`. */
  readonly dir: string;
  /** Requests of one user so far; the server writes its log as it answers. */
  auditedRequests(username: string): Promise<AuditedRequest[]>;
  stop(): Promise<void>;
}

/** Starts a cluster and waits until each workload has the state it stands for. */
export async function startCluster(): Promise<Cluster> {
  const binaries = await requireBinaries();
  const dir = await mkdtemp(join(tmpdir(), 'kubecase-cluster-'));
  const standIn = await startKongStandIn();
  let plane: ControlPlane | undefined;
  const stop = async (): Promise<void> => {
    await plane?.stop();
    await standIn.close();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const kwok = await kwokDocuments(dir, standIn.port);
    plane = await startControlPlane({ dir, binaries, kwok, apiServerFlags: await auditFlags(dir) });
    const pods = await createWorkloads(plane, standIn);
    const auditedRequests = (username: string): Promise<AuditedRequest[]> => readAudit(dir, username);
    return { binaries, plane, standIn, pods, dir, auditedRequests, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function auditFlags(dir: string): Promise<string[]> {
  const policy = join(dir, 'audit-policy.yaml');
  // One line per request, without bodies: enough to prove what was asked for.
  const content = {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived', 'ResponseStarted'],
    rules: [{ level: 'Metadata' }],
  };
  await writeFile(policy, JSON.stringify(content));
  return [`--audit-policy-file=${policy}`, `--audit-log-path=${join(dir, 'audit.log')}`];
}

async function readAudit(dir: string, username: string): Promise<AuditedRequest[]> {
  const lines = (await readFile(join(dir, 'audit.log'), 'utf8')).split('\n').filter((line) => line !== '');
  return lines
    .map((line) => JSON.parse(line) as AuditedRequest)
    .filter((request) => request.user.username === username);
}
