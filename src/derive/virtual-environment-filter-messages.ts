import type { Check, Message } from '../model/message.ts';

const STATE = { level: 'certain', reason: 'the VirtualEnvironment and its EnvoyFilter say so' } as const;
const LOG = {
  text: 'See why the operator did not make it.',
  argv: ['kubectl', 'logs', '-n', '{environment.namespace}', '-l', 'name=virtual-env-operator', '--tail=50'],
} as const;
const DELETE = {
  text: 'Delete it; the operator makes it anew where one is asked for.',
  argv: ['kubectl', 'delete', 'envoyfilter', '{filter.name}', '-n', '{filter.namespace}'],
} as const;

/** Messages of `virtual-environment/tag-filter-ineffective`. */
export const FILTER_MESSAGES = {
  missing: {
    severity: 'warning',
    confidence: STATE,
    // An operator that is away explains it.
    effect: 'not-reconciled',
    text: '{environment:object} asks for tagged requests (`autoInject: true`), but there is no EnvoyFilter `{name:text}` in {namespace:text}: no proxy adds the header `{header:text}`.',
    remedy: [
      LOG,
      {
        text: 'Start the operator anew: it makes the filter when it meets the VirtualEnvironment for the first time.',
        argv: [
          'kubectl',
          'rollout',
          'restart',
          'deployment',
          'virtual-env-operator',
          '-n',
          '{environment.namespace}',
        ],
      },
    ],
    check: 'filter',
  },
  outdated: {
    severity: 'warning',
    confidence: STATE,
    effect: 'not-reconciled',
    text: '{filter:object} was made for another {what:text} than {environment:object} has now: it says `{old:text}`, the VirtualEnvironment `{now:text}`.',
    remedy: [DELETE, LOG],
    key: ['what'],
    check: 'filter',
  },
  leftOver: {
    severity: 'warning',
    confidence: STATE,
    effect: 'not-reconciled',
    text: '{filter:object} makes proxies tag requests, though {environment:object} does not ask for it (`autoInject` is not `true`).',
    remedy: [DELETE, LOG],
    check: 'filter',
  },
  oldName: {
    severity: 'warning',
    confidence: { level: 'likely', reason: 'the version of Istio and the filter say so' },
    text: '{filter:object} of KtEnv has no effect on Istio {version:text}: it is for the filter `envoy.http_connection_manager`, a name Istio does not know since 1.19 ({seen:text}).',
    remedy: [
      {
        text: 'Correct the name; the operator leaves it so until label or header of the VirtualEnvironment change. Every version of KtEnv up to v0.6.0 writes the old one.',
        argv: [
          'kubectl',
          'patch',
          'envoyfilter',
          '{filter.name}',
          '-n',
          '{filter.namespace}',
          '--type=json',
          '-p',
          '[{"op":"replace","path":"/spec/configPatches/0/match/listener/filterChain/filter/name","value":"envoy.filters.network.http_connection_manager"}]',
        ],
      },
      {
        text: 'See in a proxy that it is there then: `pilot-agent request GET config_dump?resource=dynamic_listeners` in the container `istio-proxy` of a pod of {environment:object}.',
      },
    ],
    check: 'filter',
  },
  oldType: {
    severity: 'critical',
    confidence: { level: 'likely', reason: 'the version of Istio and the filter say so' },
    text: '{filter:object} of KtEnv configures its script by a type of v2 of Envoy, which the proxies of Istio {version:text} refuse together with the whole listener: new sidecars in {namespace:text} do not become ready, older ones keep what they had ({detail:text}).',
    remedy: [
      {
        text: 'Install KtEnv v0.6.0, whose operator makes the filter in v3, and delete this one.',
        argv: ['kubectl', 'delete', 'envoyfilter', '{filter.name}', '-n', '{filter.namespace}'],
      },
      {
        text: 'Until then `autoInject: false` in {environment:object}, so that the operator does not make it again.',
        argv: [
          'kubectl',
          'patch',
          'virtualenvironment',
          '{environment.name}',
          '-n',
          '{environment.namespace}',
          '--type=merge',
          '-p',
          '{"spec":{"envHeader":{"autoInject":false}}}',
        ],
      },
    ],
    explains: [
      { effect: 'data-plane-configuration-old', via: ['same-object', 'same-namespace'] },
      { effect: 'data-plane-not-connected', via: ['same-object'] },
    ],
    check: 'filter',
  },
} as const satisfies Readonly<Record<string, Message>>;

