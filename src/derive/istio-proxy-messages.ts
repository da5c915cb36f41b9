import type { Explains, Messages } from '../model/message.ts';
import { POD_SYMPTOMS } from './pod-symptoms.ts';

/** What a proxy that is not ready keeps from running: its pod, and what the pod's applications want to reach. */
const PROXY_SYMPTOMS = [
  ...POD_SYMPTOMS,
  { effect: 'pod-crashing', via: ['same-object'] },
  { effect: 'connection-failing', via: ['same-object'] },
] as const satisfies readonly Explains[];

const SEVERITY = ['critical', 'warning'] as const;
const LINK = {
  severity: SEVERITY,
  effect: 'data-plane-not-connected',
  explains: PROXY_SYMPTOMS.filter(({ effect }) => effect !== 'data-plane-not-connected'),
} as const;
const BY_LOG = { level: 'certain', reason: 'the log of the proxy says so' } as const;
const BY_OBJECTS = {
  level: 'likely',
  reason: 'the proxy is not ready, and the objects show that what it waits for is not there',
} as const;

const LOG = {
  text: 'Read what its container `{container:text}` writes.',
  argv: ['kubectl', 'logs', '{pod.name}', '-n', '{pod.namespace}', '-c', '{container}', '--tail=100'],
} as const;
const SERVICE_ENDPOINTS = {
  text: 'See what stands behind its Service.',
  argv: [
    'kubectl',
    'get',
    'endpointslices',
    '-n',
    '{service.namespace}',
    '-l',
    'kubernetes.io/service-name={service.name}',
  ],
} as const;

