import { definition, istioDefinitions } from './definitions.ts';
import { AGE, DEMO, INSTANCE, LABEL, operatorPart, ROLLOUT, webhookPart } from './environment-programs.ts';
import { istioControlPlane, type MeshPart } from './istio-mesh.ts';
import { injected, listenersOf, proxyLog } from './istio-proxies.ts';
import { type LogEntry, MINUTE, objectOf } from './object.ts';
import { refusals } from './refused-pods.ts';
import type { ApiObject } from './scenario.ts';
import { service } from './services.ts';
import { deployment, podsIn } from './workloads.ts';

const HEADER = 'X-Virtual-Env';
const PORT = 8080;

/** The environments, with the suffixes and addresses of their pods. */
const ENVIRONMENTS = [
  { value: 'dev', name: 'dev', hash: '58c7d6f9b4' },
  { value: 'dev.proj1', name: 'dev-proj1', hash: '7bb95f4c6d' },
] as const;
const APPS = [
  {
    name: 'app-js',
    clusterIP: '10.103.20.11',
    suffixes: ['h7kqz', 'w2m9d'],
    ips: ['10.244.1.71', '10.244.2.71'],
  },
  {
    name: 'app-java',
    clusterIP: '10.103.20.12',
    suffixes: ['c4tnv', 'x8r5p'],
    ips: ['10.244.1.72', '10.244.2.72'],
  },
] as const;

/** What differs in a sample with virtual environments. */
export interface EnvironmentScene {
  /** Sidecars are native, so that the webhook of KtEnv does not find them. */
  readonly native: boolean;
  /** Name of the port of a Service, where it is not `http`. */
  readonly portNames?: Readonly<Record<string, string>>;
  /** The EnvoyFilter is as the operator writes it, for a name this Istio does not know. */
  readonly oldFilterName?: boolean;
  /** The webhook of KtEnv has no pod, and so the second one of the first application was refused. */
  readonly webhookScaledDown?: boolean;
}

/** The first application was scaled up so long before the collection, where its new pod is refused. */
const SCALED = 26 * MINUTE;
const REFUSED =
  'Internal error occurred: failed calling webhook "webhook-server.kt-virtual-environment.svc": failed to call webhook: Post "https://webhook-server.kt-virtual-environment.svc:443/inject?timeout=10s": no endpoints available for service "webhook-server"';

/** KtEnv with a demonstration of two applications in two environments, in a mesh. */
export async function virtualEnvironments(scene: EnvironmentScene): Promise<MeshPart> {
  const { native, portNames = {}, oldFilterName = false } = scene;
  const instance = objectOf(
    {
      apiVersion: 'env.alibaba.com/v1alpha2',
      kind: 'VirtualEnvironment',
      namespace: DEMO,
      name: INSTANCE,
      age: AGE,
    },
    {
      spec: {
        envHeader: { name: HEADER, autoInject: true },
        envLabel: { name: LABEL, splitter: '.', defaultSubset: 'dev' },
      },
    },
  );
  const workloads = APPS.flatMap((app) => ENVIRONMENTS.map((_, index) => applicationIn(app, index, scene)));
  const pods = workloads.flatMap(podsIn);
  const services = APPS.flatMap((app) =>
    service({
      namespace: DEMO,
      name: app.name,
      selector: { app: app.name },
      clusterIP: app.clusterIP,
      ports: [{ name: portNames[app.name] ?? 'http', port: PORT, targetPort: PORT }],
      pods: pods.filter(({ metadata }) => (metadata.labels as { app: string }).app === app.name),
      age: AGE,
    }),
  );
  // KtEnv makes nothing for a Service without a port whose name begins with `http`.
  const routed = APPS.filter(({ name }) => (portNames[name] ?? 'http').startsWith('http'));
  const operator = operatorPart({
    services: Object.fromEntries(
      APPS.map(({ name }) => [name, { portName: portNames[name] ?? 'http', port: PORT }]),
    ),
    templates: Object.fromEntries(
      APPS.flatMap((app) =>
        ENVIRONMENTS.map((one) => [`${app.name}-${one.name}`, { app: app.name, [LABEL]: one.value }]),
      ),
    ),
    routed: routed.map(({ name }) => name),
    native,
  });
  const mesh = await istioControlPlane([...pods, ...podsIn(operator.objects)]);
  const webhook = await webhookPart(pods, scene);
  return {
    objects: [
      ...mesh.objects,
      ...operator.objects,
      ...webhook.objects,
      objectOf(
        {
          kind: 'Namespace',
          name: DEMO,
          age: AGE,
          labels: {
            'kubernetes.io/metadata.name': DEMO,
            'istio-injection': 'enabled',
            'environment-tag-injection': 'enabled',
          },
        },
        { status: { phase: 'Active' } },
      ),
      definition('env.alibaba.com', 'VirtualEnvironment', 'v1alpha2'),
      ...istioDefinitions(),
      instance,
      ...workloads.flat(),
      ...services,
      ...routed.flatMap(({ name }) => routes(name, instance)),
      tagFilter(instance, oldFilterName),
    ],
    logs: [
      ...mesh.logs,
      ...operator.logs,
      ...webhook.logs,
      ...pods.map(({ metadata }): LogEntry => [`${DEMO}/${metadata.name}/istio-proxy`, proxyLog(ROLLOUT)]),
    ],
    podReplies: {
      ...mesh.podReplies,
      ...operator.podReplies,
      ...Object.fromEntries(
        pods.map(({ metadata }) => [
          `${DEMO}/${metadata.name}:15000/config_dump`,
          listenersOf(PORT, oldFilterName ? [] : ['virtual.environment.lua']),
        ]),
      ),
    },
  };
}

