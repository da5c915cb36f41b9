import { faultScenario } from '../base-cluster.ts';
import type { Scenario } from '../scenario.ts';
import { virtualEnvironments } from '../virtual-environment.ts';

/**
 * The port of one Service is called `web`. KtEnv makes routes only for ports whose name begins with `http`, so
 * requests for its environments go to any of its pods.
 */
export async function virtualEnvironmentPortName(): Promise<Scenario> {
  const part = await virtualEnvironments({ native: false, portNames: { 'app-java': 'web' } });
  return faultScenario('virtual-environment-port-name', part);
}
