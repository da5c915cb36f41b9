import type { Check, Message } from '../model/message.ts';

const STATE = { level: 'certain', reason: 'webhook, namespace and pods say so' } as const;
const TAGLESS = { severity: 'warning', confidence: STATE } as const;
const AGAIN = {
  text: 'Then create the pods again: the tag is written when a pod is created, and only then.',
  argv: ['kubectl', 'rollout', 'restart', 'deployment,statefulset', '-n', '{environment.namespace}'],
} as const;
const SHOW = {
  text: 'See which pods with the label `{label:text}` have the variable in an ordinary `istio-proxy`.',
  argv: [
    'kubectl',
    'get',
    'pods',
    '-n',
    '{environment.namespace}',
    '-l',
    '{label}',
    '-o',
    'custom-columns=NAME:.metadata.name,CREATED:.metadata.creationTimestamp,TAG:.spec.containers[?(@.name=="istio-proxy")].env[?(@.name=="VIRTUAL_ENVIRONMENT_TAG")].value',
  ],
} as const;

/** Messages of `virtual-environment/tag-missing`. */
export const TAG_MESSAGES = {
  webhookMissing: {
    ...TAGLESS,
    text: '{environment:object} asks for tagged requests (`autoInject: true`), but no webhook of KtEnv is configured in this cluster: no pod gets `VIRTUAL_ENVIRONMENT_TAG`, {count:count} of {all:count} pods with the label `{label:text}` have none.',
    remedy: [
      {
        text: 'Apply `deploy/global/ktenv_webhook.yaml` of your version of KtEnv, with a certificate of your own.',
        argv: ['kubectl', 'get', 'mutatingwebhookconfiguration', 'virtual-environment-webhook'],
      },
      AGAIN,
    ],
    check: 'webhook',
  },
  namespaceNotCovered: {
    ...TAGLESS,
    text: '{environment:object} asks for tagged requests (`autoInject: true`), but {space:object} is outside of {where:text}, for which the webhook {config:object} is called: {count:count} of {all:count} pods with the label `{label:text}` have no `VIRTUAL_ENVIRONMENT_TAG`.',
    remedy: [
      {
        text: 'Label the namespace `{wanted:text}`.',
        argv: ['kubectl', 'label', 'namespace', '{space.name}', '{wanted}'],
      },
      AGAIN,
    ],
    check: 'namespaceLabel',
  },
  labelNotRead: {
    ...TAGLESS,
    text: 'The webhook {webhook:object} reads the environment from the pod label `{read:text}` (`envLabel`), {environment:object} from `{label:text}`: {count:count} of {all:count} pods with that label have no `VIRTUAL_ENVIRONMENT_TAG`.',
    remedy: [
      {
        text: 'Let the webhook read both: the first label of the list that a pod has wins.',
        argv: [
          'kubectl',
          'set',
          'env',
          'deployment/webhook-server',
          '-n',
          '{webhook.namespace}',
          'envLabel={read},{label}',
        ],
      },
      AGAIN,
    ],
    check: 'labels',
  },
  nativeSidecar: {
    ...TAGLESS,
    text: '{count:count} of {all:count} pods of {environment:object}, {pod:object} among them, run their proxy as a native sidecar, an init container: the webhook of KtEnv looks for `istio-proxy` among the ordinary containers only, so they have no `VIRTUAL_ENVIRONMENT_TAG`.',
    remedy: [
      {
        text: 'Ask for an ordinary sidecar in the pod template of {workload:object} and of every other {kind:text} of the environment: the annotation `sidecar.istio.io/nativeSidecar: "false"` (not `native-side`, as the release notes of Istio spell it).',
        argv: [
          'kubectl',
          'patch',
          '{kind}',
          '{workload.name}',
          '-n',
          '{workload.namespace}',
          '--type',
          'merge',
          '-p',
          '{"spec":{"template":{"metadata":{"annotations":{"sidecar.istio.io/nativeSidecar":"false"}}}}}',
        ],
      },
      {
        text: 'Or for the whole mesh: `ENABLE_NATIVE_SIDECARS=false` for istiod (Helm: `pilot.env.ENABLE_NATIVE_SIDECARS`), then create the pods again. Since Istio 1.27 native sidecars are the default where all kubelets are of 1.33 or newer.',
      },
    ],
    check: 'tags',
  },
  proxyRenamed: {
    ...TAGLESS,
    text: '{count:count} of {all:count} pods of {environment:object}, {pod:object} among them, run their proxy under another name than `istio-proxy`: the webhook of KtEnv does not find it, so they have no `VIRTUAL_ENVIRONMENT_TAG`.',
    remedy: [
      {
        text: 'Name the container `istio-proxy`, or set the variable in its environment yourself.',
        argv: ['kubectl', 'get', 'pod', '{pod.name}', '-n', '{pod.namespace}', '-o', 'yaml'],
      },
    ],
    check: 'tags',
  },
  createdBefore: {
    ...TAGLESS,
    text: '{count:count} of {all:count} pods of {environment:object}, {pod:object} among them, are older than the webhook {config:object} of {created:time} and have no `VIRTUAL_ENVIRONMENT_TAG`.',
    remedy: [{ ...AGAIN, text: 'Create them again: the tag is written when a pod is created.' }, SHOW],
    check: 'tags',
  },
  untagged: {
    ...TAGLESS,
    text: '{count:count} of {all:count} pods of {environment:object}, {pod:object} among them, have no `VIRTUAL_ENVIRONMENT_TAG`, though the webhook is called for their namespace now: {why:text}.',
    remedy: [{ ...AGAIN, text: 'Create them again, and see whether the new ones have it.' }, SHOW],
    key: ['why'],
    check: 'tags',
  },
  tagDiffers: {
    severity: 'warning',
    confidence: { level: 'certain', reason: 'label and variable are both in the pod' },
    text: '{count:count} of {all:count} pods of {environment:object} tag their requests with another environment than their label says: {pod:object} has `{label:text}={value:text}` and `VIRTUAL_ENVIRONMENT_TAG={tag:text}`, {why:text}.',
    remedy: [{ ...AGAIN, text: 'Create them again: a tag is not changed with the label.' }, SHOW],
    check: 'tags',
  },
} as const satisfies Readonly<Record<string, Message>>;

const ROW = { checklist: 'virtual-environment' } as const;

/** Rows of the checklist about the tag in the pods. */
export const TAG_CHECKS = {
  webhook: {
    ...ROW,
    item: 'Environment tag: webhook',
    expected: 'configured',
    found: '{config:object}',
  },
  namespaceLabel: {
    ...ROW,
    item: 'Environment tag: namespace',
    expected: 'the webhook is called for it',
    found: 'among {where:text}',
  },
  labels: {
    ...ROW,
    item: 'Environment tag: label',
    expected: 'read by the webhook',
    found: 'the webhook reads `{read:text}`',
  },
  tags: {
    ...ROW,
    item: 'Environment tag: pods',
    expected: '`VIRTUAL_ENVIRONMENT_TAG` as the label of the pod',
    found: '{count:count} of {all:count} pods with a proxy are tagged',
  },
} as const satisfies Readonly<Record<string, Check>>;
