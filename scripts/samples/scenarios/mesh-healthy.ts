import { faultScenario } from '../base-cluster.ts';
import { kommanderApplication } from '../kommander.ts';
import type { Scenario } from '../scenario.ts';
import { virtualEnvironments } from '../virtual-environment.ts';

/** Istio, KtEnv and a platform application of DKP, and nothing is broken: what their analyzers must not say. */
export async function meshHealthy(): Promise<Scenario> {
  const part = await virtualEnvironments({ native: false });
  return faultScenario('mesh-healthy', {
    ...part,
    objects: [...part.objects, ...kommanderApplication()],
  });
}
