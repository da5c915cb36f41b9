import { faultScenario, servedDeployment, WEB } from '../base-cluster.ts';
import { crashLoop } from '../container-states.ts';
import { LOST as SHORT } from '../lost-pods.ts';
import type { JournalLine } from '../node-archive.ts';
import { node } from '../nodes.ts';
import { eventAbout, logOf, MINUTE, type Parts, uidOf } from '../object.ts';
import { fromKubelet } from '../pod-events.ts';
import type { Scenario } from '../scenario.ts';

const POD = 'web-7d4b8c6f9d-hx8vn';
/** When the kernel had to kill, seconds before the collection, and the process it chose. */
const KILLS = [
  [26 * MINUTE, 48_211],
  [19 * MINUTE, 49_650],
  [13 * MINUTE, 50_877],
  [8 * MINUTE, 52_014],
  [95, 53_102],
] as const;
const [LAST] = KILLS[4];
/** The container was last started five minutes after the end before, and lived for a minute. */
const BEGAN = LAST + 70;
const CONTAINER = 'b1d6f2a94c7e8350'.repeat(4);

/**
 * A backup program outside of Kubernetes takes more and more memory of a worker until the kernel kills what
 * it finds: a web server without a memory limit, five times so far. The runtime calls that OOMKilled, too.
 */
export function nodeOutOfMemory(): Promise<Scenario> {
  const web = servedDeployment({
    ...WEB,
    unavailable: LAST,
    replicas: WEB.replicas.map((one) =>
      one.node === SHORT ? { ...one, ready: false, changed: LAST, container: killed() } : one,
    ),
  });
  const pod = web.find(({ metadata }) => metadata.name === POD)!;
  const worker = node(SHORT);
  return faultScenario('node-out-of-memory', {
    objects: [
      ...web,
      ...KILLS.map(([age, pid]) =>
        eventAbout(worker, {
          type: 'Warning',
          reason: 'SystemOOM',
          message: `System OOM encountered, victim process: nginx, pid: ${pid}`,
          age,
          source: { component: 'kubelet', host: SHORT },
        }),
      ),
      fromKubelet(pod, {
        reason: 'BackOff',
        message: `Back-off restarting failed container nginx in pod ${POD}_shop(${pod.metadata.uid})`,
        age: 6,
        first: KILLS[1][0],
        count: 41,
        container: 'nginx',
      }),
    ],
    logs: [
      [`shop/${POD}/nginx/previous`, logOf([[LAST + 4, '10.244.2.1 - - "GET /cart HTTP/1.1" 200 4420']])],
    ],
    archives: [{ node: SHORT, logs: { kernel: kernelLog() } }],
  });
}

function killed(): Parts {
  const state = crashLoop({
    namespace: 'shop',
    pod: POD,
    container: 'nginx',
    exitCode: 137,
    reason: 'OOMKilled',
    restarts: KILLS.length,
    began: BEGAN,
    ended: LAST,
  });
  const containerID = `containerd://${CONTAINER}`;
  const { lastState } = state as { lastState: { terminated: Parts } };
  return {
    ...state,
    containerID,
    lastState: { terminated: { ...lastState.terminated, containerID } },
  };
}

/** What the kernel writes of one kill, without its table of processes. */
function kernelLog(): JournalLine[] {
  const uid = uidOf('Pod', 'shop', POD).replaceAll('-', '_');
  const group = `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${uid}.slice/cri-containerd-${CONTAINER}.scope`;
  return KILLS.flatMap(([age, pid]): JournalLine[] =>
    [
      'backup-agent invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0',
      'Mem-Info:',
      'active_anon:3918211 inactive_anon:41209 isolated_anon:0',
      `oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=${group},task=nginx,pid=${pid},uid=101`,
      `Out of memory: Killed process ${pid} (nginx) total-vm:412904kB, anon-rss:118220kB, file-rss:2304kB, shmem-rss:0kB, UID:101 pgtables:412kB oom_score_adj:996`,
    ].map((text) => [age, 'kernel', text]),
  );
}
