import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { readConfigError } from '../../src/derive/config-error.ts';
import { artifactOf, type ConfigSource, configSources } from '../../src/derive/config-source.ts';
import { type ContainerView, conditionSince, containersOf } from '../../src/derive/containers.ts';
import { isToRun, severityOfStart } from '../../src/derive/pod-start.ts';
import { POD_SYMPTOMS } from '../../src/derive/pod-symptoms.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import type { Input } from '../../src/model/artifact.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

const REASON = 'CreateContainerConfigError';
/** Faults of the pod template or its image: no effect, since nothing else is their cause. */
const OWN_FAULT = {
  severity: ['critical', 'warning'],
  confidence: { level: 'certain', reason: 'the kubelet says so in the container status' },
  key: ['container'],
  explains: POD_SYMPTOMS,
} as const;
const CONFIG = { ...OWN_FAULT, effect: 'pod-not-starting' } as const;
const SHOW_POD = {
  text: 'Read the environment and the volumes of the container.',
  argv: ['kubectl', 'get', 'pod', '{pod.name}', '-n', '{pod.namespace}', '-o', 'yaml'],
} as const;
const RETRIES = {
  text: 'The kubelet tries again about every minute: nothing has to be restarted when the object is there.',
} as const;

export const containerConfigError = defineAnalyzer({
  meta: {
    id: 'workload/container-config-error',
    title: 'Container configuration not available',
    description:
      'Containers that are not created because a Secret, ConfigMap or key they need is missing, or because their user is not allowed.',
    messages: {
      sourceMissing: {
        ...CONFIG,
        text: 'Container `{container:text}` of {pod:object} is not created: {missing:object} does not exist.',
        remedy: [
          { text: 'Create the object in the namespace of the pod, or correct its name in the pod template.' },
          RETRIES,
        ],
        groupBy: ['missing'],
      },
      sourceMisspelt: {
        ...OWN_FAULT,
        text: 'Container `{container:text}` of {pod:object} is not created: {missing:object} does not exist; the nearest name is {nearest:object}.',
        remedy: [
          {
            text: 'Correct the name in the pod template if the nearest one is meant, else create the object.',
          },
          RETRIES,
        ],
        groupBy: ['missing'],
      },
      keyMissing: {
        ...OWN_FAULT,
        text: 'Container `{container:text}` of {pod:object} is not created: {source:object} has no key `{name:text}`.',
        remedy: [
          {
            text: 'Compare the keys of the object with the key the environment of the container asks for; add it, correct it, or mark the reference as `optional`.',
          },
          SHOW_POD,
        ],
        groupBy: ['source', 'name'],
      },
      keyMisspelt: {
        ...OWN_FAULT,
        text: 'Container `{container:text}` of {pod:object} is not created: {source:object} has no key `{name:text}`; the nearest one is `{nearest:text}`.',
        remedy: [{ text: 'Correct the key in the environment of the container or in the object.' }, SHOW_POD],
        groupBy: ['source', 'name'],
      },
      sourceAppeared: {
        ...CONFIG,
        severity: 'warning',
        confidence: { level: 'likely', reason: 'the object exists, the container status is older' },
        text: 'Container `{container:text}` of {pod:object} was not created for lack of {missing:object}, which exists now: the next try creates it.',
        remedy: [RETRIES],
      },
      imageRunsAsRoot: {
        ...OWN_FAULT,
        text: 'Container `{container:text}` of {pod:object} is not created: `runAsNonRoot` is set and image `{image:text}` runs as root.',
        remedy: [
          {
            text: 'Set `securityContext.runAsUser` to a user other than 0 that the application can run as, or use an image with such a user.',
          },
        ],
        groupBy: ['image'],
      },
      userNotNumeric: {
        ...OWN_FAULT,
        text: 'Container `{container:text}` of {pod:object} is not created: `runAsNonRoot` is set and image `{image:text}` names its user `{user:text}` without a number, so the kubelet cannot tell that it is not root.',
        remedy: [
          {
            text: 'Set `securityContext.runAsUser` to the number of that user, or give the number in the USER line of the image.',
          },
        ],
        groupBy: ['image'],
      },
      rootAsked: {
        ...OWN_FAULT,
        text: 'Container `{container:text}` of {pod:object} is not created: its security context asks for user 0 and for `runAsNonRoot`.',
        remedy: [{ text: 'Set `runAsUser` to another user, or drop `runAsNonRoot`, in the pod template.' }],
      },
      subPathFailed: {
        ...CONFIG,
        text: 'Container `{container:text}` of {pod:object} is not created: the `subPath` of its volume `{volume:text}` cannot be set up ({detail:text}).',
        remedy: [
          {
            text: 'A `subPath` must name a file or directory inside the volume: check that it exists or that the volume can be written, and that it is no link out of the volume.',
          },
          SHOW_POD,
        ],
      },
      sourceNotRead: {
        ...CONFIG,
        confidence: {
          level: 'likely',
          reason: 'the kubelet says that it got no answer, not what is missing',
        },
        text: 'Container `{container:text}` of {pod:object} is not created: the kubelet of {node:object} does not get the Secrets or ConfigMaps it needs ({detail:text}).',
        remedy: [
          {
            text: 'Check the connection of the kubelet to the API server and its client certificate in its log on the node.',
            argv: ['journalctl', '-u', 'kubelet', '--since', '-10min'],
          },
        ],
        groupBy: ['node'],
      },
      notConfigured: {
        ...CONFIG,
        text: 'Container `{container:text}` of {pod:object} is not created for its configuration: {detail:text}.',
        remedy: [SHOW_POD],
      },
    },
    checks: {
      configured: {
        item: 'Container has its configuration',
        expected: 'environment and user accepted',
        found: 'created',
      },
    },
    references: [
      'https://kubernetes.io/docs/tasks/inject-data-application/distribute-credentials-secure/',
      'kubernetes/kubernetes pkg/kubelet/kubelet_pods.go: makeEnvironmentVariables; pkg/kubelet/kuberuntime/security_context.go: verifyRunAsNonRoot',
    ],
  },
  needs: { pods, sources: configSources },
  analyze(inputs, context) {
    for (const pod of inputs.pods.items) {
      if (!isToRun(pod)) continue;
      for (const container of containersOf(pod)) {
        const { waiting } = container.status.state ?? {};
        if (waiting?.reason === REASON) reportError(pod, container, { context, sources: inputs.sources });
        else if (!waiting) {
          context.looked({
            check: 'configured',
            values: {},
            subject: subjectOf(pod, container.pointer),
          });
        }
      }
    }
    return undefined;
  },
});

