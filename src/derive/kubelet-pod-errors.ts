import type { PodItem } from '../artifacts/resources.ts';
import { defineDerived, logSignals, optional } from '../model/artifact.ts';
import type { LogHit, LogMatches } from '../model/log-signals.ts';

/** What a kubelet's log says about a pod it could not give a sandbox. */
export interface KubeletPodError {
  readonly error: string;
  readonly matches: LogMatches;
  readonly hit: LogHit;
}

/** Errors by pod, read from the logs of the kubelets. */
export interface KubeletPodErrors {
  of(pod: PodItem): KubeletPodError | undefined;
}

/** kuberuntime_sandbox.go: `"Failed to create sandbox for pod" err="…" pod="namespace/name"`. */
const kubeletLog = logSignals({
  component: { id: 'kubelet', unit: /^(?:kubelet|journal|messages|syslog)\b/ },
  patterns: {
    sandbox: {
      any: ['"Failed to create sandbox for pod"'],
      re: /"Failed to create sandbox for pod" err="(?<error>(?:[^"\\]|\\.)*)" pod="(?<pod>[^"]+)"/,
    },
  },
});

/** Events expire after an hour; node logs tell longer. Of each log the first and last few lines are kept. */
export const kubeletPodErrors = defineDerived({
  id: 'kubelet-pod-errors',
  title: 'Sandbox errors in kubelet logs',
  needs: { log: optional(kubeletLog) },
  derive({ log }): KubeletPodErrors {
    const byPod = new Map<string, KubeletPodError>();
    for (const matches of log.matches('sandbox')) {
      if (matches.scope.type !== 'unit') continue;
      for (const hit of matches.hits) {
        const { error = '', pod = '' } = hit.captures;
        const text = error.replaceAll('\\"', '"').replaceAll('\\\\', '\\');
        byPod.set(`${matches.scope.node} ${pod}`, { error: text, matches, hit });
      }
    }
    return {
      of: ({ metadata, spec }) => byPod.get(`${spec?.nodeName} ${metadata.namespace}/${metadata.name}`),
    };
  },
});
