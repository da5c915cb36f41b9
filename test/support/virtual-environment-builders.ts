import { ago, anyObject, type Built, controlledBy, deployment, pod, service } from './builders.ts';

type Parts = Record<string, unknown>;

/** The namespace of a scene of virtual environments. */
export const NAMESPACE = 'shop';
/** Name of the VirtualEnvironment that routes it. */
export const INSTANCE = 'demo-virtualenv';

/** A VirtualEnvironment as in KtEnv's example: label `virtual-env`, splitter `.`, default `dev`, header `ali-env-mark`. */
export function virtualEnvironment(
  parts: { name?: string; envHeader?: Parts; envLabel?: Parts; metadata?: Parts } = {},
): Built {
  const { name = INSTANCE, envHeader, envLabel, metadata } = parts;
  return anyObject('env.alibaba.com/v1alpha2', 'VirtualEnvironment', name, NAMESPACE, {
    metadata: { managedFields: [], ...metadata },
    spec: {
      envHeader: { name: 'ali-env-mark', autoInject: true, ...envHeader },
      envLabel: { name: 'virtual-env', splitter: '.', defaultSubset: 'dev', ...envLabel },
    },
  });
}

/** A pod template's labels of an application in an environment, and its environment's name in the object's name. */
function named(app: string, environment: string): { name: string; labels: Readonly<Record<string, string>> } {
  const labels = { app, 'virtual-env': environment };
  return { name: `${app}-${environment.replace(/[._]/g, '-')}`, labels };
}

/** A Deployment of an application in an environment. */
export function inEnvironment(app: string, environment: string, parts: Parts = {}): Built {
  const { name, labels } = named(app, environment);
  const { spec, status, ...rest } = parts as { spec?: Parts; status?: Parts };
  return deployment(name, {
    ...rest,
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels } }, ...spec },
    ...(status ? { status } : {}),
  });
}

/** The same as a StatefulSet. */
export function setInEnvironment(app: string, environment: string, parts: Parts = {}): Built {
  return { ...inEnvironment(app, environment, parts), kind: 'StatefulSet' };
}

/** A ready pod of such a workload. */
export function podInEnvironment(app: string, environment: string, parts: Parts = {}): Built {
  const { name, labels } = named(app, environment);
  const { metadata, ...rest } = parts as { metadata?: Parts };
  const owned = controlledBy('ReplicaSet', `${name}-5d8f7`);
  return pod(`${name}-5d8f7-x2x9z`, { ...rest, metadata: { labels, ...owned, ...metadata } });
}

/** A Service of an application with one port `http` 8080. */
export function appService(app: string, parts: Parts = {}): Built {
  const { spec, ...rest } = parts as { spec?: Parts };
  return service(app, {
    ...rest,
    spec: { ports: [{ name: 'http', port: 8080, targetPort: 8080, protocol: 'TCP' }], ...spec },
  });
}

/** The reference of an object a VirtualEnvironment's operator has made. */
export function ownedBy(instance = INSTANCE): Parts {
  return controlledBy('VirtualEnvironment', instance, 'env.alibaba.com/v1alpha2');
}

/** Routes of a VirtualService: header value → subset on port 8080, then the default. */
export function routesTo(
  host: string,
  routes: Readonly<Record<string, string>>,
  { subset, header = 'ali-env-mark' }: { subset?: string; header?: string } = { subset: 'dev' },
): Parts[] {
  const to = (name: string | undefined) => [
    {
      destination: { host, port: { number: 8080 }, ...(name === undefined ? {} : { subset: name }) },
      weight: 100,
    },
  ];
  return [
    ...Object.entries(routes).map(([exact, name]) => ({
      match: [{ port: 8080, headers: { [header]: { exact } } }],
      route: to(name),
    })),
    { match: [{ port: 8080 }], route: to(subset) },
  ];
}

/** A VirtualService as the operator makes it. */
export function routesOf(app: string, http: readonly Parts[], parts: Parts = {}): Built {
  const { metadata, spec } = parts as { metadata?: Parts; spec?: Parts };
  return anyObject('networking.istio.io/v1alpha3', 'VirtualService', app, NAMESPACE, {
    metadata: { ...ownedBy(), ...metadata },
    spec: { gateways: ['mesh'], hosts: [app], http, ...spec },
  });
}

