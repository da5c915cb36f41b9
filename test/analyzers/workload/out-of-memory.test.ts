import { outOfMemory } from '../../../analyzers/workload/out-of-memory.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, containerStatus, pod } from '../../support/builders.ts';
import { crashingPod, ended, waitingPod } from '../../support/start-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const ID = 'e43c78110357e22a7be52430e402f4d4689254dca6e8d30049e37b55594b314d';
const UID = '3df5dfd5-6187-4cd5-b70c-1ce9c12aee83';
const LIMITED = {
  containers: [{ name: 'app', image: 'shop/app:1', resources: { limits: { memory: '256Mi' } } }],
};
const UNLIMITED = { containers: [{ name: 'app', image: 'shop/app:1' }] };

/** The line the kernel writes when it kills, with the cgroup of the systemd driver. */
function kernelLog(constraint: string, task = 'java') {
  const slice = `kubepods-burstable-pod${UID.replaceAll('-', '_')}.slice`;
  const scope = `/kubepods.slice/kubepods-burstable.slice/${slice}/cri-containerd-${ID}.scope`;
  return {
    node: 'node-1',
    unit: 'kernel',
    text: `[ 812.03] oom-kill:constraint=${constraint},nodemask=(null),cpuset=cri-containerd-${ID}.scope,mems_allowed=0,oom_memcg=${scope},task_memcg=${scope},task=${task},pid=4711,uid=1000\n`,
  };
}

function killed(spec: object, container: object = {}) {
  const lastState = ended('OOMKilled', 137, { containerID: `containerd://${ID}` });
  const built = crashingPod('web-1', lastState, { spec: { ...spec }, container: { ...container } });
  return { ...built, metadata: { ...built.metadata, uid: UID } };
}

function running(parts: object, ready = true) {
  const built = pod('web-1', {
    spec: LIMITED,
    status: {
      containerStatuses: [containerStatus('app', { ready, containerID: `containerd://${ID}`, ...parts })],
    },
  });
  return { ...built, metadata: { ...built.metadata, uid: UID } };
}

const subject = 'Pod/shop/web-1';

testAnalyzer(outOfMemory, {
  silent: [
    { name: 'a running pod', given: { objects: [pod('web')] } },
    {
      name: 'a container that ends with 137 for another reason',
      given: { objects: [crashingPod('web-1', ended('Error', 137), { spec: LIMITED })] },
    },
    {
      name: 'a kill two days ago',
      given: {
        objects: [
          running({ restartCount: 1, lastState: ended('OOMKilled', 137, { finishedAt: ago(172_800) }) }),
        ],
      },
    },
    {
      name: 'a kill half a day ago of a container that is ready again',
      given: {
        objects: [
          running({ restartCount: 1, lastState: ended('OOMKilled', 137, { finishedAt: ago(43_200) }) }),
        ],
      },
      info: [{ message: 'killedBefore', subject, values: { restarts: 1, age: 43_200 } }],
    },
    {
      name: 'a kill in an earlier run of the container, as the kernel says',
      given: {
        objects: [running({ containerID: 'containerd://0000' })],
        logs: [kernelLog('CONSTRAINT_MEMCG')],
      },
    },
    {
      name: 'a command that does not exist',
      given: {
        objects: [waitingPod('web-1', { reason: 'RunContainerError', message: 'exec: "x": not found' })],
      },
    },
    {
      name: 'a killed process in a container that is ready',
      given: { objects: [running({})], logs: [kernelLog('CONSTRAINT_MEMCG', 'convert')] },
      info: [{ message: 'processKilled', subject, values: { program: 'convert' } }],
    },
  ],
  reports: [
    {
      name: 'the limit exceeded, quoted',
      given: { objects: [killed(LIMITED)] },
      expect: [
        {
          message: 'limitExceeded',
          subject,
          severity: 'critical',
          confidence: 'certain',
          since: ago(600),
          values: { limit: '256Mi', restarts: 7 },
        },
      ],
    },
    {
      name: 'the limit of the pod where the container has none',
      given: { objects: [killed({ ...UNLIMITED, resources: { limits: { memory: '1Gi' } } })] },
      expect: [{ message: 'limitExceeded', subject, values: { limit: '1Gi' } }],
    },
    {
      name: 'no limit at all: the node had no memory left',
      given: { objects: [killed(UNLIMITED)] },
      expect: [{ message: 'nodeExhausted', subject, confidence: 'likely' }],
    },
    {
      name: 'a limit, but the kernel says that the node ran out',
      given: { objects: [killed(LIMITED)], logs: [kernelLog('CONSTRAINT_NONE')] },
      expect: [
        {
          message: 'nodeExhausted',
          subject,
          confidence: 'certain',
          values: { node: { group: '', kind: 'Node', name: 'node-1' } },
        },
      ],
    },
    {
      name: 'the kernel confirms the limit',
      given: { objects: [killed(LIMITED)], logs: [kernelLog('CONSTRAINT_MEMCG')] },
      expect: [{ message: 'limitExceeded', subject, confidence: 'certain' }],
    },
    {
      name: 'a limit too low to begin',
      given: {
        objects: [
          waitingPod(
            'web-1',
            {
              reason: 'RunContainerError',
              message:
                'runc create failed: unable to start container process: container init was OOM-killed (memory limit too low?): unknown',
            },
            { spec: LIMITED },
          ),
        ],
      },
      expect: [{ message: 'limitTooLowToStart', subject, values: { limit: '256Mi' } }],
    },
    {
      name: 'a kill minutes ago of a container that is not ready yet',
      given: {
        objects: [running({ restartCount: 1, lastState: ended('OOMKilled', 137) }, false)],
      },
      expect: [{ message: 'killedBefore', subject, severity: 'warning' }],
    },
    {
      name: 'a killed process in a container that is not ready',
      given: { objects: [running({}, false)], logs: [kernelLog('CONSTRAINT_MEMCG', 'postgres')] },
      expect: [{ message: 'processKilled', subject, severity: 'warning', values: { program: 'postgres' } }],
    },
  ],
  unknown: [{ name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ }],
});
