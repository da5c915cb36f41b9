import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CANARIES } from './canaries.ts';

/** Log files in CRI form, served by kwok as the logs of containers. */
export interface LogFiles {
  readonly web: string;
  readonly migrate: string;
  readonly crasher: string;
  readonly crasherPrevious: string;
  readonly kongControlPlane: string;
  readonly kongDataPlane: string;
}

/** Text of the logs without their timestamps; the last line of each is its newest. */
export const LOG_TEXT: Readonly<Record<keyof LogFiles, readonly string[]>> = {
  web: [
    'listening on :8080',
    ...Array.from({ length: 200 }, (_, index) => `GET /cart/${index} 200 ${index % 17}ms`),
    `GET /account 401 authorization: Bearer ${CANARIES.log}`,
    'GET /healthz 200 0ms',
  ],
  migrate: ['applying 3 migrations', 'schema is up to date'],
  crasher: ['reading /etc/crasher/config.yaml'],
  crasherPrevious: [
    'reading /etc/crasher/config.yaml',
    'panic: open /etc/crasher/config.yaml: no such file or directory',
  ],
  kongControlPlane: [
    '2025/10/09 08:53:00 [notice] 1#0: start worker process 1264',
    '2025/10/09 08:53:20 [notice] 1264#0: *300 [lua] init.lua:259: purge(): [DB cache] purging (local) cache',
  ],
  kongDataPlane: [
    '2025/10/09 08:53:00 [notice] 1#0: start worker process 1258',
    '2025/10/09 08:53:08 [error] 1258#0: *139 [lua] data_plane.lua:122: communicate(): [clustering] connection ' +
      'to control plane wss://kong-cp-cluster.kong.svc.cluster.local:8005/v1/outlet broken: ' +
      'ssl handshake failed: 10: certificate has expired (retrying after 7 seconds), context: ngx.timer',
  ],
};

/** Writes {@link LOG_TEXT} under `dir`, one second per line, the newest line a minute old. */
export async function writeLogFiles(dir: string): Promise<LogFiles> {
  await mkdir(dir, { recursive: true });
  const end = Date.now() - 60_000;
  const write = async (name: keyof LogFiles): Promise<string> => {
    const lines = LOG_TEXT[name];
    const text = lines.map((line, index) => {
      const time = new Date(end - (lines.length - 1 - index) * 1000).toISOString();
      return `${time} stdout F ${line}\n`;
    });
    const path = join(dir, `${name}.log`);
    await writeFile(path, text.join(''));
    return path;
  };
  return {
    web: await write('web'),
    migrate: await write('migrate'),
    crasher: await write('crasher'),
    crasherPrevious: await write('crasherPrevious'),
    kongControlPlane: await write('kongControlPlane'),
    kongDataPlane: await write('kongDataPlane'),
  };
}
