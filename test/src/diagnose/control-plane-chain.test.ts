import { describe, expect, it } from 'vitest';
import { apiServerCheckFailing } from '../../../analyzers/control-plane/api-server-check-failing.ts';
import { componentNotRunning } from '../../../analyzers/control-plane/component-not-running.ts';
import { leaderLeaseStale } from '../../../analyzers/control-plane/leader-lease-stale.ts';
import { diskSlow } from '../../../analyzers/etcd/disk-slow.ts';
import { leaderUnstable } from '../../../analyzers/etcd/leader-unstable.ts';
import { memberUnhealthy } from '../../../analyzers/etcd/member-unhealthy.ts';
import { crashLoop } from '../../../analyzers/workload/crash-loop.ts';
import { createOwners } from '../../../src/analyze/identity.ts';
import { createInputs } from '../../../src/analyze/inputs.ts';
import { runAnalyzer } from '../../../src/analyze/run-analyzer.ts';
import { objectGraph } from '../../../src/derive/object-graph.ts';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import type { AnyAnalyzer } from '../../../src/model/analyzer.ts';
import { ago, lease } from '../../support/builders.ts';
import {
  apiHealth,
  componentLog,
  controlPlaneNode,
  crashing,
  etcdDocument,
  etcdPods,
  MEMBERS,
  notReady,
  repeated,
  staticPod,
} from '../../support/control-plane-builders.ts';
import { type Given, storeOf } from '../../support/given.ts';

const ANALYZERS: readonly AnyAnalyzer[] = [
  diskSlow,
  leaderUnstable,
  memberUnhealthy,
  componentNotRunning,
  leaderLeaseStale,
  apiServerCheckFailing,
  crashLoop,
];
const SYNC =
  '{"level":"warn","ts":"2026-01-15T11:50:00Z","caller":"wal/wal.go:802","msg":"slow fdatasync","took":"2.1s","expected-duration":"1s"}';
const ELECTED =
  '{"level":"info","ts":"2026-01-15T11:50:00Z","logger":"raft","caller":"etcdserver/zap_raft.go:77","msg":"raft.node: a1 elected leader b2 at term 9"}';
const LOST = 'E0115 11:59:00.000000       1 controllermanager.go:440] "leaderelection lost/stopped"';

function causesOf(given: Given) {
  const store = storeOf([...ANALYZERS, { needs: { graph: objectGraph } } as unknown as AnyAnalyzer], given);
  const environment = { store, inputs: createInputs(store), owners: createOwners(store) };
  const runs = ANALYZERS.map((analyzer) => runAnalyzer(analyzer, environment));
  const findings = runs.flatMap((run) => run.findings);
  const catalog = new Map(ANALYZERS.map(({ meta }) => [meta.id, meta.messages]));
  const graph = environment.inputs.derived(objectGraph as never) as never;
  const byId = new Map(findings.map((finding) => [finding.id, `${finding.analyzerId} ${finding.messageId}`]));
  return diagnose(
    findings,
    graph,
    catalog,
    runs.map(({ result }) => result),
  ).map((cause) => ({
    cause: `${cause.analyzerId} ${cause.messageId}`,
    symptoms: cause.symptoms.map((id) => byId.get(id)).sort(),
  }));
}

describe('faults of the control plane', () => {
  it('lead from etcd’s disk over elections to lost leases', () => {
    const causes = causesOf({
      objects: [
        controlPlaneNode('cp-1'),
        ...etcdPods(1),
        staticPod('kube-apiserver', 'cp-1'),
        staticPod('kube-scheduler', 'cp-1'),
        staticPod('kube-controller-manager', 'cp-1', notReady(crashing())),
        lease('kube-scheduler'),
        lease('kube-controller-manager', { spec: { renewTime: ago(300) } }),
      ],
      documents: [etcdDocument(MEMBERS.slice(0, 1)), apiHealth('/readyz')],
      logs: [
        componentLog('etcd', 'cp-1', [...repeated(5, 600, SYNC), ...repeated(5, 300, ELECTED)]),
        componentLog('kube-controller-manager', 'cp-1', [[60, LOST]], true),
      ],
    });

    expect(causes).toEqual([
      {
        cause: 'etcd/disk-slow slowWrites',
        symptoms: [
          'control-plane/component-not-running leaseLost',
          'control-plane/leader-lease-stale controllersGone',
          'etcd/leader-unstable elections',
          'workload/crash-loop exits',
        ],
      },
    ]);
  });

  it('lead from a lost quorum to the API server', () => {
    const causes = causesOf({
      objects: [
        ...['cp-1', 'cp-2', 'cp-3'].map((name) => controlPlaneNode(name)),
        ...etcdPods(),
        ...['cp-1', 'cp-2', 'cp-3'].map((name) => staticPod('kube-apiserver', name)),
        ...['cp-1', 'cp-2', 'cp-3'].map((name) => staticPod('kube-scheduler', name)),
        ...['cp-1', 'cp-2', 'cp-3'].map((name) => staticPod('kube-controller-manager', name)),
        lease('kube-scheduler', { spec: { renewTime: ago(300) } }),
        lease('kube-controller-manager'),
      ],
      documents: [
        etcdDocument([MEMBERS[0]!, { ...MEMBERS[1]!, status: null }, { ...MEMBERS[2]!, status: null }]),
        apiHealth('/readyz', ['etcd']),
      ],
    });

    expect(causes).toEqual([
      {
        cause: 'etcd/member-unhealthy quorumLost',
        symptoms: [
          'control-plane/api-server-check-failing etcdFails',
          'control-plane/leader-lease-stale schedulerGone',
        ],
      },
    ]);
  });
});
