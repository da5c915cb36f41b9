import { describe, expect, it } from 'vitest';
import { notReady } from '../../../analyzers/node/not-ready.ts';
import { leases, nodes } from '../../../src/artifacts/resources.ts';
import { ago, type Built, condition, lease, node } from '../../support/builders.ts';
import { runOn, testAnalyzer } from '../../support/test-analyzer.ts';

function unready(
  status: 'False' | 'Unknown',
  reason: string,
  message: string,
  { name = 'worker-1', spec = {}, metadata = {} } = {},
): Built {
  return node(name, {
    spec,
    metadata,
    status: {
      conditions: [
        condition('MemoryPressure', 'False'),
        condition('Ready', status, { reason, message, lastTransitionTime: ago(600) }),
      ],
    },
  });
}

function heartbeat(seconds: number, name = 'worker-1'): Built {
  const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime: ago(seconds) };
  return lease(name, { spec }, 'kube-node-lease');
}

const subject = 'Node/worker-1';
const SILENCE = 'Kubelet stopped posting node status.';
const silent = unready('Unknown', 'NodeStatusUnknown', SILENCE);
const other = node('worker-2');
const NO_NETWORK =
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';

const STARTING =
  'container runtime status check may not have completed yet, PLEG is not healthy: pleg has yet to be successful';

