import { faultScenario } from '../base-cluster.ts';
import { klog } from '../klog.ts';
import { eventsOfLostWorker, LOST, lostTaints, podsOfLostWorker, SUBSTITUTE_LOGS } from '../lost-pods.ts';
import { type JournalLine, services, systemdTime } from '../node-archive.ts';
import { node } from '../nodes.ts';
import { ago, condition, eventAbout, MINUTE } from '../object.ts';
import type { Scenario } from '../scenario.ts';

/** containerd of the worker ended so long before the collection. */
const STOPPED = 14 * MINUTE;
/** The kubelet calls the runtime down 30 s after its last good answer. */
const NOTICED = STOPPED - 35;

const SOCKET =
  'connection error: desc = \\"transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused\\"';
const REFUSED = `rpc error: code = Unavailable desc = ${SOCKET}`;

/**
 * containerd of one of two workers ends and does not come back: its configuration has just been edited and is
 * no TOML any more. The kubelet is alive and says so; pods run on without anybody who could stop them.
 */
export function containerRuntimeDown(): Promise<Scenario> {
  const worker = node(LOST, {
    conditions: [
      condition('Ready', 'False', NOTICED, {
        reason: 'KubeletNotReady',
        message:
          '[container runtime is down, PLEG is not healthy: pleg was last seen active 13m52.557907465s ago; threshold is 3m0s]',
        lastHeartbeatTime: ago(4),
      }),
    ],
    taints: lostTaints('not-ready', NOTICED),
  });
  const pods = podsOfLostWorker(NOTICED, 'not-ready');
  return faultScenario('container-runtime-down', {
    objects: [
      worker,
      ...pods,
      ...eventsOfLostWorker(worker, pods, { since: NOTICED, loss: 'not-ready' }),
      eventAbout(worker, {
        type: 'Warning',
        reason: 'ContainerGCFailed',
        message: REFUSED.replaceAll('\\', ''),
        age: 40,
        first: STOPPED - 60,
        count: 13,
        source: { component: 'kubelet', host: LOST },
      }),
    ],
    logs: SUBSTITUTE_LOGS,
    kubelets: {
      [LOST]: `Internal error occurred: ${REFUSED.replaceAll('\\', '')}`,
    },
    archives: [
      {
        node: LOST,
        documents: {
          'node-services': services({
            'containerd.service': {
              ActiveState: 'failed',
              SubState: 'failed',
              Result: 'start-limit-hit',
              NRestarts: 5,
              ExecMainStatus: 1,
              StateChangeTimestamp: systemdTime(STOPPED - 25),
            },
          }),
          'node-runtime': [
            '==> ctr <==',
            'Client:',
            '  Version:  v2.1.5',
            '  Revision: fcd43222d6b07379a4be9786bda52438f0dd16a1',
            '  Go version: go1.24.9',
            '',
            'ctr: failed to dial "/run/containerd/containerd.sock": connection error: desc = "transport: error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused"',
            '',
          ].join('\n'),
        },
        logs: { containerd: containerdLog(), kubelet: kubeletLog() },
      },
    ],
  });
}

function containerdLog(): JournalLine[] {
  const starts = [STOPPED - 2, STOPPED - 8, STOPPED - 14, STOPPED - 20].flatMap((age): JournalLine[] => [
    [
      age,
      'containerd[48211]',
      'containerd: failed to load TOML: /etc/containerd/config.toml: toml: line 41 (last key "plugins"): expected newline but found U+005D',
    ],
    [age, 'systemd[1]', 'containerd.service: Main process exited, code=exited, status=1/FAILURE'],
    [age, 'systemd[1]', "containerd.service: Failed with result 'exit-code'."],
  ]);
  return [
    [STOPPED, 'systemd[1]', 'Stopping containerd.service - containerd container runtime...'],
    [STOPPED - 1, 'systemd[1]', 'Stopped containerd.service - containerd container runtime.'],
    ...starts,
    [STOPPED - 25, 'systemd[1]', 'containerd.service: Start request repeated too quickly.'],
    [STOPPED - 25, 'systemd[1]', 'Failed to start containerd.service - containerd container runtime.'],
  ];
}

function kubeletLog(): JournalLine[] {
  return [STOPPED - 3, NOTICED, 620, 310, 8].flatMap((age): JournalLine[] => [
    [
      age,
      'kubelet[1043]',
      `${klog('E', age)} remote_runtime.go:801] "Status from runtime service failed" err="${REFUSED}"`,
    ],
    [
      age,
      'kubelet[1043]',
      `${klog('E', age)} kubelet.go:3262] "Container runtime sanity check failed" err="${REFUSED}"`,
    ],
    [
      age - 1,
      'kubelet[1043]',
      `${klog('E', age - 1)} kubelet.go:2661] "Skipping pod synchronization" err="[container runtime is down, PLEG is not healthy: pleg was last seen active ${Math.max(181, STOPPED - age)}s ago; threshold is 3m0s]"`,
    ],
  ]);
}
