import { type KwokDocument, kwokDocument, STATE_LABEL } from '../kwok.ts';
import { APP } from './objects.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The time of the stage, as a Go template has it. */
const NOW = '{{ Now }}';
const IMAGE = 'registry.example/app:1.4';

/** An event as a kubelet sends it. */
export interface KubeletEvent {
  readonly type: 'Warning' | 'Normal';
  readonly reason: string;
  readonly message: string;
}

/** The status kwok gives to pods of a state once, and the events their kubelet would send, the last one with it. */
export function podState(state: string, status: Fields, ...events: readonly KubeletEvent[]): KwokDocument[] {
  const last = events.at(-1);
  const before = events.slice(0, -1);
  const step = (count: number): Fields => ({ phase: 'Pending', message: `step ${count}` });
  const final = { startTime: NOW, message: '', ...status };
  return [
    ...before.map((event, index) =>
      stage(`${state}-${index}`, state, index, { status: step(index + 1), event }),
    ),
    stage(state, state, before.length, { status: final, ...(last ? { event: last } : {}) }),
  ];
}

/** A stage that follows `after` others on the same pod. */
function stage(
  name: string,
  state: string,
  after: number,
  { status, event }: { readonly status: Fields; readonly event?: KubeletEvent },
): KwokDocument {
  const came = after === 0 ? { operator: 'DoesNotExist' } : { operator: 'In', values: [`step ${after}`] };
  return kwokDocument(
    'Stage',
    { name: `fault-${name}` },
    {
      resourceRef: { apiGroup: 'v1', kind: 'Pod' },
      selector: {
        matchLabels: { [STATE_LABEL]: state },
        matchExpressions: [
          { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' },
          { key: '.status.startTime', operator: 'DoesNotExist' },
          { key: '.status.message', ...came },
        ],
      },
      // JSON is YAML, and its quoted strings may hold actions of Go templates.
      next: { ...(event ? { event } : {}), statusTemplate: JSON.stringify(status) },
    },
  );
}

/** Status of the container {@link APP} that waits for this reason; `last` is the end of its run before. */
export function waiting(reason: string, message: string, last?: Fields, restarts = 7): Fields {
  return container(APP, {
    state: { waiting: { reason, message } },
    ...(last ? { lastState: { terminated: ended(last) }, restartCount: restarts } : {}),
  });
}

/** Status of a container that runs, ready or not. */
export function running(options: { readonly ready?: boolean; readonly last?: Fields } = {}): Fields {
  const { ready = true, last } = options;
  return container(APP, {
    ready,
    started: true,
    state: { running: { startedAt: NOW } },
    ...(last ? { lastState: { terminated: ended(last) }, restartCount: 7 } : {}),
  });
}

/** Status of a container that has ended. */
export function terminated(end: Fields): Fields {
  return container(APP, { state: { terminated: ended(end) } });
}

/** Status of a container of any name. */
export function container(name: string, fields: Fields): Fields {
  const containerID = 'containerd://00000000000000000000000000000000000000000000000000000000000000aa';
  const started = 'waiting' in ((fields.state as Fields | undefined) ?? {}) && !('lastState' in fields);
  return {
    name,
    image: IMAGE,
    imageID: '',
    ready: false,
    started: false,
    restartCount: 0,
    ...(started ? {} : { containerID }),
    ...fields,
  };
}

function ended(fields: Fields): Fields {
  return { exitCode: 1, reason: 'Error', startedAt: NOW, finishedAt: NOW, ...fields };
}

/** Of a pod that has no sandbox yet: neither network nor address. */
export const NO_SANDBOX = { podIP: undefined, podIPs: undefined };

/** A whole status: the phase, its conditions and its containers. */
export function podStatus(
  phase: 'Pending' | 'Running' | 'Failed' | 'Succeeded',
  containers: readonly Fields[],
  rest: Fields = {},
): Fields {
  const ready = containers.every((one) => one.ready === true) && phase === 'Running';
  const initialized = !('initContainerStatuses' in rest);
  const condition = (type: string, yes: boolean, reason: string): Fields => ({
    type,
    status: yes ? 'True' : 'False',
    lastTransitionTime: NOW,
    ...(yes ? {} : { reason, message: `containers with unready status: [${APP}]` }),
  });
  return {
    phase,
    conditions: [
      condition('PodReadyToStartContainers', !('podIP' in rest), 'NoSandbox'),
      condition('Initialized', initialized, 'ContainersNotInitialized'),
      condition('Ready', ready, 'ContainersNotReady'),
      condition('ContainersReady', ready, 'ContainersNotReady'),
    ],
    hostIP: '192.0.2.20',
    podIP: '10.244.0.20',
    podIPs: [{ ip: '10.244.0.20' }],
    containerStatuses: containers,
    ...rest,
  };
}
