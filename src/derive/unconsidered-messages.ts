import type { Messages } from '../model/message.ts';
import { UNSCHEDULABLE } from './unscheduled-messages.ts';

const UNCONSIDERED = {
  ...UNSCHEDULABLE,
  severity: 'critical',
  confidence: { level: 'certain', reason: 'the pod has no PodScheduled condition and no scheduler event' },
} as const;

/** Pods no scheduler has looked at. */
export const UNCONSIDERED_MESSAGES = {
  notConsidered: {
    ...UNCONSIDERED,
    text: '{pod:object} was never looked at by scheduler `{scheduler:text}`: it has had neither node nor scheduling condition for {age:duration}.',
    remedy: [
      {
        text: 'Check that kube-scheduler runs and holds its lease.',
        argv: ['kubectl', 'get', 'lease', 'kube-scheduler', '-n', 'kube-system', '-o', 'yaml'],
      },
    ],
    groupBy: ['scheduler'],
    effect: 'pod-not-considered',
  },
  schedulerMissing: {
    ...UNCONSIDERED,
    confidence: { level: 'likely', reason: 'a scheduler may run under a name no pod shows, or elsewhere' },
    text: '{pod:object} asks for scheduler `{scheduler:text}`, and no pod of the cluster is one of that name; nobody has looked at it for {age:duration}.',
    remedy: [
      {
        text: 'Correct `schedulerName` in the pod template, or install the scheduler it names. Pods keep the name they were created with: delete them after the template is right.',
      },
    ],
    key: ['scheduler'],
    groupBy: ['scheduler'],
  },
  schedulerUnready: {
    ...UNCONSIDERED,
    confidence: { level: 'likely', reason: 'the pod is known as this scheduler by its name or arguments' },
    text: '{pod:object} asks for scheduler `{scheduler:text}`, which has not looked at it for {age:duration}: its pod {instance:object} is not ready.',
    remedy: [
      {
        text: 'Mend the scheduler first: its pod and last lines tell why it does not run.',
        argv: ['kubectl', 'describe', 'pod', '{instance.name}', '-n', '{instance.namespace}'],
      },
    ],
    effect: 'scheduler-not-running',
    groupBy: ['scheduler'],
  },
  schedulerLeaseStale: {
    ...UNCONSIDERED,
    confidence: { level: 'likely', reason: 'the lease carries the name of the scheduler' },
    text: '{pod:object} asks for scheduler `{scheduler:text}`, which has not looked at it for {age:duration}: its lease {lease:object} was last renewed {renewed:duration} before it was observed.',
    remedy: [
      {
        text: 'No instance of the scheduler leads: see who held the lease last and why it stopped.',
        argv: ['kubectl', 'get', 'lease', '{lease.name}', '-n', '{lease.namespace}', '-o', 'yaml'],
      },
    ],
    effect: 'scheduler-not-running',
    groupBy: ['scheduler'],
  },
  schedulerSilent: {
    ...UNCONSIDERED,
    text: '{pod:object} asks for scheduler `{scheduler:text}`, which has not looked at it for {age:duration}.',
    remedy: [
      {
        text: 'Read the log of that scheduler: does it serve this name, this namespace, and does it have the rights to see pods.',
        argv: ['kubectl', 'get', 'pods', '-A', '-o', 'wide'],
      },
    ],
    groupBy: ['scheduler'],
  },
} as const satisfies Messages;
