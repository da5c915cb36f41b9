import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTree } from './big-tree.ts';
import { contestant, printFigures, race } from './measure.ts';

/*
 * `npm run bench [-- MEGABYTES]`: generates a bundle of 1 GB (four fifths logs), ours and a foreign
 * single-member one, and prints whole-process ratios against gzip, tar and kubectl of the same round.
 */
const MIB = 1024 * 1024;
const ROUNDS = 3;
const megabytes = Number(process.argv[2] ?? 1000);
if (!Number.isInteger(megabytes) || megabytes < 20) {
  console.error('bench: give a size in megabytes, at least 20');
  process.exit(2);
}
const node = process.execPath;
const kubecase = 'dist/kubecase.js';
const work = mkdtempSync(join(tmpdir(), 'kubecase-bench-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

must('build', node, ['scripts/build.ts']);
const tree = join(work, 'tree');
const logBytes = megabytes * 0.8 * MIB;
const pods = Math.round(megabytes * 16);
writeTree(tree, { logBytes, pods });
const own = join(work, 'own.tar.gz');
const foreign = join(work, 'foreign.tar.gz');
must('pack', node, ['scripts/bench/pack-tree.ts', tree, own]);
must('tar', 'tar', ['-C', work, '-czf', foreign, 'tree']);
console.log(
  `${megabytes} MB: ours ${size(own)}, tar czf ${size(foreign)} (${(statSync(own).size / statSync(foreign).size).toFixed(3)}x)`,
);

function analyze(input: string): readonly string[] {
  return [kubecase, 'analyze', input, '-o', 'json'];
}

for (const [title, file] of [
  ['Read our own bundle', own],
  ['Read a foreign single-member .tar.gz', foreign],
] as const) {
  const figures = race(
    [
      contestant('gzip -dc', 'gzip', ['-dc', file]),
      contestant('tar tzf', 'tar', ['tzf', file]),
      contestant('kubecase analyze', node, analyze(file)),
    ],
    ROUNDS,
  );
  printFigures(title, figures, 'aim: analyze ≤ 0.9x gzip -dc');
}

const small = join(work, 'small');
writeTree(small, { logBytes: logBytes / 4, pods });
const smallFile = join(work, 'small.tar.gz');
must('tar', 'tar', ['-C', work, '-czf', smallFile, 'small']);
printFigures(
  'Memory with a quarter of the logs, the same objects',
  race(
    [contestant('all logs', node, analyze(foreign)), contestant('a quarter', node, analyze(smallFile))],
    1,
  ),
  `aim: flat in log bytes; ${pods} pods allow 300 MiB + ${Math.round((pods * 4 * 6) / 1024)} MiB`,
);

printFigures(
  'Write',
  race(
    [
      contestant('tar czf', 'tar', ['-C', work, '-czf', join(work, 'again.tar.gz'), 'tree']),
      contestant('kubecase writer', node, [
        'scripts/bench/pack-tree.ts',
        tree,
        join(work, 'again-own.tar.gz'),
      ]),
    ],
    ROUNDS,
  ),
  'aim: ≤ 0.6x tar czf, redaction included',
);

printFigures(
  'Start',
  race(
    [
      contestant('kubectl version --client', 'kubectl', ['version', '--client']),
      contestant('kubecase --help', node, [kubecase, '--help']),
    ],
    ROUNDS * 3,
  ),
  'aim: ≤ 1x kubectl',
);

// Parts on their own: the scanner against rg and grep on the same literals, redaction against gzip -6.
for (const part of ['scan', 'redact']) {
  console.log(`\n${part}`);
  spawnSync(node, [`scripts/bench/${part}.ts`], { stdio: ['ignore', 'inherit', 'inherit'] });
}

function size(file: string): string {
  return `${(statSync(file).size / MIB).toFixed(1)} MiB`;
}

function must(what: string, command: string, args: readonly string[]): void {
  const run = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (run.status !== 0) throw new Error(`bench: ${what} failed`);
}
