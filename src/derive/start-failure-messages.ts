import type { Messages } from '../model/message.ts';
import { POD_SYMPTOMS } from './pod-symptoms.ts';

/** Faults of the pod template or its image: no effect, since nothing else is their cause. */
const OWN_FAULT = {
  severity: 'critical',
  confidence: { level: 'certain', reason: 'the container runtime says so in the container status' },
  key: ['container'],
  explains: POD_SYMPTOMS,
} as const;
const NOT_CREATED = { ...OWN_FAULT, effect: 'pod-not-starting' } as const;
const SHOW_POD = {
  text: 'See the command and the mounts as the node got them.',
  argv: ['kubectl', 'get', 'pod', '{pod.name}', '-n', '{pod.namespace}', '-o', 'yaml'],
} as const;

/** What `workload/container-not-created` says, by the class of the runtime's error. */
export const START_FAILURE_MESSAGES = {
  commandNotFound: {
    ...OWN_FAULT,
    text: 'Container `{container:text}` of {pod:object} cannot be started: image `{image:text}` has no program `{command:text}` ({detail:text}).',
    remedy: [
      {
        text: 'Correct `command` in the pod template: it replaces the entry point of the image and is no shell line. A volume mounted over the directory of the program hides it too.',
      },
      {
        text: 'A script is reported missing as well when the interpreter in its first line is, as with `/bin/bash` in a small image or Windows line ends.',
      },
      SHOW_POD,
    ],
    groupBy: ['image', 'command'],
  },
  notExecutable: {
    ...OWN_FAULT,
    text: 'Container `{container:text}` of {pod:object} cannot be started: `{command:text}` of image `{image:text}` may not be executed ({detail:text}).',
    remedy: [
      {
        text: 'Give the file its execute permission in the image for the user the container runs as; for a script from a ConfigMap set `defaultMode: 0755` on the volume. A directory cannot be executed.',
      },
      SHOW_POD,
    ],
    groupBy: ['image', 'command'],
  },
  wrongArchitecture: {
    ...OWN_FAULT,
    confidence: {
      level: 'likely',
      reason:
        'the kernel does not know the format of the program; a script that names no interpreter in its first line reads the same',
    },
    // Where only the log tells, workload/crash-loop tells the end itself.
    explains: [{ effect: 'pod-crashing', via: ['same-object'] }, ...POD_SYMPTOMS],
    text: 'Container `{container:text}` of {pod:object} cannot run image `{image:text}`: its program is not in a format {node:object} executes, whose architecture is {architecture:text}.',
    remedy: [
      {
        text: 'Build the image for the architecture of the node, or select nodes by the label `kubernetes.io/arch`.',
      },
      {
        text: 'When the command is a script, name its interpreter in its first line (`/bin/sh` behind the hash-bang), or call `/bin/sh` with the script as argument.',
      },
    ],
    groupBy: ['image'],
  },
  mountKindDiffers: {
    ...OWN_FAULT,
    text: 'Container `{container:text}` of {pod:object} cannot be started: what is mounted at `{path:text}` is a directory where the image has a file, or the reverse ({detail:text}).',
    remedy: [
      {
        text: 'To put one key of a ConfigMap or Secret over one file, name the key in `subPath` and the file in `mountPath`; a `subPath` that names no key becomes an empty directory.',
      },
      SHOW_POD,
    ],
  },
  mountFailed: {
    ...NOT_CREATED,
    text: 'Container `{container:text}` of {pod:object} cannot be started: the runtime cannot mount its volume at `{path:text}` ({detail:text}).',
    remedy: [
      {
        text: 'Check that the source exists on the node and that `mountPath` can be created: not below a read-only mount, not inside another mounted file.',
      },
      SHOW_POD,
    ],
  },
  workingDirectory: {
    ...OWN_FAULT,
    text: 'Container `{container:text}` of {pod:object} cannot be started: its working directory `{path:text}` cannot be entered ({detail:text}).',
    remedy: [
      {
        text: 'Correct `workingDir`, or give the user of the container access to the directory; a volume mounted above it may hide it.',
      },
      SHOW_POD,
    ],
  },
  userUnknown: {
    ...OWN_FAULT,
    text: 'Container `{container:text}` of {pod:object} cannot be started: image `{image:text}` does not know its user or group `{user:text}`.',
    remedy: [
      { text: 'Use a number in `runAsUser` and in the USER line of the image, or add the user to it.' },
    ],
    groupBy: ['image'],
  },
  noCommand: {
    ...OWN_FAULT,
    text: 'Container `{container:text}` of {pod:object} cannot be created: neither the pod nor image `{image:text}` names a command.',
    remedy: [{ text: 'Set `command` in the pod template, or an entry point in the image.' }],
    groupBy: ['image'],
  },
  diskFull: {
    ...NOT_CREATED,
    text: 'Container `{container:text}` of {pod:object} cannot be created: a disk of {node:object} is full ({detail:text}).',
    remedy: [
      { text: 'Free space on the file system of the container runtime or of the kubelet on the node.' },
      {
        text: 'See both space and inodes.',
        argv: ['df', '-h', '/var/lib/kubelet', '/var/lib/containerd'],
      },
    ],
    groupBy: ['node'],
  },
  runtimeNotAnswering: {
    ...NOT_CREATED,
    text: 'Container `{container:text}` of {pod:object} cannot be created: the container runtime of {node:object} does not answer ({detail:text}).',
    remedy: [{ text: 'Start the container runtime on the node, and read its log from when it stopped.' }],
    groupBy: ['node'],
  },
  runtimeBusy: {
    ...NOT_CREATED,
    confidence: { level: 'likely', reason: 'the runtime names an earlier try it has not finished' },
    text: 'Container `{container:text}` of {pod:object} cannot be created: the container runtime of {node:object} has not finished an earlier try ({detail:text}).',
    remedy: [
      {
        text: 'Look for slow or full disks and for high load on the node first; restart the container runtime when the same name stays reserved for more than some minutes.',
      },
    ],
    groupBy: ['node'],
  },
  profileRefused: {
    ...NOT_CREATED,
    text: 'Container `{container:text}` of {pod:object} cannot be created: {node:object} cannot apply its AppArmor, seccomp or SELinux settings ({detail:text}).',
    remedy: [{ text: 'Load the profile on every node the pod may run on, or correct its name in the pod.' }],
    groupBy: ['node'],
  },
  deviceMissing: {
    ...NOT_CREATED,
    text: 'Container `{container:text}` of {pod:object} cannot be created: a device or its driver is missing on {node:object} ({detail:text}).',
    remedy: [{ text: 'Check the driver, the device plugin and the runtime hook of the device on the node.' }],
    groupBy: ['node'],
  },
  notStarted: {
    ...NOT_CREATED,
    text: 'Container `{container:text}` of {pod:object} cannot be started: {detail:text}.',
    remedy: [
      {
        text: 'Compare the words of the container runtime with command, mounts and security context of the container.',
      },
      SHOW_POD,
    ],
  },
} as const satisfies Messages;
