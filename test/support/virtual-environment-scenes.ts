import {
  ago,
  anyObject,
  type Built,
  condition,
  containerStatus,
  controlledBy,
  deployment,
  endpointSlice,
} from './builders.ts';
import type { Given } from './given.ts';
import { meshPod } from './istio-builders.ts';
import {
  appService,
  demo,
  inEnvironment,
  logLine,
  NAMESPACE,
  operatorDeployment,
  operatorLog,
  operatorPod,
  routesOf,
  routesTo,
  subsetsOf,
  virtualEnvironment,
} from './virtual-environment-builders.ts';

const DEFINITION = anyObject(
  'apiextensions.k8s.io/v1',
  'CustomResourceDefinition',
  'virtualenvironments.env.alibaba.com',
  null,
);
const MADE = new Set(['VirtualService', 'DestinationRule']);

/** The objects with a ready pod of the mesh for each workload and endpoints for each Service; nothing is tagged. */
function withPods(objects: readonly Built[]): Built[] {
  const workloads = objects.filter(
    ({ kind, metadata }) => /Deployment|StatefulSet/.test(kind) && metadata.name !== 'virtual-env-operator',
  );
  const made = workloads.map(({ kind, metadata, spec }) => {
    const { labels } = (spec as { template: { metadata: { labels: Record<string, string> } } }).template
      .metadata;
    return meshPod(`${metadata.name}-0`, { labels, ...controlledBy(kind, metadata.name) });
  });
  const slices = objects
    .filter(({ kind }) => kind === 'Service')
    .map(({ metadata: { name } }) => {
      const behind = made.filter(({ metadata }) => (metadata.labels as { app: string }).app === name);
      return endpointSlice(
        name,
        behind.map((one) => ({ ip: '10.1.0.7', pod: one.metadata.name })),
      );
    });
  return [...objects.map(untagged), ...made, ...slices];
}

function untagged(object: Built): Built {
  if (object.kind !== 'VirtualEnvironment') return object;
  const { envHeader, ...spec } = object.spec as { envHeader: object };
  return { ...object, spec: { ...spec, envHeader: { ...envHeader, autoInject: false } } };
}

const OPERATOR_DOWN = [
  operatorDeployment({ status: { readyReplicas: 0, availableReplicas: 0, unavailableReplicas: 1 } }),
  anyObject('apps/v1', 'ReplicaSet', 'virtual-env-operator-6b7f9', NAMESPACE, {
    metadata: controlledBy('Deployment', 'virtual-env-operator'),
  }),
  operatorPod({
    status: {
      conditions: [condition('Ready', 'False')],
      containerStatuses: [
        containerStatus('virtual-env-operator', {
          ready: false,
          restartCount: 9,
          state: {
            waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' },
          },
          lastState: {
            terminated: { exitCode: 1, reason: 'Error', startedAt: ago(120), finishedAt: ago(100) },
          },
        }),
      ],
    },
  }),
];

const RUNS = [DEFINITION, virtualEnvironment(), operatorDeployment(), operatorPod()];

/** KtEnv's demonstration as it is. */
export function inOrder(): Given {
  return { objects: withPods([DEFINITION, ...demo()]) };
}

/** An operator that ends at its start, before it has made anything. */
export function operatorCrashes(): Given {
  const rest = demo().filter(
    ({ kind, metadata }) => !MADE.has(kind) && !metadata.name.startsWith('virtual-env-operator'),
  );
  const error = 'no matches for kind "VirtualService" in version "networking.istio.io/v1alpha3"';
  const objects = withPods([DEFINITION, ...rest, ...OPERATOR_DOWN]);
  return { objects, logs: [operatorLog(logLine(100, `{${error}} Manager exited non-zero`))] };
}

/** A second workload of the default environment behind a Service, whose DestinationRule Istio refuses. */
export function subsetTwice(): Given {
  const labels = { app: 'app', 'virtual-env': 'dev' };
  const second = deployment('worker', {
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels } } },
  });
  const objects = withPods([
    ...RUNS,
    appService('app'),
    inEnvironment('app', 'dev'),
    inEnvironment('app', 'dev.a'),
    second,
    routesOf('app', routesTo('app', { 'dev.a': 'dev-a' })),
  ]);
  const denied =
    'admission webhook "validation.istio.io" denied the request: configuration is invalid: duplicate subset names: dev';
  return { objects, logs: [operatorLog(logLine(60, `{${denied}} Failed to create DestinationRule app`))] };
}

/** A Service without a workload in the default environment. */
export function withoutDefault(): Given {
  const objects = [
    ...RUNS,
    appService('app'),
    inEnvironment('app', 'stage'),
    routesOf('app', routesTo('app', { stage: 'stage' })),
    subsetsOf('app', ['stage']),
  ];
  return { objects: withPods(objects) };
}

/** A Service whose port has another name; what was made before is still there. */
export function portOfOtherName(): Given {
  const objects = [
    DEFINITION,
    ...demo().filter(({ metadata }) => metadata.name !== 'app-js'),
    appService('app-js', { spec: { ports: [{ name: 'web', port: 8080 }] } }),
  ];
  return { objects: withPods(objects) };
}

/** A Service deleted while the operator does not run. */
export function serviceGone(): Given {
  const rest = demo().filter(
    ({ kind, metadata }) =>
      !(kind === 'Service' && metadata.name === 'app-go') &&
      !metadata.name.startsWith('virtual-env-operator'),
  );
  return { objects: withPods([DEFINITION, ...rest, ...OPERATOR_DOWN]) };
}
