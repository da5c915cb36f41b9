import type { Derived } from '../model/artifact.ts';
import { certificateInventory } from './certificate-inventory.ts';
import { controlPlaneErrors } from './control-plane-errors.ts';
import { eventSpan } from './event-span.ts';
import { istioControlPlanes } from './istio-control-planes.ts';
import { istioSidecars } from './istio-sidecars.ts';
import { kongPlanes } from './kong-planes.ts';
import { leaseFacts } from './lease-facts.ts';
import { nodeFacts } from './node-facts.ts';
import { timeline } from './timeline.ts';
import { environmentRouting } from './virtual-environment-routing.ts';
import { workloadFacts } from './workload-facts.ts';

/** The tables of the report's cluster facts, in the order they are shown. */
export const factTables: readonly Derived[] = [
  nodeFacts,
  workloadFacts,
  certificateInventory,
  leaseFacts,
  controlPlaneErrors,
  kongPlanes,
  istioControlPlanes,
  istioSidecars,
  environmentRouting,
  eventSpan,
  timeline,
] as readonly Derived[];
