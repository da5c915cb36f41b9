import type { Messages } from '../model/message.ts';
import { API_DEGRADED_REACHES, ETCD_DOWN_REACHES } from './control-plane-reach.ts';

const SAID = { level: 'certain', reason: 'the status of its container says so' } as const;
const LOGGED = { level: 'certain', reason: 'its own log names the reason it ended' } as const;
const SELF = ['same-object'] as const;
/** What the generic analyzers of pods say of the same pod, and the lease of the component. */
const OWN_POD = [
  { effect: 'pod-crashing', via: SELF },
  { effect: 'pod-not-ready', via: SELF },
  { effect: 'controllers-not-running', via: SELF },
  { effect: 'scheduler-not-running', via: SELF },
] as const;
const BY_KUBELET = {
  text: 'Static pods are started by the kubelet of their node: `kubectl delete pod` removes their mirror only, and there is no Deployment to restart. To restart one, move its manifest out of /etc/kubernetes/manifests for 20 seconds and back.',
  flavour: 'kubeadm',
} as const;
const READ_LOG = [
  {
    text: 'Read what it wrote before it ended.',
    argv: ['kubectl', 'logs', '{pod.name}', '-n', '{pod.namespace}', '--previous'],
  },
  {
    text: 'If the API server does not answer, on the node: `crictl ps -a` finds the container, `crictl logs` its words, `journalctl -u kubelet` those of the kubelet.',
  },
] as const;
const SEVERITIES = ['critical', 'warning'] as const;

