import { type KwokDocument, kwokDocument, STATE_LABEL, stage } from '../kwok.ts';
import { deployment, type KubernetesObject } from './object.ts';

/** Namespace of the workloads that do not work. */
export const BROKEN_NAMESPACE = 'broken';

/** Name of the pod no node has room for. */
export const UNSCHEDULABLE_POD = 'giant';

/** A crashing Deployment, one whose image cannot be pulled, and a pod that fits no node. */
export function brokenWorkloads(): KubernetesObject[] {
  return [
    deployment(BROKEN_NAMESPACE, 'crasher', {
      labels: { [STATE_LABEL]: 'crash-loop' },
      containers: [{ name: 'crasher', image: 'registry.example/crasher:2.1' }],
    }),
    deployment(BROKEN_NAMESPACE, 'puller', {
      labels: { [STATE_LABEL]: 'image-pull-back-off' },
      containers: [{ name: 'puller', image: 'registry.example/absent:9.9' }],
    }),
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: UNSCHEDULABLE_POD, namespace: BROKEN_NAMESPACE },
      spec: {
        containers: [
          {
            name: 'giant',
            image: 'registry.example/giant:1.0',
            resources: { requests: { cpu: '64', memory: '1Gi' } },
          },
        ],
      },
    },
  ];
}

/** What the kubelet would say of {@link brokenWorkloads}. */
export function brokenStages(): KwokDocument[] {
  const unset = '.status.containerStatuses.[].name';
  return [
    stage({
      state: 'crash-loop',
      kind: 'Pod',
      unset,
      statusTemplate: CRASH_LOOP,
      event: { type: 'Warning', reason: 'BackOff', message: 'Back-off restarting failed container crasher' },
    }),
    stage({
      state: 'image-pull-back-off',
      kind: 'Pod',
      unset,
      statusTemplate: IMAGE_PULL_BACK_OFF,
      event: {
        type: 'Warning',
        reason: 'Failed',
        message:
          'Failed to pull image "registry.example/absent:9.9": rpc error: code = NotFound desc = ' +
          'failed to pull and unpack image "registry.example/absent:9.9": not found',
      },
    }),
  ];
}

/** Current and previous log of the crashing container; the container without an image has none. */
export function brokenLogs(files: { readonly current: string; readonly previous: string }): KwokDocument {
  return kwokDocument(
    'ClusterLogs',
    { name: 'broken' },
    {
      selector: { matchNamespaces: [BROKEN_NAMESPACE] },
      logs: [{ containers: ['crasher'], logsFile: files.current, previousLogsFile: files.previous }],
    },
  );
}

const CONDITIONS = `
{{ $now := Now }}
conditions:
- type: Initialized
  status: "True"
  lastTransitionTime: {{ $now | Quote }}
- type: Ready
  status: "False"
  reason: ContainersNotReady
  message: "containers with unready status: [{{ (index .spec.containers 0).name }}]"
  lastTransitionTime: {{ $now | Quote }}
- type: ContainersReady
  status: "False"
  reason: ContainersNotReady
  message: "containers with unready status: [{{ (index .spec.containers 0).name }}]"
  lastTransitionTime: {{ $now | Quote }}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
startTime: {{ $now | Quote }}
`;

const CRASH_LOOP = `${CONDITIONS}
phase: Running
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: registry.example/crasher@sha256:0000000000000000000000000000000000000000000000000000000000000001
  containerID: containerd://0000000000000000000000000000000000000000000000000000000000000007
  ready: false
  started: false
  restartCount: 7
  state:
    waiting:
      reason: CrashLoopBackOff
      message: "back-off 5m0s restarting failed container={{ .name }}"
  lastState:
    terminated:
      exitCode: 1
      reason: Error
      startedAt: {{ $now | Quote }}
      finishedAt: {{ $now | Quote }}
      containerID: containerd://0000000000000000000000000000000000000000000000000000000000000007
{{ end }}
`;

const IMAGE_PULL_BACK_OFF = `${CONDITIONS}
phase: Pending
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: false
  started: false
  restartCount: 0
  state:
    waiting:
      reason: ImagePullBackOff
      message: 'Back-off pulling image "{{ .image }}": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "{{ .image }}": not found'
{{ end }}
`;
