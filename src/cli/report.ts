import { basename } from 'node:path';
import { EXIT, UserError } from '../model/errors.ts';
import { REPORT_SCHEMA_VERSION, type Report } from '../model/report.ts';
import { deliver, type FormatName, renderReport } from './output.ts';
import { readTextFile } from './text-file.ts';

interface ReportOptions {
  readonly output: FormatName;
  readonly outputFile?: string;
}

/** Renders a report.json again, in any format. */
export async function report(file: string, options: ReportOptions): Promise<number> {
  const parsed = parseReport(file, await readTextFile(file));
  const name = file === '-' ? 'report' : basename(file).replace(/\.json$/, '');
  const rendered = await renderReport(parsed, options.output).catch((error: unknown) => {
    throw notWhole(file, error);
  });
  await deliver(rendered, options.output, name, options.outputFile);
  return EXIT.ok;
}

const HINT = 'Give the output of `kubecase analyze -o json`.';

/** The parts every report has; a text that lacks one was not written by `analyze`. */
const LISTS = ['bundles', 'results', 'findings', 'checklists', 'facts', 'unseen'] as const;
const OBJECTS = ['tool', 'cluster', 'collection', 'diagnosis', 'catalog'] as const;

/** Reads a report as `analyze -o json` writes it. Throws UserError for anything else. */
export function parseReport(file: string, text: string): Report {
  let parsed: Partial<Report> | null;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new UserError('input-not-report', `${file}: is not JSON`, { hint: HINT, cause: error });
  }
  const version = parsed?.schemaVersion;
  if (version !== REPORT_SCHEMA_VERSION) {
    const what = `a kubecase report of schema version ${REPORT_SCHEMA_VERSION}`;
    throw new UserError('input-not-report', `${file}: is not ${what}`, { hint: HINT });
  }
  const missing = [
    ...LISTS.filter((part) => !Array.isArray(parsed?.[part])),
    ...OBJECTS.filter((part) => typeof parsed?.[part] !== 'object' || parsed[part] === null),
  ];
  if (missing.length > 0) throw notWhole(file, new Error(`without ${missing.join(', ')}`));
  return parsed as Report;
}

function notWhole(file: string, error: unknown): UserError {
  const reason = error instanceof Error ? error.message : String(error);
  return new UserError(
    'input-not-report',
    `${file}: is not a kubecase report as it was written (${reason})`,
    {
      hint: HINT,
      cause: error,
    },
  );
}