testAnalyzer(notReady, {
  silent: [
    { name: 'a ready node', given: { objects: [node('worker-1')] } },
    {
      name: 'a cordoned node that is ready',
      given: { objects: [node('worker-1', { spec: { unschedulable: true } })] },
    },
    {
      name: 'a condition of another kind that is False',
      given: {
        objects: [
          node('worker-1', {
            status: { conditions: [condition('Ready', 'True'), condition('NetworkUnavailable', 'False')] },
          }),
        ],
      },
    },
    {
      name: 'a node registered half a minute ago',
      given: {
        objects: [
          unready('False', 'KubeletNotReady', NO_NETWORK, { metadata: { creationTimestamp: ago(30) } }),
        ],
      },
    },
    {
      name: 'a kubelet that started two minutes ago and has not looked at its containers yet',
      given: {
        objects: [
          node('worker-1', {
            status: {
              conditions: [
                condition('Ready', 'False', {
                  reason: 'KubeletNotReady',
                  message: `[${STARTING}]`,
                  lastTransitionTime: ago(120),
                }),
              ],
            },
          }),
        ],
      },
    },
    {
      name: 'a node about to be removed',
      given: {
        objects: [
          unready('Unknown', 'NodeStatusUnknown', SILENCE, { metadata: { deletionTimestamp: ago(5) } }),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'a silent kubelet, with the age of the lease',
      given: { objects: [silent, heartbeat(610), other] },
      expect: [
        {
          message: 'kubeletSilent',
          subject,
          severity: 'critical',
          confidence: 'certain',
          values: { age: 610 },
          since: ago(600),
        },
      ],
    },
    {
      name: 'unknown, but the lease is fresh',
      given: { objects: [silent, heartbeat(4), other] },
      expect: [{ message: 'statusNotPosted', subject, confidence: 'likely', values: { age: 4 } }],
    },
    {
      name: 'a silent kubelet whose lease nobody could read',
      given: { objects: [silent, other], forbidden: [leases] },
      expect: [{ message: 'stoppedReporting', subject }],
    },
    {
      name: 'a lease whose age the clock does not decide',
      given: { objects: [silent, heartbeat(100), other], errorSeconds: 300 },
      expect: [{ message: 'stoppedReporting', subject }],
    },
    {
      name: 'every node silent',
      given: {
        objects: [
          silent,
          heartbeat(610),
          unready('Unknown', 'NodeStatusUnknown', SILENCE, { name: 'worker-2' }),
        ],
      },
      expect: [
        { message: 'everyKubeletSilent', subject, values: { total: 2 } },
        { message: 'everyKubeletSilent', subject: 'Node/worker-2' },
      ],
    },
    {
      name: 'the only node silent: nothing to compare with',
      given: { objects: [silent, heartbeat(610)] },
      expect: [{ message: 'kubeletSilent', subject }],
    },
    {
      name: 'a kubelet that never reported',
      given: {
        objects: [unready('Unknown', 'NodeStatusNeverUpdated', 'Kubelet never posted node status.'), other],
      },
      expect: [{ message: 'neverReported', subject }],
    },
    {
      name: 'no Ready condition at all',
      given: { objects: [node('worker-1', { status: { conditions: [] } })] },
      expect: [{ message: 'neverReported', subject }],
    },
    {
      name: 'a stopped container runtime, by the words of Kubernetes 1.36',
      given: {
        objects: [
          unready(
            'False',
            'KubeletNotReady',
            `[container runtime is down, PLEG is not healthy: pleg was last seen active 3m47.557907465s ago; threshold is 3m0s, ${NO_NETWORK}]`,
          ),
        ],
      },
      expect: [{ message: 'runtimeDown', subject }],
    },
    {
      name: 'no network plugin',
      given: { objects: [unready('False', 'KubeletNotReady', NO_NETWORK)] },
      expect: [{ message: 'networkNotReady', subject, values: { detail: NO_NETWORK } }],
    },
    {
      name: 'a relist that takes too long',
      given: {
        objects: [
          unready(
            'False',
            'KubeletNotReady',
            'PLEG is not healthy: pleg was last seen active 4m1s ago; threshold is 3m0s',
          ),
        ],
      },
      expect: [{ message: 'relistStuck', subject }],
    },
    {
      name: 'a kubelet that does not get over its start',
      given: { objects: [unready('False', 'KubeletNotReady', `[${STARTING}]`)] },
      expect: [{ message: 'runtimeDown', subject }],
    },
    {
      name: 'a lease that is old by the clock of the node only',
      given: {
        objects: [
          silent,
          {
            ...heartbeat(600),
            metadata: { ...heartbeat(600).metadata, managedFields: [{ manager: 'kubelet', time: ago(4) }] },
          },
          other,
        ],
      },
      expect: [{ message: 'statusNotPosted', subject, values: { age: 4 } }],
    },
    {
      name: 'storage that is not set up',
      given: { objects: [unready('False', 'KubeletNotReady', 'CSINode is not yet initialized')] },
      expect: [{ message: 'storageNotReady', subject }],
    },
    {
      name: 'a reason nobody foresaw',
      given: { objects: [unready('False', 'KubeletNotReady', 'failed to validate nodeIP.')] },
      expect: [{ message: 'reasonOfItsOwn', subject, values: { detail: 'failed to validate nodeIP' } }],
    },
    {
      name: 'a cordoned node in maintenance',
      given: {
        objects: [
          unready('Unknown', 'NodeStatusUnknown', SILENCE, { spec: { unschedulable: true } }),
          heartbeat(610),
        ],
      },
      expect: [
        {
          message: 'maintenance',
          subject,
          severity: 'warning',
          values: { detail: 'Kubelet stopped posting node status' },
        },
      ],
      status: 'fail',
    },
    {
      name: 'a node that is shutting down',
      given: { objects: [unready('False', 'KubeletNotReady', 'node is shutting down')] },
      expect: [{ message: 'maintenance', subject, severity: 'warning' }],
    },
  ],
  unknown: [
    { name: 'nodes were refused', given: { forbidden: [nodes] }, reason: /not allowed/ },
    {
      name: 'a node that may or may not have just come, by a clock known to five minutes',
      given: {
        objects: [
          unready('False', 'KubeletNotReady', NO_NETWORK, { metadata: { creationTimestamp: ago(120) } }),
        ],
        errorSeconds: 300,
      },
      reason: /the clock of the bundle/,
    },
  ],
});

describe('a node of a cluster that was seen in part', () => {
  it('says nothing of the nodes that were not seen', () => {
    const row = {
      artifact: nodes.id,
      scope: { type: 'cluster' },
      outcome: 'partial',
      reason: 'cut',
    } as const;
    const second = unready('Unknown', 'NodeStatusUnknown', SILENCE, { name: 'worker-2' });

    const { findings, result } = runOn(notReady, { objects: [silent, second], rows: [row] });

    expect(findings.map((finding) => finding.messageId)).toEqual(['stoppedReporting', 'stoppedReporting']);
    expect(result.status).toBe('fail');
  });
});

describe('the rows of the checklist', () => {
  it('are fine, wrong or unseen by node, and count the nodes', () => {
    const young = unready('False', 'KubeletNotReady', NO_NETWORK, {
      name: 'worker-3',
      metadata: { creationTimestamp: ago(20) },
    });
    const labels = { 'node-role.kubernetes.io/control-plane': '' };

    const { rows } = runOn(notReady, { objects: [silent, node('cp-1', { metadata: { labels } }), young] });

    expect(rows.map(({ checkId, state, values }) => [checkId, state, values.count ?? null])).toEqual([
      ['count', 'fine', 3],
      ['ready', 'bad', null],
      ['ready', 'fine', null],
      ['ready', 'unseen', null],
    ]);
    expect(rows[0]?.values.controlPlane).toBe(1);
  });
});
