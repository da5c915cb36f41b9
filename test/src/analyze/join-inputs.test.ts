import { expect, it } from 'vitest';
import { joinLogs } from '../../../src/analyze/join-inputs.ts';
import { createStore, type LogSection } from '../../../src/analyze/store.ts';
import type { Scope } from '../../../src/model/scope.ts';

const KUBELET: Scope = { type: 'unit', node: 'worker-1', unit: 'kubelet' };

function container(namespace: string): Scope {
  return { type: 'container', namespace, pod: 'web-1', container: 'app' };
}

function section(path: string, scope: Scope, bytes: number): LogSection {
  return { path, scope, bytes, lines: 1, matches: new Map() };
}

/** Paths of the logs that stay of inputs with these logs. */
function joined(...inputs: readonly (readonly LogSection[])[]): string[] {
  const store = createStore();
  const ends = inputs.map((logs) => store.logs.push(...logs));
  joinLogs(store, ends);
  return store.logs.map(({ path }) => path).sort();
}

it('the longer of two logs of a container stays, wherever they come from', () => {
  expect(joined([section('a', container('shop'), 10)], [section('b', container('shop'), 20)])).toEqual(['b']);
  expect(joined([section('a', container('shop'), 20), section('b', container('shop'), 20)])).toEqual(['a']);
});

it('logs of which nobody knows the namespace stay both', () => {
  expect(joined([section('a', container(''), 10)], [section('b', container(''), 20)])).toEqual(['a', 'b']);
});

it('a log of a node in several files of one input stays whole; that of an input with less of it goes', () => {
  const cluster = [section('cluster', KUBELET, 15)];
  const archive = [section('kubelet.1', KUBELET, 10), section('kubelet.2', KUBELET, 10)];

  expect(joined(cluster, archive)).toEqual(['kubelet.1', 'kubelet.2']);
  expect(joined(archive, cluster)).toEqual(['kubelet.1', 'kubelet.2']);
  expect(joined([section('empty', KUBELET, 0)], [section('void', KUBELET, 0)])).toEqual(['empty']);
});

it('logs of different nodes and units are different logs', () => {
  const logs = [
    section('a', KUBELET, 1),
    section('b', { ...KUBELET, node: 'worker-2' }, 1),
    section('c', { ...KUBELET, unit: 'containerd' }, 1),
  ];

  expect(joined(logs.slice(0, 1), logs.slice(1))).toEqual(['a', 'b', 'c']);
});
