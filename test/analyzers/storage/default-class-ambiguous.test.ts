import { expect } from 'vitest';
import { defaultClassAmbiguous } from '../../../analyzers/storage/default-class-ambiguous.ts';
import { storageClasses } from '../../../src/artifacts/storage-resources.ts';
import { ago } from '../../support/builders.ts';
import { DEFAULT_CLASS, storageClass } from '../../support/storage-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const beta = { 'storageclass.beta.kubernetes.io/is-default-class': 'true' };

testAnalyzer(defaultClassAmbiguous, {
  silent: [
    {
      name: 'one default',
      given: { objects: [storageClass('a', { metadata: DEFAULT_CLASS }), storageClass('b')] },
    },
    { name: 'none: claims that need one tell', given: { objects: [storageClass('a')] } },
    {
      name: 'a mark that says no',
      given: {
        objects: [
          storageClass('a', { metadata: DEFAULT_CLASS }),
          storageClass('b', {
            metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': 'false' } },
          }),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'two, the newer of which is used',
      given: {
        objects: [
          storageClass('old', { metadata: { ...DEFAULT_CLASS, creationTimestamp: ago(9000) } }),
          storageClass('new', { metadata: { annotations: beta, creationTimestamp: ago(10) } }),
        ],
      },
      expect: [
        {
          message: 'several',
          subject: 'StorageClass/new',
          severity: 'warning',
          values: {
            count: 2,
            classes: ['new', 'old'],
            other: expect.objectContaining({ name: 'old' }) as never,
          },
        },
      ],
    },
  ],
  unknown: [{ name: 'classes were refused', given: { forbidden: [storageClasses] }, reason: /not allowed/ }],
});
