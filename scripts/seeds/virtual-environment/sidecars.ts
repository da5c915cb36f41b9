import type { SeedRow } from '../seed-row.ts';
import { ADDRESS_OF_THE_PROXY, COUNTERS_DECIDE, NO_SHELL_IN_PROXY } from './corrections.ts';

const SIDECARS = 'virtual-environment/sidecars-not-ready';
const PROXY = 'istio/proxy-not-ready';
const PROBES = 'istio/proxy-probes';

/** The chapter about sidecars that do not get ready. */
export const sidecarRows: readonly SeedRow[] = [
  {
    lines: 94,
    kind: 'symptom',
    says: 'Sidecars never get ready.',
    answers: [{ analyzer: PROXY }, { analyzer: SIDECARS }, { analyzer: SIDECARS, check: 'ready' }],
  },
  {
    lines: [96, 100],
    kind: 'symptom',
    says: 'The sidecar writes `Envoy proxy is NOT ready: config not received from Pilot`.',
    answers: [
      { analyzer: PROXY, message: ['configurationRejected', 'controlPlaneDown', 'unreachable', 'notReady'] },
      { analyzer: 'virtual-environment/tag-filter-ineffective', message: 'oldType' },
      { analyzer: SIDECARS, check: 'accepted' },
    ],
    correction: COUNTERS_DECIDE,
  },
  {
    lines: [102, 106],
    kind: 'command',
    says: 'Open a shell in the sidecar; kubecase asks there without one.',
    answers: [{ collector: PROBES }, { command: 'kubecase collect --exec' }],
    correction: NO_SHELL_IN_PROXY,
  },
  {
    lines: 108,
    kind: 'command',
    says: 'Try the way to the control plane: `nc -zvw2 istio-pilot.istio-system 15010`.',
    answers: [
      { collector: PROBES },
      { analyzer: SIDECARS, check: 'discovery' },
      { analyzer: PROXY, message: ['controlPlaneMissing', 'controlPlaneDown'] },
    ],
    correction: ADDRESS_OF_THE_PROXY,
  },
  {
    lines: 109,
    kind: 'table',
    says: 'It answers `… 15010 (?) open`: the way is open.',
    answers: [
      { collector: PROBES },
      {
        analyzer: PROXY,
        message: ['certificateUntrusted', 'notAuthenticated', 'certificateNotIssued', 'certificateTimes'],
      },
      { analyzer: PROXY, message: ['configurationRejected', 'rootCertificateMissing', 'versionTooOld'] },
    ],
  },
  {
    lines: 110,
    kind: 'table',
    says: 'It answers `Unknown host`.',
    answers: [
      { analyzer: PROXY, message: ['nameNotResolved', 'controlPlaneMissing'] },
      { analyzer: 'network/dns-unhealthy' },
    ],
  },
  {
    lines: 110,
    kind: 'table',
    says: 'It answers `Connection refused`.',
    answers: [
      { analyzer: PROXY, message: ['controlPlaneDown', 'unreachable'] },
      { analyzer: 'istio/control-plane-unhealthy', message: 'down' },
    ],
  },
  {
    lines: 110,
    kind: 'table',
    says: 'It answers `Connection timeout`.',
    answers: [
      { analyzer: PROXY, message: ['policyBlocks', 'unreachable'] },
      { analyzer: 'network/policy-blocks-traffic' },
      { analyzer: 'network/network-plugin-unhealthy' },
    ],
  },
  {
    lines: 111,
    kind: 'question',
    says: 'Why does it fail, then?',
    answers: [{ analyzer: PROXY }, { facts: 'istio-sidecars' }, { facts: 'istio-control-planes' }],
  },
  {
    lines: 113,
    kind: 'practice',
    says: 'An article to read on.',
    answers: [{ command: 'kubecase explain istio/proxy-not-ready' }],
  },
];
