import type { FirstCause, Told } from '../first-causes.ts';

/** What becomes of the pods of a node that is lost for more than five minutes. */
const LEFT_BEHIND: readonly Told[] = ['workload/pod-not-terminating#nodeNotReady'];

/** Nodes, their disks, memory and clocks, and the storage attached to them. */
export const firstCauses: readonly FirstCause[] = [
  {
    sample: 'node-lost',
    cause: 'node/not-ready#kubeletSilent',
    subject: 'Node//worker-2',
    symptoms: [...LEFT_BEHIND, 'workload/pod-not-ready#nodeNotReady'],
  },
  {
    sample: 'container-runtime-down',
    cause: 'node/container-runtime-down#stopped',
    subject: 'Node//worker-2',
    symptoms: ['node/not-ready#runtimeDown', ...LEFT_BEHIND],
  },
  {
    sample: 'network-plugin-not-ready',
    cause: 'node/network-not-ready#noConfiguration',
    subject: 'Node//worker-2',
    symptoms: ['node/not-ready#networkNotReady', ...LEFT_BEHIND],
  },
  {
    sample: 'node-disk-full',
    cause: 'node/filesystem-full#spaceLow',
    subject: 'Node//worker-2',
    symptoms: ['node/pressure#diskPressure'],
  },
  {
    sample: 'node-out-of-memory',
    cause: 'node/out-of-memory#processesKilled',
    subject: 'Node//worker-2',
    symptoms: ['workload/out-of-memory#nodeExhausted'],
  },
  {
    sample: 'node-clock-off',
    cause: 'node/clock-off#nodeOff',
    subject: 'Node//worker-2',
    symptoms: [],
  },
  {
    sample: 'volume-attached-elsewhere',
    cause: 'storage/volume-not-attached#heldByRunningPod',
    subject: 'PersistentVolumeClaim/shop/reports-data',
    symptoms: ['workload/volume-mount-failed#attachedElsewhere', 'workload/rollout-stuck#deadlineExceeded'],
  },
];
