import { describe, expect, it } from 'vitest';
import { outOfMemory as nodeOutOfMemory } from '../../../analyzers/node/out-of-memory.ts';
import { pressure } from '../../../analyzers/node/pressure.ts';
import { crashLoop } from '../../../analyzers/workload/crash-loop.ts';
import { outOfMemory } from '../../../analyzers/workload/out-of-memory.ts';
import { analyzeStore } from '../../../src/analyze/analyze.ts';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import type { AnyAnalyzer } from '../../../src/model/analyzer.ts';
import { ago, condition } from '../../support/builders.ts';
import { type Given, storeOf } from '../../support/given.ts';
import { kernelLog, nodeWith } from '../../support/node-builders.ts';
import { crashingPod, ended } from '../../support/start-builders.ts';

const ANALYZERS: readonly AnyAnalyzer[] = [crashLoop, nodeOutOfMemory, outOfMemory, pressure];
const KILLS = [3600, 60]
  .map((seconds) => {
    const killed = 'Out of memory: Killed process 48211 (nginx) total-vm:412904kB, anon-rss:118220kB';
    return `${ago(seconds)} worker-1 kernel: ${killed}\n`;
  })
  .join('');

/** A pod without a memory limit, killed for memory again and again. */
const victim = crashingPod('web-1', ended('OOMKilled', 137), { spec: { nodeName: 'worker-1' } });
const other = crashingPod('api-1', ended('Error', 1), { spec: { nodeName: 'worker-1' } });

/** Causes as `message > messages of the symptoms`. */
function causesOf(given: Given): string[] {
  const { findings, graph, results } = analyzeStore(storeOf(ANALYZERS, given), ANALYZERS);
  const catalog = new Map(ANALYZERS.map(({ meta }) => [meta.id, meta.messages]));
  const messageOf = new Map(findings.map((one) => [one.id, one.messageId]));
  return diagnose(findings, graph, catalog, results).map(({ messageId, symptoms }) =>
    [messageId, ...symptoms.map((id) => messageOf.get(id))].join(' > '),
  );
}

describe('a container killed because its node has no memory left', () => {
  it('stands under the kernel log of the node, and no other crash there does', () => {
    const given = { objects: [nodeWith([]), victim, other], logs: [kernelLog(KILLS)] };

    expect(causesOf(given)).toEqual(['processesKilled > nodeExhausted', 'exits']);
  });

  it('stands under the pressure of the node', () => {
    const short = nodeWith([condition('MemoryPressure', 'True', { reason: 'KubeletHasInsufficientMemory' })]);

    expect(causesOf({ objects: [short, victim] })).toEqual(['memoryPressure > nodeExhausted']);
  });
});
