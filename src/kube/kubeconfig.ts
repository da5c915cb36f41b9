import type { KubeConfig, User } from '@kubernetes/client-node';
import { UserError } from '../model/errors.ts';
import { oneLine } from './failure.ts';
import { type KubeconfigSource, readKubeconfig } from './kubeconfig-files.ts';
import { parseProxy } from './proxy.ts';

/** The name client-node gives to the context it makes inside a cluster. */
const IN_CLUSTER_CONTEXT = 'inClusterContext';

/** The cluster and user of one context, ready to be connected to. */
export interface Target {
  readonly config: KubeConfig;
  /** Undefined inside a cluster. */
  readonly context: string | undefined;
  readonly namespace: string;
  readonly server: URL;
  /** `proxy-url` of the cluster. */
  readonly proxyUrl: URL | undefined;
  readonly clusterName: string;
  readonly user: User | undefined;
}

/** Reads the kubeconfig and picks the context: the named one, else its current one. Throws UserError. */
export function readTarget(source: KubeconfigSource, contextName?: string): Target {
  const config = readKubeconfig(source);
  const name = pickContext(config, contextName);
  config.setCurrentContext(name);
  const context = config.getContextObject(name);
  const cluster = config.getCurrentCluster();
  if (!cluster) {
    throw new UserError(
      'kubeconfig-invalid',
      `context ${name} names the cluster ${context?.cluster ?? '(none)'}, which the kubeconfig does not define with a server`,
      { hint: 'see: kubectl config view' },
    );
  }
  const server = readServer(cluster.server, name);
  const proxyUrl = cluster.proxyUrl ? readProxy(cluster.proxyUrl, name) : undefined;
  // client-node refuses http:// altogether unless told not to check certificates; there is none to check.
  if (server.protocol === 'http:') Object.assign(cluster, { skipTLSVerify: true });
  return {
    config,
    context: name === IN_CLUSTER_CONTEXT ? undefined : name,
    namespace: context?.namespace?.trim() || 'default',
    server,
    proxyUrl,
    clusterName: cluster.name,
    user: config.getCurrentUser() ?? undefined,
  };
}

function pickContext(config: KubeConfig, wanted: string | undefined): string {
  const names = config.getContexts().map((context) => context.name);
  const hint =
    names.length === 0 ? 'the kubeconfig defines no context' : `known contexts: ${names.join(', ')}`;
  const name = wanted ?? config.getCurrentContext();
  if (!name) {
    throw new UserError('context-unknown', 'the kubeconfig has no current context', {
      hint: names.length === 0 ? hint : `name one with --context; ${hint}`,
    });
  }
  if (!names.includes(name)) {
    throw new UserError('context-unknown', `context ${oneLine(name)} is not in the kubeconfig`, { hint });
  }
  return name;
}

/** The address may hold a password, so that it is not told. */
function readProxy(text: string, context: string): URL {
  const proxy = parseProxy(text);
  if (proxy) return proxy;
  throw new UserError(
    'proxy-unsupported',
    `context ${context} reaches its cluster through a proxy-url that is neither http:// nor https://`,
    { hint: 'run kubecase where the API server can be reached directly, or name an HTTP proxy' },
  );
}

function readServer(text: string, context: string): URL {
  const server = URL.canParse(text) ? new URL(text) : undefined;
  if (!server || (server.protocol !== 'https:' && server.protocol !== 'http:')) {
    throw new UserError(
      'kubeconfig-invalid',
      `context ${context} has no usable server address: ${oneLine(text)}`,
      {
        hint: 'an address has the form https://host:port',
      },
    );
  }
  if (server.protocol === 'http:' && !isLoopback(server.hostname)) {
    throw new UserError(
      'server-insecure',
      `context ${context} has the server ${server.origin}, where credentials would travel unencrypted`,
      { hint: 'http:// is accepted for this machine only, e.g. kubectl proxy' },
    );
  }
  return server;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
