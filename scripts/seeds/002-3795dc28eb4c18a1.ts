import { apiServerRows } from './control-plane/api-server.ts';
import { availabilityRows } from './control-plane/availability.ts';
import { certificateRows } from './control-plane/certificates.ts';
import { controllerManagerRows } from './control-plane/controller-manager.ts';
import { etcdRows } from './control-plane/etcd.ts';
import { introductionRows } from './control-plane/introduction.ts';
import { linkRows } from './control-plane/links.ts';
import { practiceRows, summaryRows, versionRows } from './control-plane/practices.ts';
import { schedulerRows } from './control-plane/scheduler.ts';
import { toolRows } from './control-plane/tools.ts';
import type { SeedDocument } from './seed-row.ts';

/** Failures of the control plane: symptoms, steps and remedies by component. */
export const controlPlaneDocument: SeedDocument = {
  id: '002_3795dc28eb4c18a1',
  title: 'Control plane',
  rows: [
    ...introductionRows,
    ...apiServerRows,
    ...etcdRows,
    ...controllerManagerRows,
    ...schedulerRows,
    ...linkRows,
    ...availabilityRows,
    ...certificateRows,
    ...toolRows,
    ...practiceRows,
    ...versionRows,
    ...summaryRows,
  ],
};