/** What can be said of a control-plane component that does not run. */
export const NOT_RUNNING_MESSAGES = {
  leaseLost: {
    severity: SEVERITIES,
    confidence: LOGGED,
    text: '{pod:object} ended because it could not renew its leader lease: {detail:text}; {state:text} ({restarts:count} restarts).',
    remedy: [
      {
        text: 'It ends by design when it cannot renew within 10 s, so that two leaders never work at once: the fault lies in the API server, in etcd below it, or in a node without CPU. Look there.',
      },
      ...READ_LOG,
    ],
    effect: 'controllers-not-running',
    explains: OWN_POD,
    check: 'running',
  },
  apiUnreachable: {
    severity: SEVERITIES,
    confidence: LOGGED,
    text: '{pod:object} does not get its leader lease from the API server: {detail:text}; {state:text} ({restarts:count} restarts).',
    remedy: [
      {
        text: 'Refused or no route: see whether the API server named in its kubeconfig runs. Unauthorized or x509: its client certificate has expired or is of another CA; `kubeadm certs renew all` renews the one inside /etc/kubernetes/controller-manager.conf and scheduler.conf. Forbidden: transient for seconds after a start of the API server.',
      },
      ...READ_LOG,
      BY_KUBELET,
    ],
    effect: 'controllers-not-running',
    explains: OWN_POD,
    check: 'running',
  },
  etcdUnreachable: {
    severity: SEVERITIES,
    confidence: LOGGED,
    text: '{pod:object} ends 20 s after each start, since it does not reach etcd; {state:text} ({restarts:count} restarts). {detail:text}',
    remedy: [
      {
        text: 'See whether etcd runs on the node and answers; its address is the flag `--etcd-servers`. `curl http://127.0.0.1:2381/health` on the node asks kubeadm’s etcd without certificates; port 2379 wants a client certificate.',
      },
      ...READ_LOG,
    ],
    effect: 'api-server-degraded',
    explains: [
      ...OWN_POD,
      { effect: 'api-server-unreachable', via: ['cluster-wide'] },
      ...API_DEGRADED_REACHES,
    ],
    check: 'running',
  },
  portInUse: {
    severity: SEVERITIES,
    confidence: LOGGED,
    text: '{pod:object} cannot listen on {detail:text}: another process holds the port; {state:text} ({restarts:count} restarts).',
    remedy: [
      {
        text: 'On the node, find the process. An instance that was not stopped, or the same component as a systemd unit, is the usual one.',
        argv: ['ss', '-lntp'],
      },
      BY_KUBELET,
    ],
    effect: 'api-server-degraded',
    explains: OWN_POD,
    check: 'running',
  },
  apiServerNotReady: {
    severity: SEVERITIES,
    confidence: SAID,
    text: 'The API server {pod:object} is down: {state:text} ({restarts:count} restarts). {detail:text}',
    remedy: [...READ_LOG, BY_KUBELET],
    effect: 'api-server-degraded',
    explains: [
      ...OWN_POD,
      { effect: 'api-server-unreachable', via: ['cluster-wide'] },
      ...API_DEGRADED_REACHES,
    ],
    check: 'running',
  },
  notReady: {
    severity: SEVERITIES,
    confidence: SAID,
    text: '{component:text} {pod:object} is down: {state:text} ({restarts:count} restarts). {detail:text}',
    remedy: [...READ_LOG, BY_KUBELET],
    effect: 'controllers-not-running',
    explains: OWN_POD,
    check: 'running',
  },
  etcdNotReady: {
    severity: SEVERITIES,
    confidence: SAID,
    text: 'The etcd member {pod:object} is down: {state:text} ({restarts:count} restarts). {detail:text}',
    remedy: [...READ_LOG, BY_KUBELET],
    effect: 'etcd-unavailable',
    explains: [...OWN_POD, ...ETCD_DOWN_REACHES],
    check: 'running',
  },
  restarts: {
    severity: 'warning',
    confidence: { level: 'likely', reason: 'it is ready now, but its last run ended within the hour' },
    text: '{component:text} {pod:object} keeps ending: {restarts:count} restarts, the last within the hour: {detail:text}.',
    remedy: READ_LOG,
    effect: 'controllers-not-running',
    explains: OWN_POD,
    check: 'running',
  },
  checkFails: {
    severity: 'warning',
    confidence: { level: 'certain', reason: 'its own health endpoint says so' },
    text: '{component:text} {pod:object} runs, but fails its own checks {checks:text} ({path:text}).',
    remedy: [
      {
        text: '`leaderElection` fails when the leader could not renew its lease for longer than it is valid: look at the API server. A controller’s name is that of the controller that stands still; the log has why.',
      },
      ...READ_LOG,
    ],
    effect: 'controllers-not-running',
    explains: OWN_POD,
    check: 'running',
  },
  missing: {
    severity: 'warning',
    confidence: {
      level: 'likely',
      reason: 'another control-plane node runs it as a pod; this one may be meant not to',
    },
    text: 'No {component:text} runs on the control-plane node {node:object}, while {sibling:object} runs on another.',
    remedy: [
      {
        text: 'On the node, see whether its manifest is in /etc/kubernetes/manifests and what the kubelet says of it: `journalctl -u kubelet`. A manifest that was moved away to restart a component is put back here.',
      },
    ],
    key: ['component'],
    effect: 'controllers-not-running',
  },
  unitFailed: {
    severity: 'critical',
    confidence: { level: 'certain', reason: 'systemd says so' },
    text: 'The unit `{unit:text}` on {node:object} does not run: {state:text}.',
    remedy: [
      { text: 'On the node, read its last lines.', argv: ['journalctl', '-u', '{unit}', '-n', '100'] },
      { text: 'Once the cause is mended, start it.', argv: ['systemctl', 'restart', '{unit}'] },
    ],
    key: ['unit'],
    effect: 'controllers-not-running',
    explains: [{ effect: 'api-server-unreachable', via: ['cluster-wide'] }],
  },
  exited: {
    severity: 'critical',
    confidence: { level: 'certain', reason: 'the container runtime of the node says so' },
    text: 'The container of {component:text} ({pod:object}) has exited and no other runs in its place; it was started {attempt:count} times before.',
    remedy: [
      {
        text: 'On the node, read its last words: `crictl logs` with the id of the exited container; `journalctl -u kubelet` tells why it is not started again.',
      },
      BY_KUBELET,
    ],
    key: ['component'],
    effect: 'api-server-degraded',
    explains: [{ effect: 'api-server-unreachable', via: ['cluster-wide'] }, ...API_DEGRADED_REACHES],
  },
} as const satisfies Messages;
