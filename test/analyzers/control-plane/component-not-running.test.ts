import { componentNotRunning } from '../../../analyzers/control-plane/component-not-running.ts';
import { componentHealth } from '../../../src/artifacts/component-health.ts';
import { nodeServices } from '../../../src/artifacts/node-services.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, node } from '../../support/builders.ts';
import {
  API_SERVER_EXITED,
  LOCK,
  LOST,
  NO_ETCD,
  OLD_LOST,
  onNode,
  PORT,
  REFUSED,
  RENEW,
  schedulerHealth,
} from '../../support/component-scenes.ts';
import {
  componentLog,
  controlPlaneNode,
  crashing,
  notReady,
  staticPod,
} from '../../support/control-plane-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const NODE = controlPlaneNode('cp-1');
const OTHERS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'];
const well = (nodeName: string, except: readonly string[] = []) =>
  OTHERS.filter((one) => !except.includes(one)).map((one) => staticPod(one, nodeName));
const down = (component: string, nodeName = 'cp-1') => staticPod(component, nodeName, notReady(crashing()));
const restarted = (component: string, parts: object, restartCount = 4) =>
  staticPod(component, 'cp-1', {
    container: {
      restartCount,
      lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: ago(300), ...parts } },
    },
  });
const POD = 'Pod/kube-system/';

