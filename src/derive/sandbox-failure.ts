/** Why the runtime could not make the sandbox of a pod, told apart where the remedy differs. */
export type SandboxFailureClass =
  | 'runtimeNotAnswering'
  | 'networkNotReady'
  | 'networkAgentDown'
  | 'addressesExhausted'
  | 'networkRefused'
  | 'pauseImageMissing'
  | 'runtimeHandlerMissing'
  | 'diskFull'
  | 'cgroupFailed'
  | 'runtimeBusy';

/** A sandbox error read. */
export interface SandboxFailure {
  /** Undefined when the words belong to no known class. */
  readonly failure: SandboxFailureClass | undefined;
  /** The image of `pauseImageMissing`, the handler of `runtimeHandlerMissing`. */
  readonly name: string | undefined;
  readonly detail: string;
}

/** Words of the kubelet, containerd, CRI-O and network plugins, the more telling first; the first group is the name. */
const WORDS: readonly (readonly [SandboxFailureClass, RegExp])[] = [
  [
    'runtimeNotAnswering',
    /\bdial unix \S*\/(?:containerd|crio|cri-dockerd|dockershim|docker)(?:\/\S+)?\.sock\b/,
  ],
  [
    'pauseImageMissing',
    /\bfailed to (?:get|pull|ensure) (?:sandbox )?image "([^"]+)"|\bpull(?:ing)? pause image "?([^\s":]+[^\s"]*)|\bfailed pulling image "([^"]+)"/,
  ],
  [
    'runtimeHandlerMissing',
    /\bno runtime for "([^"]+)" is configured|\b[Rr]untime[Hh]andler "([^"]+)" not supported|\bfailed to find runtime handler (\S+)/,
  ],
  ['diskFull', /\bno space left on device\b|\bdisk quota exceeded\b/i],
  [
    'addressesExhausted',
    /\bno IP addresses available\b|\bno (?:available|more|free) IPs?\b|\bfailed to assign an IP address\b|\brange is full\b|\bIP ?(?:address )?pools? .*\bexhausted\b|\bno free (?:IP )?address|\bInsufficientFreeAddresses\b|\bfailed to allocate for range\b/i,
  ],
  [
    'networkNotReady',
    /\bcni plugin not initialized\b|\bcni config uninitialized\b|\bNetworkPluginNotReady\b|\bno networks? (?:conf\w* )?found in\b|\bfailed to find plugin "([^"]+)" in path\b/i,
  ],
  [
    'networkAgentDown',
    /\bsubnet\.env: no such file\b|\/calico\/nodename: no such file\b|\b(?:cilium|calico|antrea|kube-ovn|weave|multus)\S*\.sock\b.*(?:no such file|connection refused)|\bdial tcp 127\.0\.0\.1:\d+: connect: connection refused\b|\bcilium\b.*\bis (?:Cilium|the agent) (?:running|ready)\b/i,
  ],
  [
    'networkRefused',
    /\bfailed to set ?up (?:pod )?network for sandbox\b|\bfailed to set ?up sandbox container\b|\bnetworkPlugin \S+ failed\b|\berror adding (?:pod|container) \S+ to CNI network\b|\bplugin type="|\bnetwork is not ready\b/i,
  ],
  ['cgroupFailed', /\bcgroups?(?:Path)?\b/i],
  [
    'runtimeBusy',
    /\bis reserved for\b|\bname is reserved\b|\bdeadline exceeded\b|\bDeadlineExceeded\b|\bcontext canceled\b/i,
  ],
];

/** What such an error begins with; the cause stands behind it. */
const PREFIX =
  /^(?:\(combined from similar events\):|Failed to create pod sandbox:|rpc error: code = \w+ desc =|failed to (?:create|start) (?:containerd task|sandbox container(?: task)?):?|failed to create shim task:|OCI runtime create failed:|runc create failed:|failed to set ?up network for sandbox "[^"]*":|failed to create pod network sandbox [^:]+:|network is not ready:)\s*/;

/** Reads the event `FailedCreatePodSandBox` or `NetworkNotReady`, or the kubelet's line about the same. */
export function readSandboxError(message: string): SandboxFailure {
  const detail = lastWords(message);
  for (const [failure, pattern] of WORDS) {
    const match = pattern.exec(message);
    if (match) return { failure, name: match.slice(1).find((group) => group), detail };
  }
  return { failure: undefined, name: undefined, detail };
}

function lastWords(message: string): string {
  let rest = message.trim().split('\n', 1)[0] ?? '';
  for (let match = PREFIX.exec(rest); match && match[0].length < rest.length; match = PREFIX.exec(rest)) {
    rest = rest.slice(match[0].length);
  }
  return rest.replace(/(?:: unknown)?\.?$/, '');
}