interface Surroundings {
  readonly context: AnalyzeContext<
    typeof containerConfigError.meta.messages,
    NonNullable<typeof containerConfigError.meta.checks>
  >;
  readonly sources: Input<typeof configSources>;
}

function reportError(pod: PodItem, container: ContainerView, { context, sources }: Surroundings): void {
  const detail = (container.status.state?.waiting?.message ?? REASON).trim();
  const error = readConfigError(detail);
  const since = conditionSince(pod, 'Ready', 'False');
  const common = {
    subject: subjectOf(pod, container.pointer),
    severity: severityOfStart(since, pod, context),
    evidence: [context.at(pod, `${container.pointer}/state/waiting`)] as EvidenceRefs,
    ...(since ? { since } : {}),
  };
  const values = { container: container.name, pod: subjectOf(pod) };
  const image = container.spec?.image ?? container.status.image;
  const node: ObjectRef = { group: '', kind: 'Node', name: pod.spec?.nodeName ?? '' };
  switch (error.type) {
    case 'missing':
    case 'keyMissing': {
      const source = { kind: error.kind, namespace: pod.metadata.namespace ?? '', name: error.name };
      const key = error.type === 'keyMissing' ? error.key : undefined;
      reportSource({ source, key, values, common }, { context, sources });
      break;
    }
    case 'imageRunsAsRoot':
      context.report({ message: 'imageRunsAsRoot', values: { ...values, image }, ...common });
      break;
    case 'userNotNumeric':
      context.report({
        message: 'userNotNumeric',
        values: { ...values, image, user: error.user },
        ...common,
      });
      break;
    case 'rootAsked':
      context.report({ message: 'rootAsked', values, ...common });
      break;
    case 'subPath':
      context.report({
        message: 'subPathFailed',
        values: { ...values, volume: error.volume, detail },
        ...common,
      });
      break;
    case 'notRead':
      context.report({
        message: 'sourceNotRead',
        values: { ...values, node, detail },
        ...common,
        related: [node],
      });
      break;
    case 'other':
      context.report({ message: 'notConfigured', values: { ...values, detail }, ...common });
  }
}

interface SourceError {
  readonly source: ConfigSource;
  /** The key that is not in it; undefined when the object itself is missing. */
  readonly key: string | undefined;
  readonly values: { readonly container: string; readonly pod: ObjectRef };
  readonly common: {
    readonly subject: ObjectRef;
    readonly severity: 'critical' | 'warning';
    readonly evidence: EvidenceRefs;
    readonly since?: string;
  };
}

function reportSource(
  { source, key, values, common }: SourceError,
  { context, sources }: Surroundings,
): void {
  const { kind, namespace, name } = source;
  const ref: ObjectRef = { group: '', kind, namespace, name };
  const related = [ref];
  const found = sources.lookup(source);
  if (key !== undefined) {
    const nearest = sources.nearestKey(source, key);
    const named = { ...values, source: ref, name: key };
    const evidence: EvidenceRefs =
      found.state === 'present'
        ? [...common.evidence, context.at(found.item, '/metadata/name')]
        : common.evidence;
    if (nearest === undefined)
      context.report({ message: 'keyMissing', values: named, ...common, evidence, related });
    else {
      context.report({
        message: 'keyMisspelt',
        values: { ...named, nearest },
        ...common,
        evidence,
        related,
      });
    }
    return;
  }
  if (found.state === 'present') {
    const { severity: _, ...rest } = common;
    context.report({ message: 'sourceAppeared', values: { ...values, missing: ref }, ...rest, related });
    return;
  }
  const evidence: EvidenceRefs =
    found.state === 'absent'
      ? [
          ...common.evidence,
          context.absent({ artifact: artifactOf(kind), scope: { type: 'namespace', namespace }, name }),
        ]
      : common.evidence;
  const nearest = sources.nearest(source);
  if (nearest) {
    const named = { ...values, missing: ref, nearest };
    context.report({ message: 'sourceMisspelt', values: named, ...common, evidence, related });
  } else {
    context.report({
      message: 'sourceMissing',
      values: { ...values, missing: ref },
      ...common,
      evidence,
      related,
    });
  }
}
