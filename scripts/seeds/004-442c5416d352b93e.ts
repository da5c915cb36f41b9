import { checkRows } from './konvoy/checks.ts';
import { errorRows } from './konvoy/errors.ts';
import { healthRows } from './konvoy/health.ts';
import { preflightRows } from './konvoy/preflight.ts';
import { replacementRows } from './konvoy/replacement.ts';
import type { SeedDocument } from './seed-row.ts';

/** Konvoy: checks, replacing nodes, errors by their kind. */
export const konvoyDocument: SeedDocument = {
  id: '004_442c5416d352b93e',
  title: 'Konvoy',
  rows: [...checkRows, ...replacementRows, ...errorRows, ...preflightRows, ...healthRows],
};
