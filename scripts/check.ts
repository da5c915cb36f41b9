import { spawnSync } from 'node:child_process';

/** `npm run check`: everything a change must pass. `--static` leaves out the tests, which CI runs by themselves. */
const STATIC_STEPS: readonly (readonly string[])[] = [
  ['tsc', '--noEmit'],
  // The script of the HTML report: browser types, no Node.
  ['tsc', '--noEmit', '-p', 'report-templates'],
  ['tsc', '--noEmit', '-p', 'test/browser'],
  ['biome', 'check', '--error-on-warnings', '.'],
  ['node', 'scripts/gen.ts', '--check'],
];
const TESTS: readonly string[] = ['vitest', 'run', '--project', 'default'];

/** Runs one step with its output passed through; true when it ended with 0. */
function passes(step: readonly string[]): boolean {
  const [program = '', ...args] = step;
  console.log(`\n> ${step.join(' ')}`);
  // npm puts node_modules/.bin first on PATH; on Windows its programs are .cmd files, which need a shell.
  const { status } = spawnSync(program, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  return status === 0;
}

const steps = process.argv.includes('--static') ? STATIC_STEPS : [...STATIC_STEPS, TESTS];
const failed = steps.filter((step) => !passes(step)).map((step) => step.join(' '));
if (failed.length > 0) console.error(`\nfailed: ${failed.join('; ')}`);
process.exitCode = failed.length > 0 ? 1 : 0;
