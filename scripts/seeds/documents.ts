import { kongConnectionDocument } from './000-04062f62e6a973ac.ts';
import { kongCompletedDocument } from './001-83f351e34512afb2.ts';
import { controlPlaneDocument } from './002-3795dc28eb4c18a1.ts';
import { virtualEnvironmentDocument } from './003-bd0d1e2d16e2c77f.ts';
import { konvoyDocument } from './004-442c5416d352b93e.ts';
import type { SeedDocument } from './seed-row.ts';

/** The source documents with their rows, sorted by id. */
export const seedDocuments: readonly SeedDocument[] = [
  kongConnectionDocument,
  kongCompletedDocument,
  controlPlaneDocument,
  virtualEnvironmentDocument,
  konvoyDocument,
];