const ROW = { checklist: 'virtual-environment' } as const;

/** The row about the EnvoyFilter as an object. */
export const FILTER_CHECKS = {
  filter: {
    ...ROW,
    item: 'Environment tag: EnvoyFilter',
    expected: 'as the VirtualEnvironment asks, and as Istio takes it',
    found: '{detail:text}',
  },
} as const satisfies Readonly<Record<string, Check>>;

/** Messages of `virtual-environment/tag-filter-inactive`. */
export const FILTER_IN_PROXY_MESSAGES = {
  refused: {
    severity: ['critical', 'warning'],
    confidence: { level: 'certain', reason: 'the proxy gives its reason in `error_state`' },
    text: '{count:count} of {all:count} proxies asked in {namespace:text}, {pod:object} among them, refuse their listener `{listener:text}` because of the script of KtEnv: {detail:text}.',
    remedy: [
      {
        text: 'Look for another EnvoyFilter that touches the same listener, and for what the version of Envoy does not know.',
        argv: ['kubectl', 'get', 'envoyfilters', '-n', '{pod.namespace}', '-o', 'yaml'],
      },
      {
        text: 'See the whole listener; a distroless proxy has neither `curl` nor a shell.',
        argv: [
          'kubectl',
          'exec',
          '-n',
          '{pod.namespace}',
          '{pod.name}',
          '-c',
          'istio-proxy',
          '--',
          'pilot-agent',
          'request',
          'GET',
          'config_dump',
        ],
      },
    ],
    explains: [{ effect: 'data-plane-configuration-old', via: ['same-object', 'same-namespace'] }],
    check: 'filterActive',
  },
  absent: {
    severity: 'warning',
    confidence: { level: 'certain', reason: 'none of their outbound listeners has the filter' },
    text: '{count:count} of {all:count} proxies asked in {namespace:text}, {pod:object} among them, do not have the script of {filter:object} in any listener: they tag nothing.',
    remedy: [
      {
        text: 'See whether the proxy has the newest configuration (`SYNCED`), and whether a workload selector or another revision leaves it out.',
        argv: ['istioctl', 'proxy-status', '{pod.name}.{pod.namespace}'],
      },
      {
        text: 'See which listeners it has.',
        argv: ['istioctl', 'proxy-config', 'listeners', '{pod.name}.{pod.namespace}', '-o', 'json'],
      },
    ],
    check: 'filterActive',
  },
  scriptFails: {
    severity: 'warning',
    confidence: { level: 'certain', reason: 'the proxy writes the error of the script' },
    text: 'The script of KtEnv fails in {pod:object} ({lines:count} lines): {detail:text}.',
    remedy: [
      {
        text: 'Compare the script in the EnvoyFilter with that of KtEnv: somebody has changed it, or header or label hold a character that ends a string.',
        argv: ['kubectl', 'get', 'envoyfilters', '-n', '{pod.namespace}', '-o', 'yaml'],
      },
    ],
    groupBy: ['detail'],
    check: 'script',
  },
} as const satisfies Readonly<Record<string, Message>>;

/** Rows about the script inside the proxies. */
export const FILTER_IN_PROXY_CHECKS = {
  filterActive: {
    ...ROW,
    item: 'Environment tag: script in the proxies',
    expected: '`virtual.environment.lua` in `active_state` of their listeners',
    found: 'active in {count:count} of {all:count} proxies asked',
  },
  script: {
    ...ROW,
    item: 'Environment tag: errors of the script',
    expected: 'none in the logs of the proxies',
    found: 'none in {count:count} logs',
  },
} as const satisfies Readonly<Record<string, Check>>;
