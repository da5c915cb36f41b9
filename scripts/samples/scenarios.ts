import type { Scenario } from './scenario.ts';
import { controlPlaneCertificateExpired } from './scenarios/control-plane-certificate-expired.ts';
import { healthy } from './scenarios/healthy.ts';
import { kongDataPlaneDisconnected } from './scenarios/kong-data-plane-disconnected.ts';

/** Every sample by its name. */
export const SCENARIOS: ReadonlyMap<string, () => Promise<Scenario>> = new Map([
  ['control-plane-certificate-expired', controlPlaneCertificateExpired],
  ['healthy', healthy],
  ['kong-data-plane-disconnected', kongDataPlaneDisconnected],
]);
