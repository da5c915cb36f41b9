import { operatorNotWorking } from '../../../analyzers/virtual-environment/operator-not-working.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { virtualEnvironmentStatus } from '../../../src/artifacts/virtual-environment-status.ts';
import { ago, anyObject, condition, containerStatus, pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';
import {
  appService,
  INSTANCE,
  inEnvironment,
  logLine,
  NAMESPACE,
  OPERATOR_POD,
  operatorDeployment,
  operatorLog,
  operatorPod,
  virtualEnvironment,
} from '../../support/virtual-environment-builders.ts';

const DEFINITION = anyObject(
  'apiextensions.k8s.io/v1',
  'CustomResourceDefinition',
  'virtualenvironments.env.alibaba.com',
  null,
);
const WELL = [DEFINITION, virtualEnvironment(), operatorDeployment(), operatorPod()];
const DEPLOYMENT = `Deployment/${NAMESPACE}/virtual-env-operator`;
const POD = `Pod/${NAMESPACE}/${OPERATOR_POD}`;
const DOWN = { readyReplicas: 0, availableReplicas: 0, unavailableReplicas: 1 };
const unready = {
  conditions: [condition('Ready', 'False')],
  containerStatuses: [containerStatus('virtual-env-operator', { ready: false })],
};

function lock(owner: string, uid: string) {
  const reference = { apiVersion: 'v1', kind: 'Pod', name: owner, uid };
  return anyObject('v1', 'ConfigMap', 'virtual-env-operator-lock', NAMESPACE, {
    metadata: { ownerReferences: [reference] },
  });
}

/** A replaced operator's pod. */
function former(status: object, metadata: object = {}) {
  return pod('virtual-env-operator-old', {
    metadata: { uid: 'old', labels: { name: 'virtual-env-operator' }, ...metadata },
    spec: {
      containers: [{ name: 'virtual-env-operator', image: 'virtualenvironment/virtual-env-operator:v0.6.0' }],
    },
    status: { ...status },
  });
}

const WAITS = operatorLog(
  logLine(300, 'Trying to become the leader.'),
  logLine(30, '{ leader } Not the leader. Waiting.'),
);

function view(
  services: object,
  labels: object,
  instance: object | null = { Namespace: NAMESPACE, Name: INSTANCE },
) {
  const operator = { namespace: NAMESPACE, pod: OPERATOR_POD, container: 'virtual-env-operator' };
  const body = { VirtualEnv: instance, Services: services, Labels: labels };
  const bytes = JSON.stringify({ operator, replies: [{ path: '/status', body }] });
  return { artifact: virtualEnvironmentStatus, bytes };
}

const ROUTED = [...WELL, appService('app'), inEnvironment('app', 'dev'), inEnvironment('app', 'dev.a')];
const LABELS = {
  'Deployment#app-dev': { app: 'app', 'virtual-env': 'dev' },
  'Deployment#app-dev-a': { app: 'app', 'virtual-env': 'dev.a' },
};

testAnalyzer(operatorNotWorking, {
  silent: [
    { name: 'an operator that runs', given: { objects: WELL } },
    { name: 'no KtEnv', given: { objects: [pod('web')] }, status: 'not-applicable' },
    {
      name: 'it leads, though it waited before',
      given: {
        objects: [...WELL, lock('virtual-env-operator-old', 'old')],
        logs: [
          operatorLog(
            logLine(90, '{ leader } Not the leader. Waiting.'),
            logLine(60, '{ leader } Became the leader.'),
          ),
        ],
      },
    },
    {
      name: 'an old line of a start that failed, of a pod that is ready now',
      given: {
        objects: WELL,
        logs: [operatorLog(logLine(900, '{no route to host} Failed to become leader'))],
      },
    },
    {
      name: 'the leader is deleted a moment ago',
      given: {
        objects: [
          ...WELL,
          former({}, { deletionTimestamp: ago(5) }),
          lock('virtual-env-operator-old', 'old'),
        ],
        logs: [WAITS],
      },
    },
    {
      name: 'a rollout of the operator that just began',
      given: {
        objects: [
          virtualEnvironment(),
          operatorDeployment({
            status: {
              ...DOWN,
              conditions: [condition('Available', 'False', { lastTransitionTime: ago(20) })],
            },
          }),
          DEFINITION,
        ],
      },
    },
    {
      name: 'the operator knows everything',
      given: { objects: ROUTED, documents: [view({ app: {} }, LABELS)] },
    },
    {
      name: 'what it does not know is half a minute old',
      given: {
        objects: [
          ...WELL,
          appService('app', { metadata: { creationTimestamp: ago(30) } }),
          inEnvironment('app', 'dev'),
          inEnvironment('app', 'dev.a'),
        ],
        documents: [view({}, LABELS)],
      },
    },
    {
      name: 'scaled to zero on purpose',
      given: {
        objects: [
          DEFINITION,
          virtualEnvironment(),
          operatorDeployment({ spec: { replicas: 0 }, status: DOWN }),
        ],
      },
      info: [{ message: 'stopped', subject: DEPLOYMENT }],
    },
  ],
  reports: [
    {
      name: 'no definition',
      given: { objects: [operatorDeployment(), operatorPod()] },
      expect: [{ message: 'definitionMissing', subject: DEPLOYMENT }],
    },
    {
      name: 'no operator',
      given: { objects: [DEFINITION, virtualEnvironment()] },
      expect: [{ message: 'missing', subject: `VirtualEnvironment/${NAMESPACE}/${INSTANCE}` }],
    },
    {
      name: 'an operator that ends at its start',
      given: {
        objects: [
          DEFINITION,
          virtualEnvironment(),
          operatorDeployment({ status: DOWN }),
          operatorPod({ status: unready }),
        ],
        logs: [
          operatorLog(
            logLine(
              20,
              '{no matches for kind "VirtualService"} Failed to setup virtual test environment controller',
            ),
          ),
        ],
      },
      expect: [
        { message: 'notAvailable', subject: DEPLOYMENT },
        {
          message: 'startFails',
          subject: POD,
          values: {
            what: 'Failed to setup virtual test environment controller',
            detail: 'no matches for kind "VirtualService"',
          },
        },
      ],
    },
    {
      name: 'a lock of a pod that is gone',
      given: { objects: [...WELL, lock('virtual-env-operator-old', 'old')], logs: [WAITS] },
      expect: [
        {
          message: 'waitsForLock',
          subject: POD,
          confidence: 'certain',
          values: { leader: 'virtual-env-operator-old', state: 'which does not exist any more' },
        },
      ],
    },
    {
      name: 'a lock of a pod that was evicted, its log not read',
      given: {
        objects: [
          ...WELL,
          former({ phase: 'Failed', reason: 'Evicted' }),
          lock('virtual-env-operator-old', 'old'),
        ],
      },
      expect: [
        {
          message: 'waitsForLock',
          subject: POD,
          confidence: 'likely',
          values: { state: 'which has ended (Evicted)' },
        },
      ],
    },
    {
      name: 'a lock of a pod that does not go with its node',
      given: {
        objects: [
          ...WELL,
          former({}, { deletionTimestamp: ago(900) }),
          lock('virtual-env-operator-old', 'old'),
        ],
        logs: [WAITS],
      },
      expect: [
        {
          message: 'waitsForLock',
          subject: POD,
          values: { state: 'which is being deleted and does not go' },
        },
      ],
    },
    {
      name: 'Services and workloads it does not know',
      given: {
        objects: ROUTED,
        documents: [view({}, { ...LABELS, 'Deployment#app-dev-a': { 'virtual-env': 'dev' } })],
      },
      expect: [
        {
          message: 'doesNotSee',
          subject: POD,
          values: { objects: ['Service `app`', 'Deployment `app-dev-a`'] },
        },
      ],
    },
    {
      name: 'an instance it does not know',
      given: { objects: ROUTED, documents: [view({ app: {} }, LABELS, null)] },
      expect: [
        {
          message: 'doesNotSee',
          subject: POD,
          values: { objects: ['VirtualEnvironment `demo-virtualenv`'] },
        },
      ],
    },
  ],
  unknown: [
    {
      name: 'an operator may run among the pods that were not seen',
      given: { objects: [DEFINITION, virtualEnvironment()], forbidden: [pods] },
      reason: /not allowed/,
    },
  ],
});
