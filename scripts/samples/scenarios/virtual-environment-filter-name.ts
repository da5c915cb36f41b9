import { faultScenario } from '../base-cluster.ts';
import type { Scenario } from '../scenario.ts';
import { virtualEnvironments } from '../virtual-environment.ts';

/**
 * The EnvoyFilter of KtEnv is as its operator writes it: to stand before `envoy.http_connection_manager`, a name
 * Istio does not know since 1.19. No proxy has the filter, and requests go on without the tag of their environment.
 */
export async function virtualEnvironmentFilterName(): Promise<Scenario> {
  const part = await virtualEnvironments({ native: false, oldFilterName: true });
  return faultScenario('virtual-environment-filter-name', part);
}
