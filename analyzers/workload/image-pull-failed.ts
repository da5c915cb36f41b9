import { type PodItem, pods, secrets } from '../../src/artifacts/resources.ts';
import { type ContainerView, conditionSince, containersOf } from '../../src/derive/containers.ts';
import { eventIndex } from '../../src/derive/event-index.ts';
import { POD_SYMPTOMS } from '../../src/derive/pod-symptoms.ts';
import { pullCause } from '../../src/derive/pull-cause.ts';
import { missingPullSecret, pullCredentials } from '../../src/derive/pull-secret.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Input, optional } from '../../src/model/artifact.ts';
import { type ObjectRef, type Subject, subjectOf } from '../../src/model/subject.ts';

/** Reasons a container waits for its image (kubelet pkg/kubelet/images/types.go, cri-api pkg/errors). */
const REASONS = [
  'ErrImagePull',
  'ImagePullBackOff',
  'ImageInspectError',
  'ErrImageNeverPull',
  'InvalidImageName',
  'RegistryUnavailable',
  'SignatureValidationFailed',
];

const BY_STATUS = { level: 'certain', reason: 'the container status says so' } as const;
const BY_EVENT = {
  level: 'likely',
  reason: 'the container waits for its image; only an event says why',
} as const;
const PULL = {
  severity: 'critical',
  confidence: BY_STATUS,
  key: ['container'],
  effect: 'pod-not-starting',
  explains: POD_SYMPTOMS,
} as const;
const EVENTS = {
  text: 'Read the events of the pod.',
  argv: ['kubectl', 'describe', 'pod', '{pod.name}', '-n', '{pod.namespace}'],
} as const;
const LOG_IN = {
  text: 'Create or renew the pull Secret in the namespace of the pod and name it in `imagePullSecrets` of the pod template or its ServiceAccount.',
} as const;

