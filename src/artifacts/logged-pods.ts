import type { V1Pod } from '@kubernetes/client-node';
import { type ItemOf, resources } from '../model/artifact.ts';
import { pods } from './resources.ts';

const TERMINATED = { exitCode: true } as const;

const STATUS = {
  name: true,
  ready: true,
  restartCount: true,
  state: { waiting: { reason: true }, running: { startedAt: true }, terminated: TERMINATED },
  lastState: { terminated: TERMINATED },
} as const;

const CONTAINER = { name: true } as const;

/** Pods as far as their logs go: which containers there are, and how they are. All of them are held while logs are read. */
export const loggedPods = resources<V1Pod>()(
  '',
  'Pod',
  {
    spec: {
      nodeName: true,
      containers: CONTAINER,
      initContainers: CONTAINER,
      ephemeralContainers: CONTAINER,
    },
    status: {
      containerStatuses: STATUS,
      initContainerStatuses: STATUS,
      ephemeralContainerStatuses: STATUS,
    },
  },
  { partOf: pods },
);
export type LoggedPod = ItemOf<typeof loggedPods>;
