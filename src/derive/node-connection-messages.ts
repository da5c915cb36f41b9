import type { Messages } from '../model/message.ts';

const TRIED = { level: 'certain', reason: 'the connection was tried from the node' } as const;
const FIREWALL = {
  text: 'Compare the firewalls on both sides with the list of ports: 6443, 2379–2380, 10250, 10256, 10257, 10259, and those of the network plugin (BGP 179, VXLAN 4789 or 8472 UDP, IP-in-IP).',
} as const;

/** What `node/connection-blocked` reports, by what cannot be reached. */
export const CONNECTION_MESSAGES = {
  nodeUnreachable: {
    severity: 'critical',
    confidence: TRIED,
    text: 'No other node reaches {target:text} of {node:object}, though it is ready: {outcome:text} from {from:text}.',
    remedy: [
      FIREWALL,
      { text: 'On that node, see whether the port is listened on at that address: `ss -lntp`.' },
    ],
    key: ['target'],
    effect: 'connection-failing',
    explains: [
      { effect: 'connection-failing', via: ['runs'] },
      { effect: 'api-group-unavailable', via: ['runs'] },
    ],
    check: 'peers',
  },
  peersUnreachable: {
    severity: 'critical',
    confidence: TRIED,
    text: '{node:object} does not reach {targets:text}, which other nodes reach or nobody else tried: {outcome:text}.',
    remedy: [
      FIREWALL,
      { text: 'On that node, look at routes and name resolution: `ip route get`, `getent hosts`.' },
    ],
    effect: 'connection-failing',
    explains: [
      { effect: 'connection-failing', via: ['runs'] },
      { effect: 'service-unreachable', via: ['runs'] },
    ],
    check: 'peers',
  },
  apiServerUnreachable: {
    severity: 'critical',
    confidence: TRIED,
    text: '{node:object} does not reach the API server at {target:text}: {outcome:text}.',
    remedy: [
      {
        text: 'On that node, test the address in /etc/kubernetes/kubelet.conf: name resolution, route, firewall, load balancer.',
        argv: ['curl', '-k', '-m', '5', 'https://{target}/livez'],
      },
    ],
    key: ['target'],
    groupBy: ['target'],
    effect: 'connection-failing',
    explains: [
      { effect: 'node-not-ready', via: ['same-object'] },
      { effect: 'node-network-not-ready', via: ['same-object'] },
    ],
    check: 'server',
  },
  serviceUnreachable: {
    severity: 'warning',
    confidence: TRIED,
    text: '{node:object} does not reach the Service address {target:text}: {outcome:text}; kube-proxy does not translate it there.',
    remedy: [
      {
        text: 'Look at kube-proxy, or what stands in for it, on this node.',
        argv: [
          'kubectl',
          'get',
          'pods',
          '-n',
          'kube-system',
          '-o',
          'wide',
          '--field-selector',
          'spec.nodeName={node.name}',
        ],
      },
    ],
    key: ['target'],
    effect: 'service-unreachable',
    explains: [{ effect: 'connection-failing', via: ['runs'] }],
  },
  registryUnreachable: {
    severity: 'warning',
    confidence: TRIED,
    text: 'The registry {registry:object} is not reached from {from:text}: {outcome:text}.',
    remedy: [
      {
        text: 'On such a node, test it with what the runtime uses: its proxy and mirror settings count, not those of the shell.',
        argv: ['crictl', 'pull', '{registry.name}/pause:3.9'],
      },
    ],
    explains: [{ effect: 'pod-not-starting', via: ['same-object'] }],
    check: 'registries',
  },
  packageSourceUnreachable: {
    severity: 'info',
    confidence: TRIED,
    text: 'The package source {target:text} is not reached from {from:text}: {outcome:text}. Installing and upgrading nodes needs it, running them does not.',
    remedy: [{ text: 'Open the way to it, or name a mirror in the configuration of the package manager.' }],
    key: ['target'],
    check: 'packages',
  },
  firewallOn: {
    severity: 'info',
    confidence: {
      level: 'possible',
      reason: 'whether it blocks anything of the cluster is not shown by its being on',
    },
    text: '{firewall:text} is active on {node:object}: it has to let the ports of the cluster and of the network plugin pass.',
    remedy: [FIREWALL],
  },
} as const satisfies Messages;
