import { requestDenied } from '../../../analyzers/kubernetes/request-denied.ts';
import { roleBindings } from '../../../src/artifacts/access-resources.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding, rule } from '../../support/access-builders.ts';
import { ago, condition, event, pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'ServiceAccount/shop/web';
const USER = 'system:serviceaccount:shop:web';

function denied(user: string, what: string, time = '2026-01-15T11:58:00Z', podName = 'web') {
  return {
    namespace: 'shop',
    pod: podName,
    container: 'app',
    text: `${time} E0115 reflector.go:200] "Failed to watch" err="failed to list *v1.Pod: pods is forbidden: User \\"${user}\\" ${what}" logger="UnhandledError"\n`,
  };
}

const LIST = 'cannot list resource \\"pods\\" in API group \\"\\" in the namespace \\"shop\\"';
const LIST_ALL = 'cannot list resource \\"pods\\" in API group \\"\\" at the cluster scope';
const readers = role('pod-reader', [rule(['pods'], ['get'])]);
const listers = clusterRole('pod-lister', [rule(['pods'], ['get', 'list'])]);
const web = pod('web');

testAnalyzer(requestDenied, {
  silent: [
    { name: 'no refusal', given: { objects: [web] } },
    {
      name: 'refused, and allowed since',
      given: {
        objects: [listers, roleBinding('web', 'pod-lister', { kind: 'ClusterRole' })],
        logs: [denied(USER, LIST)],
      },
    },
    { name: 'refused yesterday', given: { logs: [denied(USER, LIST, '2026-01-14T11:58:00Z')] } },
    { name: 'a user whose groups nobody knows', given: { logs: [denied('jane', LIST)] } },
    { name: 'a kubelet: the node authorizer decides', given: { logs: [denied('system:node:node-1', LIST)] } },
    {
      name: 'through a group of its namespace',
      given: {
        objects: [
          listers,
          clusterRoleBinding('all', 'pod-lister', [{ kind: 'Group', name: 'system:serviceaccounts:shop' }]),
        ],
        logs: [denied(USER, LIST_ALL)],
      },
    },
  ],
  reports: [
    {
      name: 'the role it has lacks the verb',
      given: { objects: [readers, roleBinding('web', 'pod-reader'), web], logs: [denied(USER, LIST)] },
      expect: [
        {
          message: 'lacksVerb',
          subject,
          severity: 'warning',
          confidence: 'certain',
          values: { verb: 'list', resource: 'pods', where: 'in namespace shop', verbs: 'get' },
        },
      ],
    },
    {
      name: 'the pod that is refused is not ready: critical',
      given: {
        objects: [
          readers,
          roleBinding('web', 'pod-reader'),
          pod('web', {
            status: { conditions: [condition('Ready', 'False', { lastTransitionTime: ago(600) })] },
          }),
        ],
        logs: [denied(USER, LIST)],
      },
      expect: [{ message: 'lacksVerb', subject, severity: 'critical' }],
    },
    {
      name: 'bound in its namespace, asked for all',
      given: {
        objects: [listers, roleBinding('web', 'pod-lister', { kind: 'ClusterRole' })],
        logs: [denied(USER, LIST_ALL)],
      },
      expect: [{ message: 'boundElsewhere', subject, values: { where: 'in all namespaces' } }],
    },
    {
      name: 'not bound to anything, one role would do',
      given: {
        objects: [listers, clusterRole('cluster-admin', [rule(['*'], ['*'], { apiGroups: ['*'] })])],
        logs: [denied(USER, LIST)],
      },
      expect: [
        { message: 'notBound', subject, values: { candidate: 'ClusterRole `pod-lister` would allow it.' } },
      ],
    },
    {
      name: 'the account of pods that name none, told by an event',
      given: {
        objects: [
          web,
          event(web, {
            reason: 'Failed',
            message:
              'configmaps "settings" is forbidden: User "system:serviceaccount:shop:default" cannot get resource "configmaps" in API group "" in the namespace "shop"',
          }),
        ],
      },
      expect: [
        {
          message: 'defaultAccount',
          subject: 'ServiceAccount/shop/default',
          values: { verb: 'get', resource: 'configmaps' },
        },
      ],
    },
    {
      name: 'a component of the control plane',
      given: { logs: [denied('system:kube-scheduler', LIST_ALL)] },
      expect: [{ message: 'componentDenied', subject: 'User/system:kube-scheduler', severity: 'critical' }],
    },
    {
      name: 'bindings were refused: not verified',
      given: { forbidden: [roleBindings], logs: [denied(USER, LIST)] },
      expect: [{ message: 'unverified', subject, severity: 'warning', confidence: 'possible' }],
    },
    {
      name: 'one finding for each verb',
      given: {
        logs: [
          denied(USER, LIST),
          denied(USER, LIST.replace('list', 'watch'), undefined, 'web-2'),
          denied(USER, LIST, undefined, 'web-3'),
        ],
      },
      expect: [
        { message: 'notBound', subject, values: { verb: 'list' } },
        { message: 'notBound', subject, values: { verb: 'watch' } },
      ],
    },
  ],
  unknown: [{ name: 'bindings were refused', given: { forbidden: [roleBindings] }, reason: /not allowed/ }],
});
