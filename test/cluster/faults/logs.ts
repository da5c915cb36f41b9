import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type KwokDocument, kwokDocument } from '../kwok.ts';
import type { Fault } from './fault.ts';
import { APP } from './objects.ts';

/** What kwok hands out as the logs of a fault's containers: files below `dir`, empty unless the fault has lines. */
export async function faultLogs(
  dir: string,
  { name, logs }: Pick<Fault, 'name' | 'logs'>,
): Promise<KwokDocument> {
  const logsFile = await writeLog(dir, `${name}.log`, logs?.current ?? []);
  const previousLogsFile = await writeLog(dir, `${name}.previous.log`, logs?.previous ?? []);
  const containers = [APP, 'prepare'];
  return kwokDocument(
    'ClusterLogs',
    { name },
    {
      selector: { matchNamespaces: [name] },
      logs: [{ containers, logsFile, previousLogsFile }],
    },
  );
}

/** Writes lines as a container runtime does, one second apart, the last one seconds old; returns the path. */
export async function writeLog(dir: string, file: string, lines: readonly string[]): Promise<string> {
  const end = Date.now() - 5000;
  const text = lines.map((line, index) => {
    const time = new Date(end - (lines.length - 1 - index) * 1000).toISOString();
    return `${time} stdout F ${line}\n`;
  });
  const path = join(dir, file);
  await writeFile(path, text.join(''));
  return path;
}
