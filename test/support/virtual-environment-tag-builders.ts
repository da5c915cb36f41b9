import { ago, anyObject, type Built, containerStatus, deployment, namespace, pod } from './builders.ts';
import { webhook, webhookConfiguration } from './extension-builders.ts';
import { INSTANCE, NAMESPACE, ownedBy, podInEnvironment } from './virtual-environment-builders.ts';

type Parts = Record<string, unknown>;

/** The namespace of KtEnv's webhook. */
export const WEBHOOK_NAMESPACE = 'kt-virtual-environment';
export const WEBHOOK_CONFIGURATION = 'virtual-environment-webhook';
/** Its pod. */
export const WEBHOOK_POD = 'webhook-server-7c5d9-p4q7m';
const IMAGE = 'virtualenvironment/virtual-env-admission-webhook:v0.6.0';

/** The namespace of a scene, for which the webhook is called. */
export function coveredNamespace(labels: Readonly<Record<string, string>> = {}): Built {
  return namespace(NAMESPACE, {
    metadata: {
      labels: { 'istio-injection': 'enabled', 'environment-tag-injection': 'enabled', ...labels },
    },
  });
}

/** The configuration of KtEnv's webhook, as delivered. */
export function tagWebhook(parts: Parts = {}, metadata: Parts = {}): Built {
  const hook = webhook('webhook-server.kt-virtual-environment.svc', {
    admissionReviewVersions: ['v1'],
    namespaceSelector: { matchLabels: { 'environment-tag-injection': 'enabled' } },
    clientConfig: {
      service: { namespace: WEBHOOK_NAMESPACE, name: 'webhook-server', path: '/inject', port: 443 },
    },
    ...parts,
  });
  return webhookConfiguration(WEBHOOK_CONFIGURATION, [hook], {
    kind: 'MutatingWebhookConfiguration',
    metadata: { creationTimestamp: ago(30 * 86_400), ...metadata },
  });
}

/** The webhook's pod with its settings. */
export function webhookPod({
  env = [{ name: 'envLabel', value: 'virtual-env' }],
  image = IMAGE,
  metadata = {},
}: {
  env?: readonly Parts[];
  image?: string;
  metadata?: Parts;
} = {}): Built {
  return pod(WEBHOOK_POD, {
    metadata: { namespace: WEBHOOK_NAMESPACE, labels: { app: 'webhook-server' }, ...metadata },
    spec: { containers: [{ name: 'server', image, env }] },
    status: { containerStatuses: [containerStatus('server', { image })] },
  });
}

/** The webhook's Deployment. */
export function webhookDeployment(image = IMAGE): Built {
  return deployment('webhook-server', {
    metadata: { namespace: WEBHOOK_NAMESPACE },
    spec: {
      selector: { matchLabels: { app: 'webhook-server' } },
      template: {
        metadata: { labels: { app: 'webhook-server' } },
        spec: { containers: [{ name: 'server', image }] },
      },
    },
  });
}

/** How the proxy of a pod is there. */
export interface ProxyParts {
  /** Value of `VIRTUAL_ENVIRONMENT_TAG`; absent: the variable is not there. */
  readonly tag?: string;
  readonly native?: boolean;
  readonly none?: boolean;
  readonly version?: string;
  readonly ready?: boolean;
  readonly started?: string;
}

/** A pod of an application in an environment with a proxy, created an hour ago unless said. */
export function taggedPod(app: string, environment: string, proxy: ProxyParts, parts: Parts = {}): Built {
  const { tag, native = false, none = false, version = '1.18.7', ready = true, started = ago(3600) } = proxy;
  const env = tag === undefined ? [] : [{ name: 'VIRTUAL_ENVIRONMENT_TAG', value: tag }];
  const istio = {
    name: 'istio-proxy',
    image: `docker.io/istio/proxyv2:${version}`,
    args: ['proxy', 'sidecar', '--domain', '$(POD_NAMESPACE).svc.cluster.local'],
    env: [{ name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }, ...env],
  };
  const own = { name: 'app', image: 'registry.example/shop/app:1.2' };
  const status = containerStatus('istio-proxy', { ready, state: { running: { startedAt: started } } });
  const { metadata, ...rest } = parts as { metadata?: Parts };
  return podInEnvironment(app, environment, {
    metadata: { creationTimestamp: ago(3600), ...metadata },
    spec: {
      containers: native || none ? [own] : [own, istio],
      ...(native ? { initContainers: [{ ...istio, restartPolicy: 'Always' }] } : {}),
    },
    status: {
      containerStatuses: [containerStatus('app'), ...(native || none ? [] : [status])],
      ...(native ? { initContainerStatuses: [status] } : {}),
    },
    ...rest,
  });
}

/** The EnvoyFilter the operator makes, as of v0.6.0. */
export function tagFilter(
  parts: { name?: string; metadata?: Parts; filter?: string; type?: string } = {},
): Built {
  const {
    name = INSTANCE,
    metadata,
    filter = 'envoy.http_connection_manager',
    type = 'type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua',
  } = parts;
  return anyObject('networking.istio.io/v1alpha3', 'EnvoyFilter', name, NAMESPACE, {
    metadata: {
      labels: { envLabel: 'virtual-env', envHeader: 'ali-env-mark' },
      ...ownedBy(),
      ...metadata,
    },
    spec: {
      configPatches: [
        {
          applyTo: 'HTTP_FILTER',
          match: { context: 'SIDECAR_OUTBOUND', listener: { filterChain: { filter: { name: filter } } } },
          patch: {
            operation: 'INSERT_BEFORE',
            value: {
              name: 'virtual.environment.lua',
              typed_config: {
                '@type': type,
                inlineCode: 'local curEnv = os.getenv("VIRTUAL_ENVIRONMENT_TAG")',
              },
            },
          },
        },
      ],
    },
  });
}
