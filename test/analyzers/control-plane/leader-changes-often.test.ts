import { leaderChangesOften } from '../../../analyzers/control-plane/leader-changes-often.ts';
import { componentMetrics } from '../../../src/artifacts/component-health.ts';
import { leases } from '../../../src/artifacts/resources.ts';
import type { DocumentArtifact } from '../../../src/model/artifact.ts';
import { ago, event, lease } from '../../support/builders.ts';
import { podScope } from '../../support/control-plane-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const LEASE = lease('kube-scheduler');
const leads = (nodeName: string, status: number) => ({
  artifact: componentMetrics as DocumentArtifact,
  scope: podScope('kube-scheduler', nodeName),
  bytes: `leader_election_master_status{name="kube-scheduler"} ${status}`,
});
const election = (secondsAgo: number) =>
  event(LEASE, {
    type: 'Normal',
    reason: 'LeaderElection',
    message: 'cp-2_77 became leader',
    firstTimestamp: ago(secondsAgo),
    lastTimestamp: ago(secondsAgo),
  });

testAnalyzer(leaderChangesOften, {
  silent: [
    { name: 'a lease without events', given: { objects: [LEASE] } },
    {
      name: 'a rolling upgrade of three nodes',
      given: { objects: [LEASE, election(900), election(600), election(300)] },
    },
    {
      name: 'changes of an earlier hour',
      given: { objects: [LEASE, ...[9000, 8000, 7000, 6000, 5000].map(election)] },
    },
    {
      name: 'one instance leads',
      given: { objects: [LEASE], documents: [leads('cp-1', 1), leads('cp-2', 0)] },
    },
    { name: 'the same holder in both looks', given: { objects: [LEASE], secondSample: [LEASE] } },
    { name: 'no leases: the provider runs it', given: { objects: [] }, status: 'not-applicable' },
  ],
  reports: [
    {
      name: 'five changes within the hour',
      given: { objects: [LEASE, ...[3000, 2000, 1000, 500, 60].map(election)] },
      expect: [
        {
          message: 'changes',
          subject: 'Lease/kube-system/kube-scheduler',
          values: { count: 5, holder: 'cp-1_0b7c' },
        },
      ],
    },
    {
      name: 'two instances that take themselves for the leader',
      given: { objects: [LEASE], documents: [leads('cp-1', 1), leads('cp-2', 1), leads('cp-3', 0)] },
      expect: [
        { message: 'twoLeaders', subject: 'Pod/kube-system/kube-scheduler-cp-1', values: { count: 2 } },
      ],
    },
    {
      name: 'two holders in two looks',
      given: {
        objects: [LEASE],
        secondSample: [lease('kube-scheduler', { spec: { holderIdentity: 'cp-2_77' } })],
      },
      expect: [
        {
          message: 'flips',
          subject: 'Lease/kube-system/kube-scheduler',
          values: { before: 'cp-1_0b7c', holder: 'cp-2_77' },
        },
      ],
    },
  ],
  unknown: [{ name: 'leases were refused', given: { forbidden: [leases] } }],
});
