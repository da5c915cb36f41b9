import { certificateRows } from './kong-connection/certificates.ts';
import { controlPlaneRows } from './kong-connection/control-plane.ts';
import { infrastructureRows } from './kong-connection/infrastructure.ts';
import type { SeedDocument } from './seed-row.ts';

/** A Kong data plane that may not be connected to its control plane. */
export const kongConnectionDocument: SeedDocument = {
  id: '000_04062f62e6a973ac',
  title: 'Kong data plane',
  rows: [...infrastructureRows, ...controlPlaneRows, ...certificateRows],
};
