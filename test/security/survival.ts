import { readFileSync, writeFileSync } from 'node:fs';
import { analyzers } from '../../analyzers/index.ts';
import { collectors } from '../../collectors/index.ts';
import { type AnalysisOptions, analyzeInputs } from '../../src/analysis.ts';
import { UserError } from '../../src/model/errors.ts';
import type { Report } from '../../src/model/report.ts';
import { html } from '../../src/report/formats/html.ts';
import { json } from '../../src/report/formats/json.ts';
import { text } from '../../src/report/formats/text.ts';

/** What may be used above what a small bundle needs. */
export const MEMORY_MAX = 256 * 1024 * 1024;
/** Milliseconds a hostile bundle may take. */
export const TIME_MAX = 10_000;

/** How an analysis of something hostile ended, in one line; everything else that ends it fails the test. */
export interface Survival {
  /** `refused: …`, `incomplete: …` or `whole`. */
  readonly outcome: string;
  readonly report?: Report;
  /** Time it took, or time of processors where that is less: others may want them, too. */
  readonly ms: number;
  /** Peak of the resident memory above what was there before, bytes; undefined where Linux does not tell. */
  readonly memory?: number;
}

/** Analyzes an input as `kubecase analyze` does, into every format. */
export async function survive(input: string, options: AnalysisOptions = {}): Promise<Survival> {
  const base = resetPeak();
  const before = performance.now();
  const cpuBefore = process.cpuUsage();
  const { outcome, report } = await outcomeOf(input, options);
  const { user, system } = process.cpuUsage(cpuBefore);
  const ms = Math.min(performance.now() - before, (user + system) / 1000);
  const peak = peakMemory();
  return {
    outcome,
    ms,
    ...(report ? { report } : {}),
    ...(base === undefined || peak === undefined ? {} : { memory: peak - base }),
  };
}

async function outcomeOf(
  input: string,
  options: AnalysisOptions,
): Promise<{ outcome: string; report?: Report }> {
  try {
    const report = await analyzeInputs([input], { analyzers, collectors }, options);
    for (const rendered of [json(report), text(report, { color: false }), html(report)])
      if (rendered === '') throw new Error('an empty report');
    const [bundle] = report.bundles;
    const outcome = bundle?.complete ? 'whole' : `incomplete: ${bundle?.incompleteReason}`;
    return { outcome, report };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { outcome: `refused: ${error.message}` };
  }
}

/** Sets the peak back to what is used now (proc(5), clear_refs) and gives that. */
function resetPeak(): number | undefined {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
    return peakMemory();
  } catch {
    return undefined;
  }
}

function peakMemory(): number | undefined {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  } catch {
    return undefined;
  }
}
