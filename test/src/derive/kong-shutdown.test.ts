import { expect, it } from 'vitest';
import type { PodItem } from '../../../src/artifacts/resources.ts';
import { kongContainer } from '../../../src/derive/kong-containers.ts';
import { goDuration, kongShutdown, podsOfShare } from '../../../src/derive/kong-shutdown.ts';
import { chartPod } from '../../support/kong-pods.ts';

function shutdownOf(command: readonly string[] | undefined) {
  const lifecycle = command ? { preStop: { exec: { command } } } : undefined;
  const one = chartPod('dp', { container: { lifecycle } }) as unknown as PodItem;
  return kongShutdown(one, kongContainer(one)!);
}

it.each([
  [['kong', 'quit', '--wait=15'], 25, true],
  [['kong', 'quit', '-w', '20', '-t', '60'], 80, true],
  [['/bin/sh', '-c', 'sleep 15; kong quit'], 25, true],
  [['/bin/sh', '-c', '/bin/sleep 15 && kong quit --wait=5 --timeout=30'], 50, true],
  [['kong', 'quit'], 10, false],
  [['/bin/sh', '-c', 'sleep 20'], 20, true],
  [['nginx', '-s', 'quit'], undefined, false],
  [undefined, undefined, false],
])('reads the preStop hook %j', (command, needed, drains) => {
  expect(shutdownOf(command)).toMatchObject({ needed, drains, grace: 30 });
});

it.each([
  ['30s', 30],
  ['1m30s', 90],
  ['0s', 0],
  ['500ms', 0.5],
  ['', undefined],
  [undefined, undefined],
])('reads the Go duration %s', (text, seconds) => {
  expect(goDuration(text)).toBe(seconds);
});

it.each([
  [1, 6, 1],
  ['25%', 3, 0],
  ['50%', 3, 1],
  ['100%', 6, 6],
  [undefined, 3, undefined],
])('takes a share of %s of %s pods as %s', (value, replicas, away) => {
  expect(podsOfShare(value, replicas, 'down')).toBe(away);
});
