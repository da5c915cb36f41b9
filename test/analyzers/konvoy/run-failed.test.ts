import { runFailed } from '../../../analyzers/konvoy/run-failed.ts';
import { consoleRun } from '../../../src/artifacts/console-run.ts';
import { nodes } from '../../../src/artifacts/resources.ts';
import { CLUSTER_SCOPE } from '../../../src/model/scope.ts';
import { node } from '../../support/builders.ts';
import { addon } from '../../support/release-builders.ts';
import { type Given, testAnalyzer } from '../../support/test-analyzer.ts';

function console(...lines: string[]): Given {
  return { documents: [{ artifact: consoleRun, scope: CLUSTER_SCOPE, bytes: `${lines.join('\n')}\n` }] };
}

const HEAD = ['STAGE [Running Preflights]', '', 'PLAY [Bootstrap Nodes] *****', ''];
const WAIT = 'TASK [wait-ssh : wait 180 seconds for SSH target connection to become reachable (SSH)] *****';

const RECAP = ['PLAY RECAP ***', '10.0.1.2   : ok=3   changed=0    unreachable=0    failed=0'];

function fatal(host: string, message: string): string[] {
  return [
    `fatal: [${host}]: FAILED! => {`,
    '    "changed": false,',
    '    "elapsed": 180',
    '}',
    '',
    'MSG:',
    '',
    message,
  ];
}

const KEYS =
  "timed out waiting for ping module test success: EOF on stream; last 300 bytes received: 'Received disconnect from 203.0.113.9 port 22:2: Too many authentication failures\\r\\n'";

function nodeAt(address: string, status: string) {
  return node('worker-1', {
    status: {
      addresses: [{ type: 'InternalIP', address }],
      conditions: [{ type: 'Ready', status }],
    },
  });
}

