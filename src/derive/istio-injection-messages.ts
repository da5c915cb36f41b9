import type { Messages } from '../model/message.ts';

/** Pods without the proxy of a mesh that demands mutual TLS reach nobody, and nobody reaches them. */
const OUTSIDE = [
  { effect: 'connection-failing', via: ['same-object', 'owns'] },
  { effect: 'route-broken', via: ['same-object'] },
] as const;

const RESTART = {
  text: 'Restart the workload: a proxy is put into a pod only when it is created.',
  argv: ['kubectl', 'delete', 'pod', '{pod.name}', '-n', '{pod.namespace}'],
} as const;
const LABELS = {
  text: 'See what the namespace asks for, and which injectors there are.',
  argv: ['kubectl', 'get', 'namespace', '{namespace}', '--show-labels'],
} as const;
const INJECTORS = {
  text: 'List the revisions and tags that can be asked for in the namespace `{namespace:text}`.',
  argv: ['kubectl', 'get', 'mutatingwebhookconfigurations', '-l', 'app=sidecar-injector', '--show-labels'],
} as const;

/** Why pods run outside of the mesh they are meant for. */
export const INJECTION_MESSAGES = {
  revisionUnknown: {
    severity: ['warning', 'info'],
    confidence: { level: 'certain', reason: 'labels and webhooks say so' },
    text: '{subject:object} asks for an Istio proxy by the label `{label:text}`, but no injector serves that, only {known:text}. New pods come up without a proxy.',
    remedy: [
      {
        text: 'Correct the label to a revision or tag that is there, or install the one it names; then restart the workloads.',
      },
      INJECTORS,
      LABELS,
    ],
    explains: OUTSIDE,
    key: ['label'],
    groupBy: ['label'],
  },
  injectorMissing: {
    severity: ['warning', 'info'],
    confidence: { level: 'certain', reason: 'all webhooks were listed, and none of them is an injector' },
    text: '{subject:object} asks for an Istio proxy by the label `{label:text}`, but the cluster has no injector of Istio at all.',
    remedy: [{ text: 'Install istiod, or take the label away where Istio was removed.' }, LABELS, INJECTORS],
    explains: OUTSIDE,
    key: ['label'],
    groupBy: ['label'],
  },
  labelsContradict: {
    severity: 'warning',
    confidence: { level: 'certain', reason: 'the labels of the namespace say so' },
    text: 'Namespace {subject:object} has more than one label that asks for Istio: {labels:text}. {winner:text}',
    remedy: [
      {
        text: 'Keep one of them.',
        argv: ['kubectl', 'label', 'namespace', '{subject.name}', '{loser}-'],
      },
      { text: 'The one to remove is most likely `{loser:text}`.' },
    ],
  },
  injectedTwice: {
    severity: ['warning', 'info'],
    confidence: { level: 'certain', reason: 'the selectors of both webhooks match the same labels' },
    text: '{subject:object} and {other:object} both inject pods with the labels {labels:text}: such a pod gets the proxy of whichever is called last, or settings of both.',
    remedy: [
      {
        text: 'Remove the configuration of the revision that is no longer used, or make another one the default.',
        argv: ['istioctl', 'tag', 'list'],
      },
    ],
    key: ['other'],
  },
  imageNotReplaced: {
    severity: 'critical',
    confidence: { level: 'certain', reason: 'the image of the pod is the placeholder' },
    text: 'Container `{container:text}` of {subject:object} has the image `auto`, which the injector of Istio replaces, but it was not injected ({reason:text}): there is no such image.',
    remedy: [
      {
        text: 'Give the pod template the label `sidecar.istio.io/inject: "true"` or `istio.io/rev`, and see that the injector runs; then let the pods be created again.',
      },
      INJECTORS,
    ],
    explains: [
      { effect: 'pod-not-starting', via: ['same-object'] },
      { effect: 'workload-not-available', via: ['owned-by', 'same-object'] },
      { effect: 'service-without-endpoints', via: ['selected-by', 'same-object'] },
    ],
    key: ['container'],
  },
  notInjected: {
    severity: 'warning',
    confidence: {
      level: 'likely',
      reason: 'it would be injected now, and was created after everything that asks for it',
    },
    text: '{pod:object} runs without an Istio proxy, though `{label:text}` of its {by:text} asks for one: {reason:text}.',
    remedy: [
      RESTART,
      {
        text: 'If the new pod has none either, the events of the pod and the log of istiod for the moment of its creation say why.',
        argv: [
          'kubectl',
          'get',
          'events',
          '-n',
          '{pod.namespace}',
          '--field-selector=involvedObject.name={pod.name}',
        ],
      },
    ],
    explains: OUTSIDE,
  },
  olderThanInjection: {
    severity: 'info',
    confidence: { level: 'certain', reason: 'the times of the objects say so' },
    text: '{pod:object} runs without an Istio proxy: it was created before {reason:text}.',
    remedy: [RESTART],
  },
} as const satisfies Messages;
