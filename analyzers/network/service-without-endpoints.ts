import { type ServiceItem, services } from '../../src/artifacts/network-resources.ts';
import { pods } from '../../src/artifacts/resources.ts';
import { serviceBackends } from '../../src/derive/service-backends.ts';
import { serviceGap } from '../../src/derive/service-gap.ts';
import { serviceUsers } from '../../src/derive/service-users.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** Pods that started or stopped a moment ago are a rollout, not an outage. */
const SETTLED_SECONDS = 60;
/** Pods named as related: enough to join causes, few enough for Services with thousands. */
const RELATED_PODS = 50;
/** Old controllers elect a leader on a Service or its Endpoints: it never has backends. */
const LEADER_ANNOTATION = 'control-plane.alpha.kubernetes.io/leader';
const CLUSTER_DNS = 'kube-system/kube-dns';

const WITHOUT = {
  severity: ['critical', 'warning'],
  confidence: { level: 'certain', reason: 'Service, pods and endpoints agree' },
  effect: 'service-without-endpoints',
  explains: [
    { effect: 'data-plane-not-connected', via: ['same-object'] },
    { effect: 'dns-failing', via: ['same-object'] },
    { effect: 'connection-failing', via: ['same-object'] },
    // An init container that waits for the Service names it.
    { effect: 'pod-not-starting', via: ['same-object'] },
    { effect: 'admission-failing', via: ['backs'] },
    { effect: 'api-group-unavailable', via: ['backs'] },
  ],
} as const;
/** Lists are read one after the other, but what is compared is older than the time between. */
const STALE = { ...WITHOUT, effect: 'endpoints-stale' } as const;
const CONTROLLERS = {
  text: 'The controller manager keeps endpoints: check that it runs and has an active leader.',
  argv: ['kubectl', 'get', 'lease', 'kube-controller-manager', '-n', 'kube-system'],
} as const;
const SHOW_PODS = {
  text: 'See the pods of the namespace with their labels.',
  argv: ['kubectl', 'get', 'pods', '-n', '{service.namespace}', '--show-labels'],
} as const;
const SHOW_SLICES = {
  text: 'See what the Service lists.',
  argv: [
    'kubectl',
    'get',
    'endpointslices',
    '-n',
    '{service.namespace}',
    '-l',
    'kubernetes.io/service-name={service.name}',
    '-o',
    'wide',
  ],
} as const;

