import { describe, expect, it } from 'vitest';
import { generatedIndexes, generatedReference, staleFiles } from '../../scripts/generated-files.ts';

describe('generated files', () => {
  it('have indexes in step with the folders', async () => {
    const stale = await staleFiles(await generatedIndexes());

    expect(stale, 'run `npm run gen`').toEqual([]);
  });

  it('have reference pages in step with the units and commands', async () => {
    const stale = await staleFiles(await generatedReference());

    expect(stale, 'run `npm run gen`').toEqual([]);
  });
});
