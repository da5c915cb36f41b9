import { logSignals } from '../model/artifact.ts';

/** What the init containers of Istio write when they cannot redirect the traffic of a pod. */
export const istioSetupLog = logSignals({
  component: { id: 'istio-init', container: /^istio-(?:init|validation)$/ },
  patterns: {
    notAllowed: {
      any: ['Permission denied (you must be root)', 'Operation not permitted', 'must be run as root'],
    },
    noTables: {
      any: ["can't initialize iptables table", "can't initialize ip6tables table", 'iptables-restore: line'],
      re: /(?<problem>can't initialize ip6?tables table[^"\\]*|iptables-restore: line[^"\\]*)/,
    },
    notRedirected: {
      any: ['iptables validation failed', 'Error: could not validate', 'connection refused: validation'],
    },
  },
});