export const serviceWithoutEndpoints = defineAnalyzer({
  meta: {
    id: 'network/service-without-endpoints',
    title: 'Service without endpoints',
    description: 'Services with a selector that have no pod to send traffic to, and why.',
    messages: {
      labelsDiffer: {
        ...WITHOUT,
        confidence: {
          level: 'likely',
          reason: 'no pod matches; that this one is meant is told by its labels',
        },
        text: '{service:object} selects no pod: the nearest, {pod:object}, has {found:text} where the selector wants {wanted:text}.',
        remedy: [
          { text: 'Make the selector of the Service and the labels of the pod template equal.' },
          SHOW_PODS,
        ],
      },
      noPodMatches: {
        ...WITHOUT,
        text: '{service:object} selects no pod: none in its namespace has the labels {selector:text}.',
        remedy: [
          { text: 'Correct the selector, deploy what it is meant for, or delete the Service.' },
          SHOW_PODS,
        ],
      },
      podsNotCreated: {
        ...WITHOUT,
        text: '{service:object} has no pod: {workload:object} wants {wanted:count}, but none was created.',
        remedy: [
          {
            text: 'Read the events of the workload: quota, admission or a missing ServiceAccount stop the creation of pods.',
          },
        ],
      },
      noneReady: {
        ...WITHOUT,
        text: '{service:object} has no endpoint: none of the {count:count} pods it selects is ready.',
        remedy: [
          {
            text: 'Find out why the pods are not ready.',
            argv: ['kubectl', 'get', 'pods', '-n', '{service.namespace}', '-o', 'wide'],
          },
        ],
      },
      endpointsNotReady: {
        ...WITHOUT,
        text: '{service:object} has no ready endpoint: all {count:count} it lists are not ready.',
        remedy: [SHOW_SLICES],
      },
      portNotNamed: {
        ...WITHOUT,
        text: '{service:object} has no endpoint although {count:count} of its pods are ready: no container of them names a port {port:text}.',
        remedy: [{ text: 'Name the port in the pod template, or use its number as `targetPort`.' }],
      },
      notPublished: {
        ...STALE,
        text: '{service:object} lists no ready endpoint although {count:count} of its pods are ready.',
        remedy: [CONTROLLERS, SHOW_SLICES],
      },
      endpointsStale: {
        ...STALE,
        text: 'The endpoints of {service:object} no longer follow its pods: {missing:count} ready pods are not listed as ready, and {dead:count} listed as ready are gone or not ready.',
        remedy: [CONTROLLERS, SHOW_SLICES],
      },
      scaledToZero: {
        severity: 'info',
        confidence: { level: 'certain', reason: 'the workload says so' },
        text: '{service:object} has no pod: {workload:object} is scaled to zero.',
        remedy: [{ text: 'Scale the workload up when it is needed.' }],
        effect: 'service-without-endpoints',
      },
      onlyEnded: {
        severity: 'info',
        confidence: { level: 'certain', reason: 'the pods say so' },
        text: '{service:object} has no endpoint: the {count:count} pods it selects have completed.',
        remedy: [{ text: 'Nothing is to be done when it belongs to a Job.' }],
      },
    },
    checks: {
      endpoints: {
        item: 'Service has endpoints',
        expected: 'a ready endpoint',
        found: '{ready:count} ready',
      },
    },
    references: [
      'https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#does-the-service-have-any-endpoints',
      'kubernetes/kubernetes staging/src/k8s.io/api/discovery/v1/types.go: a nil ready condition means ready',
    ],
  },
  needs: { services, pods, backends: serviceBackends, users: serviceUsers },
  analyze(inputs, context) {
    for (const service of inputs.services.items) {
      const { type, selector } = service.spec ?? {};
      if (type === 'ExternalName' || !selector || Object.keys(selector).length === 0) continue;
      if (service.metadata.deletionTimestamp || service.metadata.annotations?.[LEADER_ANNOTATION]) continue;
      const gap = serviceGap(service, {
        backends: inputs.backends,
        coverage: inputs.pods.coverage,
        isSettled: (time, item) => isOlder(context.age(time, item), SETTLED_SECONDS),
      });
      const subject = subjectOf(service);
      if (gap.kind === 'fine') {
        context.looked({ check: 'endpoints', values: { ready: gap.ready }, subject });
      } else if (gap.kind === 'unseen') {
        context.looked({ check: 'endpoints', unseen: gap.reason, subject });
      } else if (gap.kind === 'rest') {
        context.report({ ...gap.finding, subject, evidence: [context.at(gap.shown, gap.pointer)] });
      } else if (gap.kind === 'fault') {
        const [user] = inputs.users.usersOf(service);
        const { namespace = '' } = service.metadata;
        context.report({
          ...gap.finding,
          subject,
          severity: !gap.outOfSight && (user || isExposed(service)) ? 'critical' : 'warning',
          ...(gap.outOfSight ? { confidence: scaledOutOfSight(gap.outOfSight) } : {}),
          evidence: [
            context.at(service, '/spec'),
            gap.shown
              ? context.at(gap.shown, gap.pointer)
              : context.absent({ artifact: pods, scope: { type: 'namespace', namespace } }),
            ...(user ? [context.at(user.item, user.pointer)] : []),
          ],
          related: gap.related.slice(0, RELATED_PODS).map((item) => subjectOf(item)),
          ...(gap.since === undefined ? {} : { since: gap.since }),
        });
      }
    }
    return undefined;
  },
});

function scaledOutOfSight(kind: string) {
  const reason = `pods may be made by an object of kind ${kind}, which may be scaled to zero out of sight`;
  return { level: 'possible', reason } as const;
}

/** Whether a Service is needed without anything in the cluster naming it: from outside, or by every pod. */
function isExposed({ metadata: { namespace, name }, spec }: ServiceItem): boolean {
  return spec?.type === 'LoadBalancer' || spec?.type === 'NodePort' || `${namespace}/${name}` === CLUSTER_DNS;
}
