// Run before the cluster tests: builds what they start, or says why they cannot run and exits with 69.
import { binaries } from './binaries.ts';

/** EX_UNAVAILABLE of sysexits.h: nothing is wrong with the code under test. */
const UNAVAILABLE = 69;

const found = await binaries();
if ('unavailable' in found) {
  console.error(`test:cluster cannot run: ${found.unavailable}`);
  process.exitCode = UNAVAILABLE;
}