testAnalyzer(componentNotRunning, {
  silent: [
    { name: 'all run and are ready', given: { objects: [NODE, ...well('cp-1')] } },
    {
      name: 'it started a minute ago',
      given: {
        objects: [
          NODE,
          ...well('cp-1', ['kube-apiserver']),
          staticPod(
            'kube-apiserver',
            'cp-1',
            notReady({ ready: false, state: { running: { startedAt: ago(60) } } }),
          ),
        ],
      },
    },
    {
      name: 'its checks pass',
      given: { objects: [NODE, ...well('cp-1')], documents: [schedulerHealth('[+]leaderElection ok\n')] },
    },
    {
      name: 'restarts of last week',
      given: {
        objects: [
          NODE,
          ...well('cp-1', ['kube-scheduler']),
          restarted('kube-scheduler', { finishedAt: ago(600_000) }),
        ],
      },
    },
    {
      name: 'all ended together: the node was rebooted',
      given: {
        objects: [
          NODE,
          ...OTHERS.map((one) => restarted(one, { exitCode: 255, reason: 'Unknown' })),
          staticPod('kube-proxy', 'cp-1', {
            container: {
              restartCount: 4,
              lastState: { terminated: { exitCode: 255, reason: 'Unknown', finishedAt: ago(290) } },
            },
          }),
        ],
      },
    },
    {
      name: 'etcd runs on one control-plane node only',
      given: { objects: [NODE, controlPlaneNode('cp-2'), ...well('cp-1'), ...well('cp-2', ['etcd'])] },
    },
    {
      name: 'an etcd of a tenant is none of the control plane',
      given: {
        objects: [
          NODE,
          ...well('cp-1'),
          {
            ...down('etcd'),
            metadata: { name: 'etcd-0', namespace: 'tenant-a', labels: { component: 'etcd' } },
          },
        ],
      },
    },
    {
      name: 'the provider runs it',
      given: { objects: [node('n', { metadata: { labels: { 'eks.amazonaws.com/nodegroup': 'a' } } })] },
      status: 'not-applicable',
    },
  ],
  reports: [
    {
      name: 'the controller-manager lost its lease and is not back',
      given: {
        objects: [NODE, ...well('cp-1', ['kube-controller-manager']), down('kube-controller-manager')],
        logs: [
          componentLog(
            'kube-controller-manager',
            'cp-1',
            [
              [61, RENEW],
              [60, LOST],
            ],
            true,
          ),
        ],
      },
      expect: [
        {
          message: 'leaseLost',
          subject: `${POD}kube-controller-manager-cp-1`,
          severity: 'critical',
          values: { detail: 'context deadline exceeded', state: 'CrashLoopBackOff' },
        },
      ],
    },
    {
      name: 'it lost its lease, is back, but keeps doing so (text of 1.20)',
      given: {
        objects: [
          NODE,
          ...well('cp-1', ['kube-controller-manager']),
          restarted('kube-controller-manager', {}),
        ],
        logs: [componentLog('kube-controller-manager', 'cp-1', [[300, OLD_LOST]], true)],
      },
      expect: [
        {
          message: 'leaseLost',
          subject: `${POD}kube-controller-manager-cp-1`,
          severity: 'warning',
          since: ago(300),
        },
      ],
    },
    {
      name: 'the scheduler does not reach the API server; another one works',
      given: {
        objects: [
          NODE,
          controlPlaneNode('cp-2'),
          ...well('cp-1', ['kube-scheduler']),
          ...well('cp-2'),
          down('kube-scheduler'),
        ],
        logs: [componentLog('kube-scheduler', 'cp-1', [[60, LOCK]])],
      },
      expect: [
        {
          message: 'apiUnreachable',
          subject: `${POD}kube-scheduler-cp-1`,
          severity: 'warning',
          values: { detail: 'connection refused' },
        },
      ],
    },
    {
      name: 'the API server does not reach etcd',
      given: {
        objects: [NODE, ...well('cp-1', ['kube-apiserver']), down('kube-apiserver')],
        logs: [componentLog('kube-apiserver', 'cp-1', [[60, NO_ETCD]])],
      },
      expect: [{ message: 'etcdUnreachable', subject: `${POD}kube-apiserver-cp-1` }],
    },
    {
      name: 'the API server is refused by etcd',
      given: {
        objects: [NODE, ...well('cp-1', ['kube-apiserver']), down('kube-apiserver')],
        logs: [componentLog('kube-apiserver', 'cp-1', [[60, REFUSED]])],
      },
      expect: [
        {
          message: 'etcdUnreachable',
          subject: `${POD}kube-apiserver-cp-1`,
          values: { detail: 'connect: connection refused' },
        },
      ],
    },
    {
      name: 'the port is taken',
      given: {
        objects: [NODE, ...well('cp-1', ['kube-controller-manager']), down('kube-controller-manager')],
        logs: [componentLog('kube-controller-manager', 'cp-1', [[60, PORT]])],
      },
      expect: [
        {
          message: 'portInUse',
          subject: `${POD}kube-controller-manager-cp-1`,
          values: { detail: '0.0.0.0:10257' },
        },
      ],
    },
    {
      name: 'down without a reason that is known',
      given: {
        objects: [
          NODE,
          down('kube-apiserver'),
          down('kube-scheduler'),
          down('etcd'),
          staticPod('kube-controller-manager', 'cp-1'),
        ],
        logs: [componentLog('etcd', 'cp-1', [[60, 'panic: freelist: something']])],
      },
      expect: [
        { message: 'apiServerNotReady', subject: `${POD}kube-apiserver-cp-1`, severity: 'critical' },
        { message: 'notReady', subject: `${POD}kube-scheduler-cp-1` },
        { message: 'etcdNotReady', subject: `${POD}etcd-cp-1` },
      ],
    },
    {
      name: 'it ends again and again',
      given: {
        objects: [NODE, ...well('cp-1', ['kube-scheduler']), restarted('kube-scheduler', { exitCode: 2 })],
      },
      expect: [{ message: 'restarts', subject: `${POD}kube-scheduler-cp-1`, values: { restarts: 4 } }],
    },
    {
      name: 'it is ready, but fails a check of its own',
      given: {
        objects: [NODE, ...well('cp-1')],
        documents: [schedulerHealth('[+]ping ok\n[-]leaderElection failed: reason withheld\n')],
      },
      expect: [
        {
          message: 'checkFails',
          subject: `${POD}kube-scheduler-cp-1`,
          values: { checks: ['leaderElection'], path: '/readyz' },
        },
      ],
    },
    {
      name: 'a control-plane node lacks the scheduler',
      given: {
        objects: [NODE, controlPlaneNode('cp-2'), ...well('cp-1'), ...well('cp-2', ['kube-scheduler'])],
      },
      expect: [{ message: 'missing', subject: 'Node/cp-2', values: { component: 'kube-scheduler' } }],
    },
    {
      name: 'a unit that fails',
      given: {
        documents: [
          onNode(
            nodeServices,
            'Id=kube-scheduler.service\nLoadState=loaded\nActiveState=activating\nSubState=auto-restart\nResult=exit-code\nNRestarts=12\nExecMainStatus=1\n',
          ),
        ],
      },
      expect: [
        {
          message: 'unitFailed',
          subject: 'Node/cp-1',
          values: {
            unit: 'kube-scheduler.service',
            state: 'exit-code, exit status 1, 12 automatic restarts',
          },
        },
      ],
    },
    {
      name: 'the API server is down, only the node was asked',
      given: {
        forbidden: [pods],
        documents: API_SERVER_EXITED,
      },
      expect: [{ message: 'exited', subject: `${POD}kube-apiserver-cp-1`, values: { attempt: 5 } }],
    },
  ],
  unknown: [
    { name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ },
    {
      name: 'it ended within the hour and is back, and its log was refused',
      given: { objects: [NODE, restarted('kube-scheduler', {}, 1)], forbidden: [{ id: 'logs' }] },
    },
    {
      name: 'it is ready, and its own checks were refused',
      given: { objects: [NODE, ...well('cp-1')], forbidden: [componentHealth] },
    },
  ],
});