testAnalyzer(runFailed, {
  silent: [
    { name: 'no console text', given: {}, status: 'not-applicable' },
    {
      name: 'every task ran, and the recap counts nothing else',
      given: console(
        ...HEAD,
        WAIT,
        'ok: [10.0.1.2 -> localhost]',
        'skipping: [10.0.1.3]',
        '',
        'PLAY RECAP *****',
        '10.0.1.2   : ok=22   changed=0    unreachable=0    failed=0',
        '10.0.1.3   : ok=18   changed=0    unreachable=0    failed=0',
        'STAGE [Checking Addons]',
        'cert-manager                            [OK]',
      ),
    },
    {
      name: 'a failure that is ignored',
      given: console(
        ...HEAD,
        'TASK [check : swap] ***',
        'fatal: [10.0.1.2]: FAILED! => {"changed": false, "msg": "swap is on"}',
        '...ignoring',
        ...RECAP,
      ),
    },
    {
      name: 'a task and an addon that failed, and went well when they were run again',
      given: console(
        ...HEAD,
        'TASK [check : swap] ***',
        'fatal: [10.0.1.2]: FAILED! => {"changed": false, "msg": "swap is on"}',
        'traefik        [ERROR]',
        ...HEAD,
        'TASK [check : swap] ***',
        'ok: [10.0.1.2]',
        ...RECAP,
        'traefik        [OK]',
      ),
    },
    {
      name: 'a host without a login whose node is ready by now',
      given: {
        ...console(
          ...HEAD,
          WAIT,
          'fatal: [10.0.1.2]: UNREACHABLE! => {"msg": "Failed to connect to the host via ssh: timed out"}',
          'PLAY RECAP ***',
          '10.0.1.2   : ok=0   changed=0    unreachable=1    failed=0',
        ),
        objects: [nodeAt('10.0.1.2', 'True')],
      },
      info: [{ message: 'hostUnreachable', subject: 'Node/worker-1', severity: 'info' }],
    },
  ],
  reports: [
    {
      name: 'too many keys, as Konvoy prints it over several lines',
      given: console(
        ...HEAD,
        'TASK [all : wait 180 seconds for target connection to become reachable] ***',
        ...fatal('10.0.129.25', KEYS),
      ),
      expect: [
        {
          message: 'tooManyKeys',
          subject: 'machine:10.0.129.25',
          severity: 'warning',
          values: {
            node: { external: 'machine', name: '10.0.129.25' },
            reason: 'Too many authentication failures',
          },
        },
      ],
    },
    {
      name: 'hosts without a login: refused, timed out, and told by the recap alone',
      given: {
        ...console(
          ...HEAD,
          WAIT,
          'fatal: [10.0.1.2]: UNREACHABLE! => {"changed": false, "msg": "Failed to connect to the host via ssh: ssh: connect to host 10.0.1.2 port 22: Connection refused", "unreachable": true}',
          ...fatal('10.0.1.3', 'timed out waiting for ping module test success: EOF on stream'),
          '',
          'PLAY RECAP ***',
          '10.0.1.2   : ok=0   changed=0    unreachable=1    failed=0',
          '10.0.1.4   : ok=3   changed=0    unreachable=1    failed=0',
        ),
        objects: [nodeAt('10.0.1.2', 'Unknown')],
      },
      expect: [
        { message: 'hostUnreachable', subject: 'Node/worker-1', severity: 'warning' },
        { message: 'hostUnreachable', subject: 'machine:10.0.1.3' },
        { message: 'hostUnreachable', subject: 'machine:10.0.1.4' },
      ],
    },
    {
      name: 'no Python',
      given: console(
        ...HEAD,
        'TASK [Gathering Facts] ***',
        'fatal: [10.0.1.2]: FAILED! => {"changed": false, "module_stderr": "", "msg": "/bin/sh: /usr/bin/python: No such file or directory"}',
      ),
      expect: [{ message: 'pythonMissing', subject: 'machine:10.0.1.2', confidence: 'likely' }],
    },
    {
      name: 'a task, one item of a loop, in colours; words of a login in another task are about others',
      given: console(
        ...HEAD,
        'TASK [images : pull] ***',
        '\u001b[0;31mfailed: [10.0.1.2] (item=pause) => {"msg": "registry.test: Connection refused"}\u001b[0m',
        'ok: [10.0.1.2] (item=etcd)',
        'PLAY RECAP ***',
        '10.0.1.9   : ok=3   changed=0    unreachable=0    failed=2',
      ),
      expect: [
        {
          message: 'taskFailed',
          subject: 'machine:10.0.1.2',
          values: {
            task: 'images : pull',
            node: { external: 'machine', name: '10.0.1.2' },
            said: 'registry.test: Connection refused',
          },
        },
        { message: 'taskFailed', subject: 'machine:10.0.1.9' },
      ],
    },
    {
      name: 'an addon, told twice',
      given: console(
        'STAGE [Deploying Enabled Addons]',
        'dashboard                                      [OK]',
        'traefik                                        [ERROR]',
        '',
        'Error: error installing: the following 1 addon failed to deploy: [ traefik ]',
      ),
      expect: [{ message: 'addonFailed', subject: 'Addon/traefik', severity: 'warning' }],
    },
    {
      name: 'addons that failed: one is ready by now, one is not',
      given: {
        ...console('traefik      [ERROR]', 'dex          [ERROR]'),
        objects: [addon('traefik'), addon('dex', { status: { ready: false, stage: 'deploying' } })],
      },
      expect: [
        { message: 'addonFailed', subject: 'Addon/kubeaddons/traefik', severity: 'info' },
        { message: 'addonFailed', subject: 'Addon/kubeaddons/dex', severity: 'warning' },
      ],
    },
    {
      name: 'credentials that expired, and a quota',
      given: console(
        'An error occurred (ExpiredToken) when calling the GetCallerIdentity operation: The security token included in the request is expired',
        'Please refresh your AWS credentials; the AWS API could not be reached with your current credentials.',
        'An error occurred (VcpuLimitExceeded) when calling the RunInstances operation: You have requested more vCPU capacity.',
      ),
      expect: [
        {
          message: 'credentialsRefused',
          subject: 'host:AWS API',
          values: {
            code: 'ExpiredToken',
            operation: 'GetCallerIdentity',
            said: 'The security token included in the request is expired',
          },
        },
        { message: 'cloudRequestFailed', subject: 'host:AWS API' },
      ],
    },
  ],
  unknown: [
    {
      name: 'the beginning of a run',
      given: console(...HEAD, WAIT, 'ok: [10.0.1.2]'),
      reason: /before the recap/,
    },
    {
      name: 'a text too long to be read',
      given: {
        rows: [
          { artifact: consoleRun.id, scope: CLUSTER_SCOPE, outcome: 'truncated', reason: 'above the limit' },
        ],
        forbidden: [nodes],
      },
      reason: /above the limit/,
    },
  ],
});
