import { consoleRun, plain, RUN_LINE } from '../artifacts/console-run.ts';
import { CLUSTER_SCOPE } from '../model/scope.ts';
import type { Layout, LayoutEntry } from './layout.ts';

const RUN: LayoutEntry = {
  kind: 'document',
  artifact: consoleRun.id,
  scope: CLUSTER_SCOPE,
  whole: true,
  sample: 0,
};

/** What the console showed of `konvoy up`, `konvoy check …` or ansible-playbook, copied into a file. */
export const consoleText: Layout = {
  id: 'console-text',
  title: 'console text of a run',

  // Beside other files it may be one of theirs: a log of some bundle.
  recognise: (_path, first, alone) => (alone && isRun(first) ? '' : undefined),

  classify: () => RUN,

  absent: (artifact) =>
    artifact === consoleRun.id ? undefined : 'the console text of a run shows nothing else',
};

function isRun(first: Buffer): boolean {
  return !first.includes(0) && RUN_LINE.test(plain(first.toString('utf8')));
}
