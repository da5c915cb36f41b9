import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditedRequest, auditFlags, readAudit } from './audited.ts';
import { type Binaries, requireBinaries } from './binaries.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { type KongStandIn, startKongStandIn } from './kong-stand-in.ts';
import type { KwokDocument } from './kwok.ts';
import { type CreatedPods, createWorkloads, kwokDocuments } from './workloads.ts';

/** Limit of a hook that starts a cluster: building Kubernetes on a cold cache took 6 minutes on 2 cores. */
export const START_MS = 30 * 60_000;

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

/** Starts a cluster and waits until each workload has the state it stands for; `further` is for kwok. */
export async function startCluster(further: readonly KwokDocument[] = []): Promise<Cluster> {
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
    const kwok = [...(await kwokDocuments(dir, standIn)), ...further];
    plane = await startControlPlane({ dir, binaries, kwok, apiServerFlags: await auditFlags(dir) });
    const pods = await createWorkloads(plane, standIn);
    const auditedRequests = (username: string): Promise<AuditedRequest[]> => readAudit(dir, username);
    return { binaries, plane, standIn, pods, dir, auditedRequests, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
