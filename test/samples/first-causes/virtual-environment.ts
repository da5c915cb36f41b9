import type { FirstCause } from '../first-causes.ts';

/** Samples of KtEnv in a mesh. */
export const firstCauses: readonly FirstCause[] = [
  {
    sample: 'virtual-environment-port-name',
    cause: 'virtual-environment/port-not-http#noHttpName',
    subject: 'Service/demo/app-java',
    symptoms: [],
  },
  {
    sample: 'virtual-environment-native-sidecar',
    cause: 'virtual-environment/tag-missing#nativeSidecar',
    subject: 'VirtualEnvironment/demo/demo-env',
    symptoms: [],
  },
  {
    sample: 'virtual-environment-filter-name',
    cause: 'virtual-environment/tag-filter-ineffective#oldName',
    subject: 'EnvoyFilter/demo/demo-env',
    symptoms: [],
  },
  {
    sample: 'virtual-environment-webhook-down',
    cause: 'workload/scaled-to-zero#called',
    subject: 'Deployment/kt-virtual-environment/webhook-server',
    symptoms: [
      'admission/webhook-unavailable#noEndpoints',
      'workload/pods-not-created#webhookFailed',
      'workload/rollout-stuck#notAvailable',
    ],
  },
];