/** A DestinationRule as the operator makes it. */
export function subsetsOf(app: string, environments: readonly string[], parts: Parts = {}): Built {
  const { metadata, spec } = parts as { metadata?: Parts; spec?: Parts };
  const subsets = environments.map((value) => ({
    name: value.replace(/[._]/g, '-'),
    labels: { 'virtual-env': value },
  }));
  return anyObject('networking.istio.io/v1alpha3', 'DestinationRule', app, NAMESPACE, {
    metadata: { ...ownedBy(), ...metadata },
    spec: { host: app, subsets, ...spec },
  });
}

const OPERATOR = 'virtual-env-operator';

/** The operator's Deployment. */
export function operatorDeployment(parts: Parts = {}): Built {
  const {
    status,
    spec,
    image = `virtualenvironment/${OPERATOR}:v0.6.0`,
  } = parts as {
    status?: Parts;
    spec?: Parts;
    image?: string;
  };
  return deployment(OPERATOR, {
    spec: {
      selector: { matchLabels: { name: OPERATOR } },
      template: {
        metadata: { labels: { name: OPERATOR } },
        spec: { containers: [{ name: OPERATOR, image }] },
      },
      ...spec,
    },
    ...(status ? { status } : {}),
  });
}

/** Its pod. */
export function operatorPod(parts: Parts = {}): Built {
  const {
    image = `virtualenvironment/${OPERATOR}:v0.6.0`,
    env,
    metadata,
    status,
    spec,
  } = parts as {
    image?: string;
    env?: readonly Parts[];
    metadata?: Parts;
    status?: Parts;
    spec?: Parts;
  };
  return pod(OPERATOR_POD, {
    metadata: {
      labels: { name: OPERATOR },
      ...controlledBy('ReplicaSet', `${OPERATOR}-6b7f9`),
      ...metadata,
    },
    spec: { containers: [{ name: OPERATOR, image, env: env ?? [] }], ...spec },
    status: {
      containerStatuses: [
        {
          name: OPERATOR,
          ready: true,
          started: true,
          restartCount: 0,
          image,
          state: { running: { startedAt: ago(3600) } },
          lastState: {},
        },
      ],
      ...status,
    },
  });
}

/** Name of the operator's pod. */
export const OPERATOR_POD = 'virtual-env-operator-6b7f9-kk2lp';

/** Its log. */
export function operatorLog(...lines: string[]) {
  return { namespace: NAMESPACE, pod: OPERATOR_POD, container: OPERATOR, text: `${lines.join('\n')}\n` };
}

/** A line of its log so many seconds ago, as collected with time stamps. */
export function logLine(seconds: number, text: string): string {
  const time = ago(seconds);
  return `${time} [${text.startsWith('{') ? 'Error' : 'Info'}] ${time.slice(0, 10)} ${time.slice(11, 19)} ${text}`;
}

/** KtEnv's own demonstration (examples/deploy/app.sh): three applications in four environments, routed as they are. */
export function demo(): Built[] {
  return [
    virtualEnvironment(),
    operatorDeployment(),
    operatorPod(),
    appService('app-js'),
    appService('app-go'),
    appService('app-java'),
    ...['dev', 'dev.proj1'].map((value) => inEnvironment('app-js', value)),
    ...['dev', 'dev.proj2'].map((value) => setInEnvironment('app-go', value)),
    ...['dev', 'dev.proj1', 'dev.proj1.feature1'].map((value) => inEnvironment('app-java', value)),
    ...demoRoutes(),
  ];
}

/** The VirtualServices and DestinationRules of the demonstration. */
export function demoRoutes(): Built[] {
  return [
    subsetsOf('app-js', ['dev', 'dev.proj1']),
    routesOf('app-js', routesTo('app-js', { 'dev.proj1': 'dev-proj1', 'dev.proj1.feature1': 'dev-proj1' })),
    subsetsOf('app-go', ['dev', 'dev.proj2']),
    routesOf('app-go', routesTo('app-go', { 'dev.proj2': 'dev-proj2' })),
    subsetsOf('app-java', ['dev', 'dev.proj1', 'dev.proj1.feature1']),
    routesOf(
      'app-java',
      routesTo('app-java', { 'dev.proj1': 'dev-proj1', 'dev.proj1.feature1': 'dev-proj1-feature1' }),
    ),
  ];
}
