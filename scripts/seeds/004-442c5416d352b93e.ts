import { addonRows } from './konvoy/addons.ts';
import { addressRows } from './konvoy/address.ts';
import { checkRows } from './konvoy/checks.ts';
import { diagnosticsRows } from './konvoy/diagnostics.ts';
import { errorRows } from './konvoy/errors.ts';
import { healthRows } from './konvoy/health.ts';
import { installationRows } from './konvoy/installation.ts';
import { preflightRows } from './konvoy/preflight.ts';
import { replacementRows } from './konvoy/replacement.ts';
import type { SeedDocument } from './seed-row.ts';

/** Konvoy: checks, deployments that fail, replacing nodes, diagnostic archives, SSH, errors by their kind. */
export const konvoyDocument: SeedDocument = {
  id: '004_442c5416d352b93e',
  title: 'Konvoy',
  rows: [
    ...checkRows,
    ...installationRows,
    ...replacementRows,
    ...diagnosticsRows,
    ...addressRows,
    ...errorRows,
    ...preflightRows,
    ...healthRows,
    ...addonRows,
  ],
};