export const imagePullFailed = defineAnalyzer({
  meta: {
    id: 'workload/image-pull-failed',
    title: 'Image not pulled',
    description: 'Containers that wait for their image, told apart by what stops the pull.',
    messages: {
      nameNotResolved: {
        ...PULL,
        text: 'The name of registry host `{host:text}` is not resolved on the node, so {pod:object} waits for image `{image:text}` of container `{container:text}`: {detail:text}.',
        remedy: [
          {
            text: 'Check the host name in the image reference, then the name servers in /etc/resolv.conf of the node: images are pulled by the node, not through the cluster DNS.',
          },
        ],
        groupBy: ['host'],
      },
      unreachable: {
        ...PULL,
        text: 'Registry host `{host:text}` is not reached from the node, so {pod:object} waits for image `{image:text}` of container `{container:text}`: {detail:text}.',
        remedy: [
          {
            text: 'Test the connection to port 443 of the registry from the node: firewall, proxy of the container runtime, route.',
          },
        ],
        groupBy: ['host'],
      },
      failing: {
        ...PULL,
        text: 'Registry host `{host:text}` answers with a server error, so {pod:object} waits for image `{image:text}` of container `{container:text}`: {detail:text}.',
        remedy: [{ text: 'Look at the registry itself and at the proxy before it: the request arrives.' }],
        groupBy: ['host'],
      },
      certificateRejected: {
        ...PULL,
        text: 'The node does not accept the certificate of registry host `{host:text}`, so {pod:object} waits for image `{image:text}` of container `{container:text}`: {detail:text}.',
        remedy: [
          {
            text: 'Renew the certificate of the registry when it is expired or names another host; else give the container runtime of each node the CA that signed it.',
          },
        ],
        groupBy: ['host'],
      },
      plainHttp: {
        ...PULL,
        text: 'Registry host `{host:text}` speaks HTTP where the container runtime expects TLS, so {pod:object} waits for image `{image:text}` of container `{container:text}`: {detail:text}.',
        remedy: [
          {
            text: 'Serve the registry over TLS, or declare it as an HTTP registry in the configuration of the container runtime of each node.',
          },
        ],
        groupBy: ['host'],
      },
      rateLimited: {
        ...PULL,
        text: 'Registry host `{host:text}` limits the rate of pulls, so {pod:object} waits for image `{image:text}` of container `{container:text}`: {detail:text}.',
        remedy: [
          {
            text: 'Pull with an account of the registry, or through a mirror of your own; the limit counts the pulls of all nodes behind one address.',
          },
        ],
        groupBy: ['host'],
      },
      mirrorRefuses: {
        ...PULL,
        text: 'Mirror `{host:text}` refuses image `{image:text}` of container `{container:text}` of {pod:object}: {detail:text}.',
        remedy: [
          {
            text: 'Allow the image at the mirror, or mend the mirror in the registry configuration of the container runtime.',
          },
        ],
        groupBy: ['host'],
      },
      pullSecretMissing: {
        ...PULL,
        text: 'Container `{container:text}` of {pod:object} does not get image `{image:text}`, and {secret:object}, with which it is to be pulled, does not exist: {detail:text}.',
        remedy: [LOG_IN],
        groupBy: ['secret'],
      },
      accessDenied: {
        ...PULL,
        text: 'Registry host `{host:text}` denies access to image `{image:text}` of container `{container:text}` of {pod:object}, asked with {credentials:text}: {detail:text}.',
        remedy: [
          { text: 'Check that the account may read the repository and that its token is not expired.' },
          LOG_IN,
        ],
        groupBy: ['host', 'credentials'],
      },
      missingOrDenied: {
        ...PULL,
        text: 'Registry host `{host:text}` has no image `{image:text}` for container `{container:text}` of {pod:object}, or hides it from {credentials:text}: {detail:text}.',
        remedy: [
          {
            text: 'Check the spelling of the repository first: the registry gives the same answer for both.',
          },
          LOG_IN,
        ],
        groupBy: ['image', 'credentials'],
      },
      notFound: {
        ...PULL,
        text: 'Registry host `{host:text}` has no image `{image:text}` for container `{container:text}` of {pod:object}: {detail:text}.',
        remedy: [{ text: 'Correct repository and tag in the pod template, or push the image.' }],
        groupBy: ['image'],
      },
      signatureRejected: {
        ...PULL,
        text: 'The signature of image `{image:text}` of container `{container:text}` of {pod:object} is not accepted by the signature policy of the node: {detail:text}.',
        remedy: [{ text: 'Sign the image with a key the policy of the container runtime trusts.' }],
        groupBy: ['image'],
      },
      noSuchPlatform: {
        ...PULL,
        text: 'Image `{image:text}` of container `{container:text}` of {pod:object} has no variant for the platform of {node:object}: {detail:text}.',
        remedy: [
          {
            text: 'Build the image for the platform of the node, or select nodes by the label `kubernetes.io/arch`.',
          },
        ],
        groupBy: ['image'],
      },
      diskFull: {
        ...PULL,
        text: 'The disk of {node:object} has no space for image `{image:text}` of container `{container:text}` of {pod:object}: {detail:text}.',
        remedy: [
          { text: 'Free space on the file system of the container runtime on the node, or enlarge it.' },
        ],
        groupBy: ['node'],
      },
      runtimeNotAnswering: {
        ...PULL,
        text: 'The container runtime of {node:object} does not answer, so {pod:object} waits for image `{image:text}` of container `{container:text}`: {detail:text}.',
        remedy: [
          {
            text: 'Look at the container runtime on the node: `systemctl status containerd` and its journal.',
          },
        ],
        groupBy: ['node'],
      },
      neverPull: {
        ...PULL,
        text: 'Image `{image:text}` of container `{container:text}` of {pod:object} is not on {node:object}, and its pull policy `Never` forbids to fetch it.',
        remedy: [{ text: 'Load the image onto the node, or set `imagePullPolicy: IfNotPresent`.' }],
      },
      invalidName: {
        ...PULL,
        text: '`{image:text}` of container `{container:text}` of {pod:object} is not a valid image reference: {detail:text}.',
        remedy: [{ text: 'Correct the reference in the pod template: lower-case repository, one tag.' }],
      },
      cannotPull: {
        ...PULL,
        text: 'Container `{container:text}` of {pod:object} waits for image `{image:text}`, which is not pulled: {detail:text}.',
        remedy: [EVENTS],
      },
    },
    checks: {
      present: { item: 'Image is there', expected: 'image pulled', found: 'image `{image:text}` is there' },
    },
    references: [
      'https://kubernetes.io/docs/concepts/containers/images/',
      'kubernetes/kubernetes pkg/kubelet/images/types.go: reasons; from 1.32 on the waiting message holds the cause',
    ],
  },
  needs: { pods, events: eventIndex, secrets: optional(secrets) },
  analyze(inputs, context) {
    for (const pod of inputs.pods.items) {
      const phase = pod.status?.phase;
      if (pod.metadata.deletionTimestamp || phase === 'Succeeded' || phase === 'Failed') continue;
      for (const container of containersOf(pod)) {
        const { state, image } = container.status;
        if (REASONS.includes(state?.waiting?.reason ?? '')) reportPull(pod, container, { inputs, context });
        else if (state?.running)
          context.looked({ check: 'present', values: { image }, subject: subjectOf(pod, container.pointer) });
      }
    }
    return undefined;
  },
});

