import type { SeedRow } from '../seed-row.ts';

const RUN = 'konvoy/run-failed';

/** A deployment that fails: the API of the cloud, credentials, hosts that are lost, addons. */
export const installationRows: readonly SeedRow[] = [
  {
    lines: [166, 170],
    kind: 'symptom',
    says: '`konvoy up` or `konvoy deploy` fails, mostly at the API of the cloud.',
    answers: [
      { analyzer: RUN, message: ['cloudRequestFailed', 'credentialsRefused', 'taskFailed'] },
      { analyzer: 'konvoy/configuration-differs', message: 'poolShort' },
    ],
  },
  {
    lines: [172, 176],
    kind: 'command',
    says: 'Show more of the run: `konvoy up --verbose`; its text is an input like a bundle.',
    answers: [{ command: 'kubecase analyze <input>' }, { analyzer: RUN, message: 'cloudRequestFailed' }],
    correction: {
      says: 'From Konvoy 1.5 on the flag is `--v` with a number above 5; `--verbose` is deprecated and still works.',
      page: RUN,
      quote: 'From Konvoy 1.5 on `--v` with a number above 5 takes the place of `--verbose`',
    },
  },
  {
    lines: [180, 187],
    kind: 'symptom',
    says: 'AWS answers `ExpiredToken` to GetCallerIdentity: the credentials are not valid any more.',
    answers: [{ analyzer: RUN, message: 'credentialsRefused' }],
  },
  {
    lines: 189,
    kind: 'remedy',
    says: 'Renew the credentials of ~/.aws/credentials that AWS_PROFILE names.',
    answers: [{ analyzer: RUN, message: 'credentialsRefused' }],
  },
  {
    lines: [191, 193],
    kind: 'symptom',
    says: 'Hosts are lost while many are deployed: the network lets only some connections through. Run it again.',
    answers: [{ analyzer: RUN, message: 'hostUnreachable' }],
  },
  {
    lines: [199, 230],
    kind: 'step',
    says: 'See what became of each addon in the output of the run.',
    answers: [
      { analyzer: RUN, check: 'addon' },
      { analyzer: RUN, message: 'addonFailed' },
      { analyzer: 'konvoy/addon-not-deployed', check: 'deployed' },
    ],
  },
  {
    lines: [232, 240],
    kind: 'symptom',
    says: 'An addon is `[ERROR]`: `error installing: the following 1 addon failed to deploy: [ traefik ]`.',
    answers: [
      { analyzer: RUN, message: 'addonFailed' },
      { analyzer: 'konvoy/addon-not-deployed', message: ['notDeployed', 'requirementNotReady'] },
      { analyzer: 'workload/rollout-stuck' },
      { analyzer: 'workload/pods-not-created' },
    ],
  },
  {
    lines: [242, 246],
    kind: 'command',
    says: 'Many addons are Helm releases: `helm list`.',
    answers: [
      { analyzer: 'kubernetes/helm-release-failed' },
      { collector: 'kubernetes/helm-releases' },
      { analyzer: 'kubernetes/flux-not-reconciled', message: 'releaseFailed' },
    ],
    correction: {
      says: 'A plain `helm list` shows one namespace, and leaves out releases that are pending.',
      page: 'kubernetes/helm-release-failed',
      quote: 'use `helm list --all --all-namespaces`',
    },
  },
  {
    lines: [248, 262],
    kind: 'command',
    says: 'See the Deployment of the addon: 0 of 2 pods are ready, none is available.',
    answers: [
      { analyzer: 'konvoy/addon-not-deployed', message: 'notDeployed' },
      { analyzer: 'workload/rollout-stuck' },
      { analyzer: 'workload/pods-not-created' },
    ],
  },
  {
    lines: [266, 270],
    kind: 'command',
    says: 'See the pods of the addon.',
    answers: [
      { collector: 'kubernetes/resources' },
      { analyzer: 'workload/pod-not-ready' },
      { analyzer: 'workload/image-pull-failed' },
    ],
  },
  {
    lines: [272, 276],
    kind: 'command',
    says: 'Read the log of the pod of the addon.',
    answers: [
      { collector: 'kubernetes/logs' },
      { analyzer: 'workload/crash-loop' },
      { analyzer: 'workload/dependency-failing' },
    ],
  },
];
