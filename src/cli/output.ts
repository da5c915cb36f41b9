import { once } from 'node:events';
import { type FileHandle, open, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeError } from '../bundle/output-file.ts';
import type { Report } from '../model/report.ts';

export type FormatName = 'html' | 'json' | 'text';

/** Renders a report in one format; the heavy ones are loaded when used. */
export async function renderReport(report: Report, format: FormatName): Promise<string> {
  switch (format) {
    case 'html':
      return (await import('../report/formats/html.ts')).html(report);
    case 'json':
      return (await import('../report/formats/json.ts')).json(report);
    case 'text':
      return (await import('../report/formats/text.ts')).text(report, { color: colourWanted() });
  }
}

/** Colours on a terminal only, and not against NO_COLOR (https://no-color.org). */
export function colourWanted(): boolean {
  return process.stdout.isTTY === true && !process.env.NO_COLOR;
}

/**
 * Writes a rendering where the user wants it and says where it is: html goes to a file unless told
 * otherwise, other formats to stdout, `-` is stdout.
 */
export async function deliver(
  text: string,
  format: FormatName,
  name: string,
  outputFile: string | undefined,
): Promise<void> {
  const target = outputFile ?? (format === 'html' ? `${name}.html` : '-');
  if (target === '-') return writeStdout(text);
  await writeFile(target, text);
  process.stdout.write(`${target}\n`);
}

/** Says before the work what would be said after it: that the report has no place to go. */
export async function refuseTarget(file: string | undefined): Promise<void> {
  if (file === undefined || file === '-') return;
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory()) throw writeError(file, { code: 'EISDIR' }, undefined);
  if (found === undefined && !(await stat(dirname(file)).catch(() => undefined))?.isDirectory())
    throw writeError(file, { code: 'ENOENT' }, undefined);
}

async function writeStdout(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

async function writeFile(file: string, text: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'w');
    await handle.writeFile(text);
    await handle.close();
  } catch (error) {
    if (handle) await removeCut(file, handle);
    throw writeError(file, error, undefined);
  }
}

/** Half a report looks like one that says less: none is better. */
async function removeCut(file: string, handle: FileHandle): Promise<void> {
  const isFile = (await handle.stat().catch(() => undefined))?.isFile() ?? false;
  await handle.close().catch(() => {});
  if (isFile) await unlink(file).catch(() => {});
}
