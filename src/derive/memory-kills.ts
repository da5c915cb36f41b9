import { pods } from '../artifacts/resources.ts';
import { defineDerived, logSignals, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { LogHit, LogMatches } from '../model/log-signals.ts';
import { subjectKey, subjectOf } from '../model/subject.ts';

/** A process the kernel killed for memory, as its log says. */
export interface MemoryKill {
  /** `limit`: a cgroup reached its limit; `node`: the node ran out of memory. */
  readonly scope: 'limit' | 'node';
  /** Name of the killed program. */
  readonly program: string;
  /** Id of the container the process belonged to, without the runtime's prefix; empty when not named. */
  readonly containerId: string;
  readonly matches: LogMatches;
  readonly hit: LogHit;
}

/** Kills by the kernel, by the pod whose cgroup they happened in. */
export interface MemoryKills {
  /** Of a pod, by `subjectKey`; in the order of the logs. */
  of(podKey: string): readonly MemoryKill[];
}

/** `oom-kill:constraint=…` is one line per kill since Linux 5.0 (mm/oom_kill.c, dump_oom_summary). */
const kernelLog = logSignals({
  component: { id: 'kernel', unit: /^(?:kernel|dmesg|kern|journal|messages|syslog)\b/ },
  patterns: {
    killed: {
      any: ['oom-kill:constraint='],
      re: /oom-kill:constraint=(?<constraint>\w+),.*?task_memcg=(?<group>[^,]+),task=(?<task>.+?),pid=\d+/,
    },
  },
});

/** A pod's cgroup: `kubepods-burstable-pod<uid with _>.slice` or `kubepods/burstable/pod<uid>`. */
const POD_UID = /\bpod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12})\b/;
const CONTAINER_ID = /([0-9a-f]{64})(?:\.scope)?$/;

/** What the kernel logs of the nodes say about kills in pods. Optional: few bundles hold them. */
export const memoryKills = defineDerived({
  id: 'memory-kills',
  title: 'Processes killed for memory',
  needs: { pods: optional(pods), log: optional(kernelLog) },
  derive(inputs): MemoryKills {
    const byUid = new Map<string, MemoryKill[]>();
    for (const matches of inputs.log.matches('killed')) {
      for (const hit of matches.hits) {
        const { constraint, group = '', task = '' } = hit.captures;
        const uid = POD_UID.exec(group)?.[1]?.replaceAll('_', '-');
        if (uid === undefined) continue;
        const scope = constraint === 'CONSTRAINT_MEMCG' ? 'limit' : 'node';
        const containerId = CONTAINER_ID.exec(group)?.[1] ?? '';
        getOrCreate(byUid, uid, () => []).push({ scope, program: task, containerId, matches, hit });
      }
    }
    const byPod = new Map<string, readonly MemoryKill[]>();
    if (byUid.size > 0) {
      for (const pod of inputs.pods.items) {
        // A static pod's cgroup bears the hash of its manifest instead of its uid.
        const mirror = pod.metadata.annotations?.['kubernetes.io/config.mirror'];
        const kills = byUid.get(pod.metadata.uid ?? '') ?? byUid.get(mirror ?? '');
        if (kills) byPod.set(subjectKey(subjectOf(pod)), kills);
      }
    }
    return { of: (podKey) => byPod.get(podKey) ?? [] };
  },
});

/** The bare id of a container status: `containerd://3df5…` → `3df5…`. */
export function bareContainerId(id: string | undefined): string {
  return id?.replace(/^[\w-]+:\/\//, '') ?? '';
}