interface Surroundings {
  readonly inputs: { readonly events: Input<typeof eventIndex>; readonly secrets: Input<typeof secrets> };
  readonly context: AnalyzeContext<
    typeof imagePullFailed.meta.messages,
    NonNullable<typeof imagePullFailed.meta.checks>
  >;
}

function reportPull(pod: PodItem, view: ContainerView, { inputs, context }: Surroundings): void {
  const reason = view.status.state?.waiting?.reason ?? '';
  const { failure, host, image, detail, event } = pullCause(pod, view, inputs.events);
  const since = conditionSince(pod, 'Ready', 'False');
  const evidence = [
    context.at(pod, `${view.pointer}/state/waiting`),
    ...(event ? [context.at(event, '/message')] : []),
  ] as const;
  const common = {
    subject: subjectOf(pod, view.pointer),
    confidence: event ? BY_EVENT : BY_STATUS,
    ...(since ? { since } : {}),
    evidence,
  };
  const values = { container: view.name, pod: subjectOf(pod), image, detail: detail || reason };
  const node: ObjectRef = { group: '', kind: 'Node', name: pod.spec?.nodeName ?? '' };
  const related: Subject[] = [{ external: 'registry', name: host }];
  if (reason === 'InvalidImageName') {
    context.report({ message: 'invalidName', values, ...common });
  } else if (reason === 'ErrImageNeverPull') {
    context.report({ message: 'neverPull', values: { ...values, node }, ...common, related: [node] });
  } else if (failure === 'diskFull' || failure === 'runtimeNotAnswering' || failure === 'noSuchPlatform') {
    context.report({ message: failure, values: { ...values, node }, ...common, related: [node] });
  } else if (failure === 'accessDenied' || failure === 'missingOrDenied') {
    const { namespace = '' } = pod.metadata;
    const missing = missingPullSecret(pod, inputs.secrets, inputs.events);
    if (!missing) {
      const credentials = pullCredentials(pod);
      context.report({ message: failure, values: { ...values, host, credentials }, ...common, related });
      return;
    }
    const { name, event: unread } = missing;
    const secret: ObjectRef = { group: '', kind: 'Secret', namespace, name };
    const scope = { type: 'namespace', namespace } as const;
    context.report({
      message: 'pullSecretMissing',
      values: { ...values, secret },
      ...common,
      evidence: [
        ...evidence,
        unread ? context.at(unread, '/message') : context.absent({ artifact: secrets, scope, name }),
      ],
      related: [...related, secret],
    });
  } else if (failure === 'signatureRejected' || reason === 'SignatureValidationFailed') {
    context.report({ message: 'signatureRejected', values, ...common, related });
  } else if (failure || reason === 'RegistryUnavailable') {
    const message = failure ?? 'unreachable';
    context.report({ message, values: { ...values, host }, ...common, related });
  } else {
    context.report({ message: 'cannotPull', values, ...common, related });
  }
}
