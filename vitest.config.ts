import { defineConfig } from 'vitest/config';

/** Node's own runner of TypeScript needs no transform; every project runs in child processes of one vitest. */
export default defineConfig({
  test: {
    reporters: ['default'],
    // Tests meet loopback servers and child processes, never a slow network.
    testTimeout: 20_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'default',
          include: ['test/**/*.test.ts'],
          exclude: ['test/cluster/**', 'test/browser/**', 'test/hostile/**', 'test/scale/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'cluster',
          include: ['test/cluster/**/*.test.ts'],
          // One control plane at a time: it takes two cores by itself.
          fileParallelism: false,
          testTimeout: 180_000,
          // Covers a cold build of the control plane from Go modules.
          hookTimeout: 1_800_000,
        },
      },
      {
        extends: true,
        test: { name: 'browser', include: ['test/browser/**/*.test.ts'], testTimeout: 60_000 },
      },
      {
        extends: true,
        test: {
          name: 'hostile',
          include: ['test/hostile/**/*.test.ts'],
          // Time and memory are measured: one at a time.
          fileParallelism: false,
          testTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'scale',
          include: ['test/scale/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
