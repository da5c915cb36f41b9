import { basename } from 'node:path';
import { analyzers } from '../../analyzers/index.ts';
import { collectors } from '../../collectors/index.ts';
import { analyzeInputs } from '../analysis.ts';
import { withDecrypted } from '../bundle/encrypted.ts';
import type { ReadLimits } from '../bundle/limits.ts';
import { isShortfall } from '../model/coverage.ts';
import { EXIT } from '../model/errors.ts';
import { SEVERITIES, type Severity } from '../model/message.ts';
import type { Report } from '../model/report.ts';
import { visibleText } from '../report/visible-text.ts';
import { whileBusy } from './busy.ts';
import { deliver, type FormatName, refuseTarget, renderReport } from './output.ts';
import { tellSame } from './same-inputs.ts';
import { selectUnits } from './select.ts';

interface AnalyzeOptions {
  readonly output: FormatName;
  readonly outputFile?: string;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly failOn?: Severity;
  readonly identity?: string;
  readonly limit?: ReadLimits;
  readonly deadline?: number;
}

/** Analyzes bundles into one report. */
export async function analyze(inputs: readonly string[], options: AnalyzeOptions): Promise<number> {
  const selected = selectUnits(analyzers, 'analyzer', options);
  await refuseTarget(options.outputFile);
  const report = await whileBusy('Analyzing', () =>
    withDecrypted(inputs, options.identity, (files) =>
      analyzeInputs(
        files,
        { analyzers: selected, collectors },
        {
          limits: options.limit,
          deadlineSeconds: options.deadline,
          onSame: (same) => tellSame(inputs, same),
        },
      ),
    ),
  );
  await deliver(
    await renderReport(report, options.output),
    options.output,
    outputName(inputs),
    options.outputFile,
  );
  for (const bundle of report.bundles) {
    if (!bundle.complete)
      process.stderr.write(
        `kubecase: the bundle is incomplete: ${visibleText(bundle.incompleteReason ?? 'unknown reason')}\n`,
      );
  }
  return exitCodeOf(report, options.failOn);
}

/** Findings at or above `--fail-on` come before incompleteness (architecture.md §11). */
export function exitCodeOf(report: Report, failOn: Severity | undefined): number {
  const limit = failOn === undefined ? -1 : SEVERITIES.indexOf(failOn);
  if (report.findings.some((finding) => SEVERITIES.indexOf(finding.severity) <= limit)) return EXIT.findings;
  const isWhole =
    report.bundles.every((bundle) => bundle.complete) && !report.collection.rows.some(isShortfall);
  return isWhole ? EXIT.ok : EXIT.incomplete;
}

function outputName(inputs: readonly string[]): string {
  const first = inputs[0] as string;
  return first === '-'
    ? 'report'
    : basename(first)
        .replace(/\.age$/, '')
        .replace(/(\.tar)?\.(gz|tgz|tar|xz|zst|zip)$/, '');
}
