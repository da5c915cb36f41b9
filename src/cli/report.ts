import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { text as readStream } from 'node:stream/consumers';
import { EXIT, UserError } from '../model/errors.ts';
import { REPORT_SCHEMA_VERSION, type Report } from '../model/report.ts';
import { deliver, type FormatName, renderReport } from './output.ts';

interface ReportOptions {
  readonly output: FormatName;
  readonly outputFile?: string;
}

/** Renders a report.json again, in any format. */
export async function report(file: string, options: ReportOptions): Promise<number> {
  const parsed = parseReport(file, await readInput(file));
  const name = file === '-' ? 'report' : basename(file).replace(/\.json$/, '');
  await deliver(await renderReport(parsed, options.output), options.output, name, options.outputFile);
  return EXIT.ok;
}

async function readInput(file: string): Promise<string> {
  if (file === '-') return readStream(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UserError(
      'input-unreadable',
      `${file}: cannot be read (${(error as NodeJS.ErrnoException).code ?? error})`,
      { cause: error },
    );
  }
}

function parseReport(file: string, text: string): Report {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new UserError('input-not-report', `${file}: is not JSON`, {
      hint: 'Give the output of `kubecase analyze -o json`.',
      cause: error,
    });
  }
  const version = (parsed as Partial<Report> | null)?.schemaVersion;
  if (version !== REPORT_SCHEMA_VERSION) {
    throw new UserError(
      'input-not-report',
      `${file}: is not a kubecase report of schema version ${REPORT_SCHEMA_VERSION}`,
      {
        hint: 'Give the output of `kubecase analyze -o json`.',
      },
    );
  }
  return parsed as Report;
}
