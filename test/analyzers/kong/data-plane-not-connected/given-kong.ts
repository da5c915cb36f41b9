import { ago } from '../../../support/builders.ts';
import { certificatePem } from '../../../support/certificates.ts';
import {
  clusterCertificate,
  clusterService,
  controlPlane,
  dataPlane,
  kongLogOf,
  notAsked,
  registry,
  row,
} from '../../../support/kong.ts';
import type { Given } from '../../../support/test-analyzer.ts';

export const YEAR = 365 * 86_400;
export const valid = await certificatePem('kong_clustering', ago(YEAR), ago(-YEAR));
export const reissued = await certificatePem('kong_clustering', ago(YEAR), ago(-YEAR));

export const subject = 'Pod/kong/kong-dp-0';
export const PLANES = [dataPlane(), controlPlane(), ...clusterService(), clusterCertificate(valid)];
export const QUIET = kongLogOf('kong-dp-0', [
  3600,
  '2026/01/15 11:00:00 [notice] 1#0: start worker processes',
]);

export function given(parts: Given = {}): Given {
  return { objects: PLANES, documents: [registry([row('kong-dp-0', 12)])], logs: [QUIET], ...parts };
}

/** Whatever is in the log: no control plane is known, so nothing may be called certain. */
export function logOnly(...lines: readonly (readonly [number, string])[]): Given {
  return given({ documents: [], rows: [notAsked()], logs: [kongLogOf('kong-dp-0', ...lines)] });
}
