import { serviceRestarting } from '../../../analyzers/node/service-restarting.ts';
import { nodeServices } from '../../../src/artifacts/node-services.ts';
import { ago, node } from '../../support/builders.ts';
import { journalLine, kubeletLog, nodeFile, unreadyNode } from '../../support/node-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Node/worker-1';
const calm = node('worker-1');
const silent = unreadyNode('Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.');
const SWAP =
  'kubelet[2112]: E0204 08:59:49.120334    2112 run.go:72] "command failed" err="failed to run Kubelet: running with swap on is not supported, please disable swap or set --fail-swap-on flag to false"';

function unit(name: string, active: string, sub: string, more = ''): string {
  return `Id=${name}.service\nLoadState=loaded\nActiveState=${active}\nSubState=${sub}\n${more}`;
}

function units(...blocks: readonly string[]) {
  return nodeFile(nodeServices, blocks.join('\n\n'));
}

const unix = (seconds: number): string => `@${Date.parse(ago(seconds)) / 1000}`;
const UP = unit('kubelet', 'active', 'running', `NRestarts=0\nStateChangeTimestamp=${unix(86_400)}`);

testAnalyzer(serviceRestarting, {
  silent: [
    { name: 'a kubelet that runs', given: { objects: [calm], documents: [units(UP)] } },
    {
      name: 'many restarts long ago',
      given: {
        objects: [calm],
        documents: [
          units(unit('kubelet', 'active', 'running', `NRestarts=40\nStateChangeTimestamp=${unix(9000)}`)),
        ],
      },
    },
    {
      name: 'a unit that is not installed',
      given: {
        objects: [calm],
        documents: [units(UP, 'Id=crio.service\nLoadState=not-found\nActiveState=inactive')],
      },
    },
    {
      name: 'a runtime that is down, which another analyzer tells',
      given: {
        objects: [calm],
        documents: [units(UP, unit('containerd', 'failed', 'failed', 'NRestarts=5\nResult=start-limit-hit'))],
      },
    },
    {
      name: 'a failed unit nobody needs',
      given: {
        objects: [calm],
        documents: [nodeFile(nodeServices, `${UP}\n\nsnapd.service loaded failed failed Snap Daemon\n`)],
      },
      info: [{ message: 'unitFailed', subject, severity: 'info', values: { unit: 'snapd.service' } }],
    },
    {
      name: 'a failed start behind a kubelet that runs',
      given: { objects: [calm], documents: [units(UP)], logs: [kubeletLog(journalLine(300, SWAP))] },
    },
    {
      name: 'two starts',
      given: {
        objects: [calm],
        documents: [units(UP)],
        logs: [
          kubeletLog(
            journalLine(400, 'systemd[1]: Started kubelet: The Kubernetes Node Agent.') +
              journalLine(60, 'systemd[1]: Started kubelet: The Kubernetes Node Agent.'),
          ),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'a kubelet that does not start for swap, as Konvoy stores its status',
      given: {
        objects: [silent],
        documents: [
          nodeFile(
            nodeServices,
            '● kubelet.service - kubelet: The Kubernetes Node Agent\n   Loaded: loaded (/etc/systemd/system/kubelet.service; enabled; vendor preset: disabled)\n   Active: activating (auto-restart) (Result: exit-code) since Tue 2026-01-15 11:59:54 UTC; 6s ago\n  Process: 2112 ExecStart=/usr/bin/kubelet (code=exited, status=255)\n Main PID: 2112 (code=exited, status=255)\n',
          ),
        ],
        logs: [kubeletLog(`Feb 04 08:59:49 cp-1 ${SWAP}\n`)],
      },
      expect: [
        {
          message: 'kubeletDown',
          subject,
          severity: 'critical',
          since: '2026-01-15T11:59:54Z',
          values: {
            unit: 'kubelet.service',
            state: 'activating (auto-restart, exit-code, status 255)',
            detail:
              'failed to run Kubelet: running with swap on is not supported, please disable swap or set --fail-swap-on flag to false',
          },
        },
      ],
    },
    {
      name: 'a stopped kubelet without its log',
      given: { objects: [silent], documents: [units(unit('kubelet', 'inactive', 'dead'))] },
      expect: [
        {
          message: 'kubeletDown',
          subject,
          values: { state: 'inactive (dead)', detail: 'its log is not in the bundle' },
        },
      ],
    },
    {
      name: 'the log alone, by the words of 1.20',
      given: {
        objects: [silent],
        logs: [
          kubeletLog(
            'F0204 08:59:49.120334 2112 server.go:269] failed to run Kubelet: running with swap on is not supported, please disable swap\n',
          ),
        ],
      },
      expect: [{ message: 'kubeletNotStarting', subject, severity: 'critical', values: { count: 1 } }],
    },
    {
      name: 'a runtime restarted by systemd again and again',
      given: {
        objects: [calm],
        documents: [
          units(UP, unit('containerd', 'active', 'running', `NRestarts=7\nStateChangeTimestamp=${unix(30)}`)),
        ],
      },
      expect: [
        {
          message: 'restarting',
          subject,
          severity: 'critical',
          values: { unit: 'containerd.service', restarts: 7 },
          since: ago(30),
        },
      ],
    },
    {
      name: 'a time service that failed',
      given: {
        objects: [calm],
        documents: [units(UP, unit('chronyd', 'failed', 'failed', 'Result=exit-code'))],
      },
      expect: [
        {
          message: 'unitFailed',
          subject,
          severity: 'warning',
          values: { unit: 'chronyd.service', state: 'failed (exit-code)' },
        },
      ],
    },
    {
      name: 'six starts within ten minutes',
      given: {
        objects: [calm],
        documents: [units(UP)],
        logs: [
          kubeletLog(
            [600, 480, 360, 240, 120, 20]
              .map((seconds) => journalLine(seconds, 'systemd[1]: Started Kubernetes Kubelet.'))
              .join(''),
          ),
        ],
      },
      expect: [{ message: 'startedOften', subject, severity: 'warning', values: { count: 6, window: 580 } }],
    },
  ],
  unknown: [
    {
      name: 'no file with services',
      given: { objects: [calm], forbidden: [nodeServices] },
      reason: /not allowed/,
    },
  ],
});
