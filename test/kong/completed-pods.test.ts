import { expect, it } from 'vitest';
import { completedPodsPileUp } from '../../analyzers/kong/completed-pods-pile-up.ts';
import type { Built } from '../support/builders.ts';
import { causesOf, DATA_PLANES, hybrid, IMAGE, rowsOf } from '../support/kong-hybrid.ts';
import { endedPod, evictedPod, migrationJob, migrationPod } from '../support/kong-pods.ts';
import { ILL, onlyIll, tells, unready } from '../support/kong-scenario.ts';
import { runOn } from '../support/test-analyzer.ts';

const SHUTDOWN = {
  phase: 'Succeeded',
  reason: 'Terminated',
  message: 'Pod was terminated in response to imminent node shutdown.',
};
const LOW = {
  reason: 'Evicted',
  message: 'The node was low on resource: memory. Threshold quantity: 100Mi. ',
};

function pile(count: number, from: number, make: (name: string, seconds: number) => Built): Built[] {
  return Array.from({ length: count }, (_, index) =>
    make(`kong-dp-kong-6d9c7b8f54-${from}${index}`, from + index * 60),
  );
}

const DONE = { status: { conditions: [{ type: 'Complete', status: 'True' }], succeeded: 1 } };
/** Pods that all read `Completed` in kubectl, of four different causes. */
const COMPLETED = [
  migrationJob('init-migrations', DONE),
  migrationPod(),
  ...pile(6, 400, (name, seconds) => evictedPod(name, seconds, { image: IMAGE })),
  ...pile(4, 90_000, (name, seconds) => endedPod(name, seconds, SHUTDOWN, { image: IMAGE })),
  ...pile(3, 200_000, (name, seconds) => endedPod(name, seconds, LOW, { image: IMAGE })),
];
const PARTS = {
  dataPlane: onlyIll(unready(20)),
  ready: DATA_PLANES.length - 1,
  rows: rowsOf().slice(0, ILL),
  objects: COMPLETED,
};

tells({
  name: 'Completed pods of four causes, of which only one is a fault',
  parts: PARTS,
  cause: 'kong/prefix-volume-full#evicted',
  symptoms: ['kong/completed-pods-pile-up#volumeLimit'],
});

it('counts them by cause, whatever kubectl prints', () => {
  const objects = COMPLETED.filter(({ kind }) => kind === 'Pod');

  const piles = runOn(completedPodsPileUp, { objects }).findings.map(({ messageId, values }) => [
    messageId,
    values.count,
    values.shown,
  ]);

  expect(piles.sort()).toEqual([
    ['migrations', 1, ['Completed: 1']],
    ['nodePressure', 3, ['Completed: 3']],
    ['nodeShutdown', 4, ['Completed: 4']],
    ['volumeLimit', 6, ['Completed: 6']],
  ]);
});

it('accuses nobody for leftovers of days ago', () => {
  const objects = COMPLETED.map((one) => one).filter(({ metadata }) => !/-400\d$/.test(metadata.name));

  expect(causesOf(hybrid({ objects }))).toEqual([]);
});
