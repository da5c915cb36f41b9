import { faultScenario } from '../base-cluster.ts';
import type { Scenario } from '../scenario.ts';
import { virtualEnvironments } from '../virtual-environment.ts';

/**
 * The webhook of KtEnv was scaled to zero. The API server asks it of every new pod of the labelled namespaces and
 * lets none through without its answer.
 */
export async function virtualEnvironmentWebhookDown(): Promise<Scenario> {
  const part = await virtualEnvironments({ native: false, webhookScaledDown: true });
  return faultScenario('virtual-environment-webhook-down', part);
}