function applicationIn(
  { name, suffixes, ips }: (typeof APPS)[number],
  index: number,
  { native, webhookScaledDown = false }: EnvironmentScene,
): ApiObject[] {
  const environment = ENVIRONMENTS[index]!;
  const isRefused = webhookScaledDown && name === APPS[0].name && index === 0;
  const objects = deployment({
    namespace: DEMO,
    name: `${name}-${environment.name}`,
    hash: environment.hash,
    age: ROLLOUT,
    labels: { app: name, [LABEL]: environment.value },
    container: {
      name,
      image: `registry.example/demo/${name}:1.9.2`,
      ports: [{ name: 'http', containerPort: PORT }],
      readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 5 },
      resources: { requests: { cpu: '20m', memory: '64Mi' } },
    },
    replicas: [{ suffix: suffixes[index]!, node: index === 0 ? 'worker-1' : 'worker-2', ip: ips[index]! }],
    ...(isRefused ? { wanted: 2, unavailable: SCALED, refused: { message: REFUSED, since: SCALED } } : {}),
  });
  const env = native ? [] : [{ name: 'VIRTUAL_ENVIRONMENT_TAG', value: environment.value }];
  const events = isRefused ? refusals(objects, REFUSED, SCALED) : [];
  return [...objects.map((one) => (one.kind === 'Pod' ? injected(one, { native, env }) : one)), ...events];
}

/** What the operator makes of a Service: routes by header to the subsets of the environments. */
function routes(name: string, owner: ApiObject): ApiObject[] {
  const apiVersion = 'networking.istio.io/v1';
  const to = (subset: string) => [
    { destination: { host: name, port: { number: PORT }, subset }, weight: 100 },
  ];
  const project = {
    match: [{ headers: { [HEADER]: { exact: 'dev.proj1' } }, port: PORT }],
    route: to('dev-proj1'),
  };
  const rest = { match: [{ port: PORT }], route: to('dev') };
  return [
    objectOf(
      { apiVersion, kind: 'VirtualService', namespace: DEMO, name, age: ROLLOUT - 30, owner },
      { spec: { gateways: ['mesh'], hosts: [name], http: [project, rest] } },
    ),
    objectOf(
      { apiVersion, kind: 'DestinationRule', namespace: DEMO, name, age: ROLLOUT - 30, owner },
      {
        spec: {
          host: name,
          subsets: ENVIRONMENTS.map((one) => ({ name: one.name, labels: { [LABEL]: one.value } })),
        },
      },
    ),
  ];
}

/** The EnvoyFilter of the operator; its name of the connection manager is corrected for this Istio unless said. */
function tagFilter(owner: ApiObject, oldName: boolean): ApiObject {
  const manager = oldName ? 'envoy.http_connection_manager' : 'envoy.filters.network.http_connection_manager';
  const script = `local curEnv = os.getenv("VIRTUAL_ENVIRONMENT_TAG")\nfunction envoy_on_request(req)\n  local env = req:headers():get("${HEADER}")\n  if env == nil and curEnv ~= nil then\n    req:headers():add("${HEADER}", curEnv)\n  end\nend`;
  const labels = { envLabel: LABEL, envHeader: HEADER };
  return objectOf(
    {
      apiVersion: 'networking.istio.io/v1alpha3',
      kind: 'EnvoyFilter',
      namespace: DEMO,
      name: INSTANCE,
      age: AGE - 5,
      labels,
      owner,
    },
    {
      spec: {
        configPatches: [
          {
            applyTo: 'HTTP_FILTER',
            match: {
              context: 'SIDECAR_OUTBOUND',
              listener: {
                filterChain: { filter: { name: manager } },
              },
            },
            patch: {
              operation: 'INSERT_BEFORE',
              value: {
                name: 'virtual.environment.lua',
                typed_config: {
                  '@type': 'type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua',
                  inlineCode: script,
                },
              },
            },
          },
        ],
      },
    },
  );
}
