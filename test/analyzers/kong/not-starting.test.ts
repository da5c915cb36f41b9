import { notStarting } from '../../../analyzers/kong/not-starting.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, type Built, containerStatus, pod } from '../../support/builders.ts';
import { controlPlane, dataPlane, kongLogOf } from '../../support/kong.ts';
import { type Expected, type Given, testAnalyzer } from '../../support/test-analyzer.ts';

const CRASHING = {
  ready: false,
  restartCount: 5,
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  lastState: { terminated: { exitCode: 1, startedAt: ago(90), finishedAt: ago(80) } },
};
const crashing = dataPlane('kong-dp-0', {
  status: { containerStatuses: [containerStatus('proxy', CRASHING)] },
});

function given(line: string, object: Built = crashing, previous = true): Given {
  return { objects: [object], logs: [{ ...kongLogOf(object.metadata.name, [85, line]), previous }] };
}

function refusal(
  message: string,
  line: string,
  detail = line,
): { name: string; given: Given; expect: Expected[] } {
  return {
    name: line.slice(0, 70),
    given: given(line),
    expect: [{ message, subject: 'Pod/kong/kong-dp-0', severity: 'critical', values: { detail } }],
  };
}

testAnalyzer(notStarting, {
  silent: [
    { name: 'a node that runs and is ready', given: { objects: [dataPlane()] } },
    {
      name: 'a refusal of an earlier start that was overcome',
      given: given(
        'nginx: [emerg] bind() to unix:/kong_prefix/worker_events.sock failed (98: Address already in use)',
        dataPlane(),
      ),
    },
    {
      name: 'a line from before the last run began',
      given: {
        objects: [crashing],
        logs: [
          kongLogOf('kong-dp-0', [
            400,
            'Error: cluster certificate and key must be provided to use Hybrid mode',
          ]),
        ],
      },
    },
    {
      name: 'a database that cannot be opened is a question of the disk',
      given: given(
        '[crit] 1258#0: worker initialization error: failed to create and open LMDB database: No space left on device; this node must be restarted',
      ),
    },
    { name: 'no Kong', given: { objects: [pod('web')] }, status: 'not-applicable' },
  ],
  reports: [
    refusal(
      'certificateUnreadable',
      'Error: cluster certificate and key must be provided to use Hybrid mode',
      'cluster certificate and key must be provided to use Hybrid mode',
    ),
    refusal(
      'certificateUnreadable',
      'cluster_cert: failed loading certificate from /etc/secrets/kong-cluster-cert/tls.crt',
    ),
    refusal('roleMistaken', 'only in-memory storage can be used when role = "data_plane"'),
    refusal(
      'socketsLeft',
      'nginx: [emerg] bind() to unix:/kong_prefix/sockets/we failed (98: Address already in use)',
      'bind() to unix:/kong_prefix/sockets/we failed (98: Address already in use)',
    ),
    refusal(
      'workerNotInitialised',
      '[crit] 1258#0: *1 [lua] init.lua:600: worker initialization error: failed to initialize declarative config: timeout; this node must be restarted',
      'failed to initialize declarative config: timeout',
    ),
    {
      name: 'a control plane without its Admin API, unready from its start',
      given: given(
        'admin_listen must be specified when role = "control_plane"',
        controlPlane('kong-cp-0', { container: CRASHING }),
      ),
      expect: [{ message: 'roleMistaken', subject: 'Pod/kong/kong-cp-0' }],
    },
  ],
  unknown: [{ name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ }],
});
