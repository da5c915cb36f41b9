import { sandboxNotCreated } from '../../../analyzers/workload/sandbox-not-created.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, type Built, event, pod } from '../../support/builders.ts';
import { creatingPod } from '../../support/start-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Pod/shop/web-1';
const node = { group: '', kind: 'Node', name: 'node-1' };
const SETUP = 'failed to setup network for sandbox "4f1c": ';

function failed(message: string, about: Built = creatingPod('web-1')) {
  return {
    objects: [
      about,
      event(about, {
        reason: 'FailedCreatePodSandBox',
        message: `Failed to create pod sandbox: rpc error: code = Unknown desc = ${message}`,
      }),
    ],
  };
}

const notReady = creatingPod('web-1');
const hostNetworked = creatingPod('web-1', {
  spec: { hostNetwork: true },
  status: { podIP: '192.0.2.10' },
});
const running = pod('web-1');
const fresh = creatingPod('web-1', { seconds: 20 });
const mounting = creatingPod('web-1');
const older = creatingPod('web-1', { seconds: 300 });
const unplaced = creatingPod('web-1', { spec: { nodeName: undefined } });

testAnalyzer(sandboxNotCreated, {
  silent: [
    { name: 'a pod whose sandbox failed at first and that runs now', given: failed(`${SETUP}x`, running) },
    { name: 'a pod without any event', given: { objects: [creatingPod('web-1')] } },
    { name: 'a pod that was never placed', given: { objects: [unplaced] } },
    {
      name: 'an event of an earlier start of the same pod',
      given: {
        objects: [
          older,
          event(older, {
            reason: 'FailedCreatePodSandBox',
            message: `Failed to create pod sandbox: ${SETUP}x`,
            lastTimestamp: ago(1800),
          }),
        ],
      },
    },
    {
      name: 'a newer event says that a volume is missing',
      given: {
        objects: [
          mounting,
          event(mounting, {
            reason: 'FailedCreatePodSandBox',
            message: 'Failed to create pod sandbox: x',
            lastTimestamp: ago(300),
          }),
          event(mounting, { reason: 'FailedMount', message: 'MountVolume.SetUp failed for volume "v" : x' }),
        ],
      },
    },
    {
      name: 'a pod the kubelet has not taken up for a minute',
      given: { objects: [creatingPod('web-1', { seconds: 60, status: { containerStatuses: [] } })] },
    },
    {
      name: 'an evicted pod',
      given: failed(`${SETUP}x`, creatingPod('web-1', { status: { phase: 'Failed', reason: 'Evicted' } })),
    },
  ],
  reports: [
    {
      name: 'no network plugin, on the host network too',
      given: {
        objects: [
          hostNetworked,
          event(hostNetworked, {
            reason: 'NetworkNotReady',
            message:
              'network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
          }),
        ],
      },
      expect: [
        {
          message: 'networkNotReady',
          subject,
          severity: 'critical',
          confidence: 'certain',
          since: ago(600),
          values: { node },
        },
      ],
    },
    {
      name: 'the same twenty seconds after the start',
      given: failed(`${SETUP}plugin type="x" failed (add): cni plugin not initialized`, fresh),
      expect: [{ message: 'networkNotReady', subject, severity: 'warning' }],
    },
    {
      name: 'before Kubernetes 1.29 there is no condition',
      given: failed(
        `${SETUP}cni plugin not initialized`,
        creatingPod('web-1', {
          status: { conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: ago(90) }] },
        }),
      ),
      expect: [{ message: 'networkNotReady', subject, severity: 'critical', since: ago(90) }],
    },
    {
      name: 'the agent of the plugin is gone',
      given: failed(
        `${SETUP}plugin type="flannel" failed (add): loadFlannelSubnetEnv failed: open /run/flannel/subnet.env: no such file or directory`,
      ),
      expect: [{ message: 'networkAgentDown', subject }],
    },
    {
      name: 'no address left',
      given: failed(
        `${SETUP}plugin type="bridge" failed (add): failed to allocate for range 0: no IP addresses available in range set: 10.1.0.1-10.1.0.254`,
      ),
      expect: [{ message: 'addressesExhausted', subject, values: { node } }],
    },
    {
      name: 'the plugin refuses',
      given: failed(
        `${SETUP}plugin type="calico" failed (add): error getting ClusterInformation: connection is unauthorized: Unauthorized`,
      ),
      expect: [
        {
          message: 'networkRefused',
          subject,
          values: {
            detail:
              'plugin type="calico" failed (add): error getting ClusterInformation: connection is unauthorized: Unauthorized',
          },
        },
      ],
    },
    {
      name: 'the runtime is gone',
      given: failed(
        'connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused"',
      ),
      expect: [{ message: 'runtimeNotAnswering', subject }],
    },
    {
      name: 'no pause image',
      given: failed(
        'failed to get sandbox image "registry.example/pause:3.10": failed to pull image "registry.example/pause:3.10": dial tcp: i/o timeout',
      ),
      expect: [{ message: 'pauseImageMissing', subject, values: { image: 'registry.example/pause:3.10' } }],
    },
    {
      name: 'a handler the runtime does not have',
      given: failed('failed to get sandbox runtime: no runtime for "gvisor" is configured'),
      expect: [{ message: 'runtimeHandlerMissing', subject, values: { handler: 'gvisor' } }],
    },
    {
      name: 'a full disk',
      given: failed('failed to create sandbox: mkdir /run/containerd/x: no space left on device'),
      expect: [{ message: 'diskFull', subject }],
    },
    {
      name: 'two cgroup drivers',
      given: failed(
        'runc create failed: expected cgroupsPath to be of format "slice:prefix:name" for systemd cgroups, got "/kubepods/burstable/pod1/2" instead: unknown',
      ),
      expect: [{ message: 'cgroupFailed', subject }],
    },
    {
      name: 'an earlier try is not finished',
      given: failed(
        'failed to reserve sandbox name "web-1_shop_1_0": name "web-1_shop_1_0" is reserved for "4f"',
      ),
      expect: [{ message: 'runtimeBusy', subject }],
    },
    {
      name: 'words nobody knows',
      given: failed(
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: can't get final child's PID from pipe: EOF: unknown",
      ),
      expect: [
        {
          message: 'sandboxFails',
          subject,
          values: {
            detail: "unable to start container process: can't get final child's PID from pipe: EOF",
          },
        },
      ],
    },
    {
      name: 'events have expired, the log of the kubelet tells',
      given: {
        objects: [notReady],
        logs: [
          {
            node: 'node-1',
            unit: 'kubelet',
            text: 'E1120 05:27:18.992858     165 kuberuntime_sandbox.go:70] "Failed to create sandbox for pod" err="rpc error: code = Unknown desc = failed to setup network for sandbox \\"4f1c\\": plugin type=\\"bridge\\" failed (add): no IP addresses available in range set: 10.1.0.1-10.1.0.254" pod="shop/web-1"\n',
          },
        ],
      },
      expect: [{ message: 'addressesExhausted', subject }],
    },
    {
      name: 'no word of the kubelet at all',
      given: { objects: [creatingPod('web-1', { status: { containerStatuses: [] } })] },
      expect: [{ message: 'notTakenUp', subject, severity: 'critical', values: { node, age: 600 } }],
    },
  ],
  unknown: [{ name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ }],
});