/** Why a proxy of Istio is not ready, in the order the causes are looked for. */
export const PROXY_MESSAGES = {
  controlPlaneDown: {
    ...LINK,
    confidence: BY_OBJECTS,
    text: 'The Istio proxy of {pod:object} is not ready: no pod behind its control plane {service:object} is.',
    remedy: [
      { text: 'Get the control plane running first: its proxies follow by themselves.' },
      SERVICE_ENDPOINTS,
    ],
    groupBy: ['service'],
  },
  controlPlaneMissing: {
    ...LINK,
    confidence: BY_OBJECTS,
    text: 'The Istio proxy of {pod:object} is not ready: it looks for its control plane at `{address:text}`, but {problem:text}. Control planes here: {planes:text}.',
    remedy: [
      {
        text: 'Install the revision the proxy belongs to, or give its namespace the label of one that is there and restart the pod.',
        argv: ['kubectl', 'get', 'namespace', '{pod.namespace}', '--show-labels'],
      },
    ],
    groupBy: ['address'],
  },
  nameNotResolved: {
    ...LINK,
    // As everything else that a DNS which does not answer keeps from its servers.
    effect: 'connection-failing',
    confidence: BY_LOG,
    text: 'The Istio proxy of {pod:object} is not ready: the name of its control plane `{address:text}` cannot be resolved (`{detail:text}`).',
    remedy: [
      {
        text: 'See whether the cluster DNS runs and answers pods of this namespace, and whether the Service exists.',
        argv: ['kubectl', 'get', 'pods', '-n', 'kube-system', '-l', 'k8s-app=kube-dns'],
      },
      LOG,
    ],
    groupBy: ['address'],
  },
  policyBlocks: {
    ...LINK,
    confidence: {
      level: 'likely',
      reason: 'the log shows that nobody answers, and a NetworkPolicy in the way allows no such connection',
    },
    text: 'The Istio proxy of {pod:object} is not ready: {policy:object} does not let it reach its control plane `{address:text}` (`{detail:text}`).',
    remedy: [
      {
        text: 'Allow the connection to the pods of istiod, port 15012, in an egress rule of the namespace or an ingress rule of the control plane.',
        argv: ['kubectl', 'describe', 'networkpolicy', '{policy.name}', '-n', '{policy.namespace}'],
      },
    ],
    groupBy: ['policy'],
  },
  unreachable: {
    ...LINK,
    confidence: BY_LOG,
    text: 'The Istio proxy of {pod:object} is not ready: its control plane `{address:text}` cannot be reached (`{detail:text}`).',
    remedy: [
      {
        text: '`connection refused`: nothing listens, so look at the pods behind the Service and at kube-proxy. `i/o timeout`: something drops the packets, so look at network policies, the network plugin and the firewall between the nodes.',
      },
      {
        text: 'Try the way to `{host:text}`, port {port:text}, from a pod of the namespace that has no sidecar: beside a sidecar all but the proxy itself is redirected into the proxy, and its image holds no such tool. Network policies for the labels of the pod are not tried by that.',
        argv: [
          'kubectl',
          'run',
          'way-to-istiod',
          '-n',
          '{pod.namespace}',
          '--image=busybox',
          '--labels=sidecar.istio.io/inject=false',
          '--annotations=sidecar.istio.io/inject=false',
          '--restart=Never',
          '--rm',
          '-it',
          '--',
          'nc',
          '-zvw2',
          '{host}',
          '{port}',
        ],
      },
    ],
    groupBy: ['address'],
  },
  notAuthenticated: {
    ...LINK,
    confidence: BY_LOG,
    text: 'The Istio proxy of {pod:object} is not ready: its control plane does not accept its ServiceAccount token (`{detail:text}`).',
    remedy: [
      {
        text: 'The log of istiod in `{home:text}` says why: the API server refuses the TokenReview, the token is of another audience (`third-party-jwt` against `first-party-jwt`), or of another cluster.',
        argv: ['kubectl', 'logs', '-n', '{home}', '-l', 'app=istiod', '--tail=200', '--prefix'],
      },
      LOG,
    ],
    groupBy: ['detail'],
  },
  certificateUntrusted: {
    ...LINK,
    confidence: BY_LOG,
    text: 'The Istio proxy of {pod:object} is not ready: it does not trust the certificate of its control plane `{address:text}` (`{detail:text}`).',
    remedy: [
      {
        text: 'Compare the root the namespace holds with that of istiod; they differ after an exchange of `cacerts`, and where another control plane wrote the ConfigMap.',
        argv: ['kubectl', 'get', 'configmap', 'istio-ca-root-cert', '-n', '{pod.namespace}', '-o', 'yaml'],
      },
      LOG,
    ],
    groupBy: ['address'],
  },
  certificateNotIssued: {
    ...LINK,
    confidence: BY_LOG,
    text: 'The Istio proxy of {pod:object} is not ready: it is given no certificate (`{detail:text}`).',
    remedy: [
      {
        text: 'Read the log of istiod in `{home:text}`, or of what issues certificates instead of it, for the same time.',
        argv: ['kubectl', 'logs', '-n', '{home}', '-l', 'app=istiod', '--tail=200', '--prefix'],
      },
      LOG,
    ],
    groupBy: ['detail'],
  },
  configurationRejected: {
    severity: SEVERITY,
    effect: 'data-plane-configuration-old',
    // What Envoy itself says of the same refusal.
    explains: [...PROXY_SYMPTOMS, { effect: 'data-plane-configuration-old', via: ['same-object'] }],
    confidence: BY_LOG,
    text: 'The Istio proxy of {pod:object} is not ready: it received its configuration and refused it, {counters:text} (`{detail:text}`). {origin:text}',
    remedy: [
      {
        text: 'Correct or remove what adds this piece, mostly an EnvoyFilter; the words `config not received` of old versions are wrong here.',
        argv: ['kubectl', 'get', 'envoyfilters', '-A'],
      },
      LOG,
    ],
    groupBy: ['detail'],
  },
  rootCertificateMissing: {
    severity: SEVERITY,
    confidence: {
      level: 'certain',
      reason: 'the pod mounts the ConfigMap, and all ConfigMaps of the namespace were listed',
    },
    explains: [{ effect: 'pod-not-starting', via: ['same-object'] }, ...PROXY_SYMPTOMS],
    text: 'The Istio proxy of {pod:object} cannot begin: the ConfigMap `istio-ca-root-cert`, which istiod writes into every namespace, does not exist in {namespace:text}.',
    remedy: [
      {
        text: 'See that istiod runs, is the leader of its election, and may write ConfigMaps in this namespace (`discoverySelectors` leave namespaces out).',
        argv: ['kubectl', 'get', 'configmaps', '-A', '--field-selector=metadata.name=istio-ca-root-cert'],
      },
    ],
    groupBy: ['namespace'],
  },
  setupFailed: {
    severity: SEVERITY,
    confidence: { level: 'certain', reason: 'the container status says so' },
    explains: [{ effect: 'pod-not-starting', via: ['same-object'] }, ...PROXY_SYMPTOMS],
    text: 'The Istio proxy of {pod:object} cannot begin: `{container:text}`, which redirects the traffic of the pod, ends with exit code {code:count}: {meaning:text}.',
    remedy: [
      {
        text: 'Read what it wrote.',
        argv: ['kubectl', 'logs', '{pod.name}', '-n', '{pod.namespace}', '-c', '{container}'],
      },
      {
        text: '`istio-init` needs NET_ADMIN and NET_RAW and the iptables modules of the node; with the plugin of Istio (`istio-cni`) pods need neither. `istio-validation` fails where the plugin was not ready when the pod began: delete the pod, and look at `istio-cni-node` on its node.',
      },
    ],
    key: ['container'],
  },
  certificateTimes: {
    ...LINK,
    confidence: BY_LOG,
    text: 'The Istio proxy of {pod:object} is not ready: a certificate on the way to its control plane is {state:text} (`{detail:text}`).',
    remedy: [
      {
        text: 'Not valid yet: the clock of its node or of the control plane is wrong. Expired: look at the root and at the certificate of istiod, then at the clocks.',
        argv: ['kubectl', 'get', 'pod', '{pod.name}', '-n', '{pod.namespace}', '-o', 'wide'],
      },
    ],
    groupBy: ['state', 'detail'],
  },
  envoyKilled: {
    severity: SEVERITY,
    confidence: {
      level: 'likely',
      reason: 'nobody but the kernel kills Envoy alone with signal 9; why it did is not in its log',
    },
    explains: PROXY_SYMPTOMS,
    text: 'The Istio proxy of {pod:object} is not ready: Envoy in it was killed, most likely for memory ({memory:text}).',
    remedy: [
      {
        text: 'Raise the limit (annotation `sidecar.istio.io/proxyMemoryLimit`), or give the namespace a Sidecar resource, so that its proxies hold only what they need.',
        argv: ['kubectl', 'top', 'pod', '{pod.name}', '-n', '{pod.namespace}', '--containers'],
      },
    ],
  },
  versionTooOld: {
    ...LINK,
    confidence: {
      level: 'possible',
      reason: 'the versions are further apart than Istio supports; nothing shows that this is why',
    },
    text: 'The Istio proxy of {pod:object} is not ready and is of version {version:text}, its control plane of {planeVersion:text}: more than one minor version apart.',
    remedy: [
      {
        text: 'Restart the pod, so that it is injected with the proxy of its control plane.',
        argv: ['kubectl', 'delete', 'pod', '{pod.name}', '-n', '{pod.namespace}'],
      },
    ],
    groupBy: ['version', 'planeVersion'],
  },
  startHookFailed: {
    severity: SEVERITY,
    confidence: { level: 'certain', reason: 'the container status or the kubelet says so' },
    explains: PROXY_SYMPTOMS,
    text: 'The Istio proxy of {pod:object} is killed because its hook `pilot-agent wait` fails: with `holdApplicationUntilProxyStarts` the pod begins only when the proxy is ready ({detail:text}).',
    remedy: [LOG],
    key: ['container'],
  },
  notReady: {
    ...LINK,
    confidence: {
      level: 'likely',
      reason: 'the proxy says so itself; what is behind it is not in the bundle',
    },
    text: 'The Istio proxy of {pod:object} is not ready: {meaning:text} (`{detail:text}`).',
    remedy: [
      {
        text: 'Compare with what the control plane says of this proxy.',
        argv: ['istioctl', 'proxy-status', '{pod.name}.{pod.namespace}'],
      },
      LOG,
    ],
    key: ['meaning'],
  },
} as const satisfies Messages;
