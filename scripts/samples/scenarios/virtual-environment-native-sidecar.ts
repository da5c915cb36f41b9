import { faultScenario } from '../base-cluster.ts';
import type { Scenario } from '../scenario.ts';
import { virtualEnvironments } from '../virtual-environment.ts';

/**
 * The sidecars of Istio 1.27 are init containers where all kubelets are of 1.33 or newer. The webhook of KtEnv does
 * not look there, so no pod has the tag of its environment, though everything is set up as it should be.
 */
export async function virtualEnvironmentNativeSidecar(): Promise<Scenario> {
  return faultScenario('virtual-environment-native-sidecar', await virtualEnvironments({ native: true }));
}
