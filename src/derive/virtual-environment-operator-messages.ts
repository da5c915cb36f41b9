import type { Checks, Explains, Messages } from '../model/message.ts';

/** Rules that are not made or not kept name the operator or the instance they wait for. */
const RULES = [{ effect: 'not-reconciled', via: ['same-object'] }] as const satisfies readonly Explains[];

const LOGS = {
  text: 'Read what the operator writes.',
  argv: ['kubectl', 'logs', '-n', '{pod.namespace}', '{pod.name}', '-c', 'virtual-env-operator', '--tail=50'],
} as const;

/** What can be wrong with an operator of KtEnv. */
export const OPERATOR_MESSAGES = {
  definitionMissing: {
    severity: 'critical',
    confidence: { level: 'certain', reason: 'the list of CustomResourceDefinitions was seen whole' },
    text: '{operator:object} runs in a cluster without the CustomResourceDefinition `virtualenvironments.env.alibaba.com`: there can be no VirtualEnvironment.',
    remedy: [
      {
        text: 'Apply `global/ktenv_crd.yaml` of the same version of KtEnv, then restart the operator.',
        argv: ['kubectl', 'get', 'crd', 'virtualenvironments.env.alibaba.com'],
      },
    ],
    explains: [
      ...RULES,
      { effect: 'workload-not-available', via: ['same-object'] },
      { effect: 'pod-crashing', via: ['owns', 'same-object'] },
    ],
    check: 'operator',
  },
  missing: {
    severity: 'critical',
    confidence: { level: 'certain', reason: 'Deployments and pods of the cluster were seen whole' },
    text: 'Nobody acts on {environment:object}: no operator of KtEnv runs for its namespace, so rules are neither made nor changed.',
    remedy: [
      {
        text: 'Apply `ktenv_operator.yaml` and `ktenv_service_account.yaml` in this namespace: each namespace has its own operator.',
        argv: ['kubectl', 'get', 'deployment', 'virtual-env-operator', '-n', '{environment.namespace}'],
      },
    ],
    effect: 'workload-not-available',
    explains: RULES,
    check: 'operator',
  },
  notAvailable: {
    severity: 'critical',
    confidence: { level: 'certain', reason: 'the status of the Deployment says so' },
    text: '{operator:object} has no available pod: the rules of namespace {namespace:object} stay as they are, whatever is deployed.',
    remedy: [
      {
        text: 'See why its pod does not run.',
        argv: [
          'kubectl',
          'describe',
          'pods',
          '-n',
          '{operator.namespace}',
          '-l',
          'name=virtual-env-operator',
        ],
      },
    ],
    effect: 'workload-not-available',
    explains: RULES,
    check: 'operator',
  },
  stopped: {
    severity: 'info',
    confidence: { level: 'certain', reason: 'the Deployment says so' },
    text: '{operator:object} is scaled to zero: the rules of namespace {namespace:object} stay as they are, whatever is deployed.',
    remedy: [
      {
        text: 'Scale it to one when rules are to follow again.',
        argv: [
          'kubectl',
          'scale',
          'deployment/{operator.name}',
          '-n',
          '{operator.namespace}',
          '--replicas=1',
        ],
      },
    ],
    effect: 'workload-not-available',
    explains: RULES,
    check: 'operator',
  },
  startFails: {
    severity: 'critical',
    confidence: { level: 'certain', reason: 'its log says so, and it is not ready' },
    text: '{pod:object} ends at its start: {what:text} ({detail:text}).',
    remedy: [
      {
        text: 'Mend what the line names: rights of the ServiceAccount `virtual-env-operator`, CustomResourceDefinitions of Istio or KtEnv that are not there, the way to the API server.',
      },
      LOGS,
    ],
    effect: 'pod-crashing',
    explains: [
      { effect: 'pod-crashing', via: ['same-object'] },
      { effect: 'pod-not-ready', via: ['same-object'] },
      { effect: 'workload-not-available', via: ['owned-by'] },
      { effect: 'not-reconciled', via: ['owned-by', 'same-object'] },
    ],
    check: 'operator',
  },
  waitsForLock: {
    severity: 'critical',
    confidence: { level: 'certain', reason: 'the log of the operator says so' },
    text: '{pod:object} runs but does nothing: it waits for the lock {lock:object}, which belongs to Pod `{leader:text}`, {state:text}.',
    remedy: [
      {
        text: 'When that pod is gone or no longer runs, delete it and its lock; the operator takes the lock within 16 s. It is ready either way: it has no probe.',
        argv: ['kubectl', 'delete', 'configmap', '{lock.name}', '-n', '{lock.namespace}'],
      },
      LOGS,
    ],
    explains: [{ effect: 'not-reconciled', via: ['owned-by', 'same-object'] }],
    check: 'operator',
  },
  doesNotSee: {
    severity: 'warning',
    confidence: { level: 'certain', reason: 'the operator was asked what it knows' },
    text: '{pod:object} does not know {objects:text}, which are there for more than a minute: its watch is not allowed or broken, and the rules leave them out.',
    remedy: [
      {
        text: 'Let its ServiceAccount list and watch Services, Deployments and StatefulSets of the namespace (`ktenv_service_account.yaml`), then restart it.',
        argv: ['kubectl', 'rollout', 'restart', 'deployment/virtual-env-operator', '-n', '{pod.namespace}'],
      },
    ],
    explains: [{ effect: 'not-reconciled', via: ['owned-by', 'same-object'] }],
    check: 'operator',
  },
} as const satisfies Messages;

/** The row of an operator. */
export const OPERATOR_CHECKS = {
  operator: {
    checklist: 'virtual-environment',
    item: 'Routing rules: the operator runs',
    expected: 'installed, available, leader',
    found: '{version:text}, {pods:count} pods',
  },
} as const satisfies Checks;
