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
];
