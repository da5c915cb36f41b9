import { ETCD_WANTS_CERTIFICATE, SECURE_PORTS } from '../corrections.ts';
import type { SeedRow } from '../seed-row.ts';

/** Chapter 3.5: how the components reach each other. */
export const linkRows: readonly SeedRow[] = [
  {
    lines: 342,
    kind: 'symptom',
    says: 'Control-plane components cannot talk to each other.',
    answers: [
      { analyzer: 'control-plane/component-not-running', message: ['apiUnreachable', 'etcdUnreachable'] },
      { analyzer: 'control-plane/kubelet-unreachable' },
      { analyzer: 'node/connection-blocked' },
    ],
  },
  {
    lines: 343,
    kind: 'symptom',
    says: 'The API server cannot reach etcd.',
    answers: [
      { analyzer: 'control-plane/api-server-check-failing', message: 'etcdFails' },
      { analyzer: 'control-plane/component-not-running', message: 'etcdUnreachable' },
      { analyzer: 'etcd/tls-rejected', message: 'rejected' },
    ],
  },
  {
    lines: 344,
    kind: 'symptom',
    says: 'Controller-manager and scheduler cannot reach the API server.',
    answers: [
      { analyzer: 'control-plane/component-not-running', message: ['apiUnreachable', 'leaseLost'] },
      { analyzer: 'control-plane/api-clients-rejected' },
    ],
  },
  {
    lines: 345,
    kind: 'symptom',
    says: 'Logs of components show timeouts or refused connections.',
    answers: [
      { facts: 'control-plane-errors' },
      { analyzer: 'control-plane/component-not-running', message: ['apiUnreachable', 'etcdUnreachable'] },
      { analyzer: 'control-plane/api-server-slow', message: 'timeouts' },
      { analyzer: 'etcd/peer-network-slow', message: 'streamsBreak' },
    ],
  },
  {
    lines: [349, 356],
    kind: 'step',
    says: 'Ask etcd and the API server for their health from the control-plane node.',
    answers: [
      { collector: 'etcd/members' },
      { collector: 'control-plane/api-server' },
      { analyzer: 'etcd/member-unhealthy', check: 'healthy' },
      { analyzer: 'control-plane/api-server-check-failing', check: 'healthy' },
    ],
    correction: ETCD_WANTS_CERTIFICATE,
  },
  {
    lines: [358, 363],
    kind: 'step',
    says: 'See whether the certificate the API server shows to etcd and that of etcd fit together.',
    answers: [
      { collector: 'node/files' },
      { facts: 'certificate-inventory' },
      { analyzer: 'certificate/chain-mismatch', message: 'fileNotSigned' },
      { analyzer: 'etcd/tls-rejected', message: 'rejected' },
      { analyzer: 'certificate/authority-diverges', message: 'nodesDiffer' },
    ],
  },
  {
    lines: [365, 370],
    kind: 'step',
    says: 'Look at the firewall of the control-plane nodes.',
    answers: [
      { collector: 'node/files' },
      { analyzer: 'node/connection-blocked', message: ['firewallOn', 'nodeUnreachable', 'peersUnreachable'] },
    ],
  },
  {
    lines: [372, 375],
    kind: 'step',
    says: 'See whether the pods of the network plugin run, by their names in kube-system.',
    answers: [
      { analyzer: 'network/network-plugin-unhealthy', message: ['agentNotReady', 'agentMissing'] },
      { analyzer: 'network/network-plugin-unhealthy', check: 'healthy' },
    ],
    correction: {
      says: 'Many plugins run in a namespace of their own: kube-system alone shows nothing of them.',
      page: 'network/network-plugin-unhealthy',
      quote: 'a namespace of their own',
    },
  },
  {
    lines: [377, 388],
    kind: 'remedy',
    says: 'Open the ports 6443, 2379, 2380, 10250, 10251 and 10252.',
    answers: [
      { analyzer: 'control-plane/kubelet-unreachable', message: ['node', 'everyNode'] },
      { analyzer: 'node/connection-blocked', message: ['nodeUnreachable', 'firewallOn'] },
    ],
    correction: SECURE_PORTS,
  },
];
