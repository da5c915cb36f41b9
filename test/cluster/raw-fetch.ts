import { readFile } from 'node:fs/promises';
import { Agent, request } from 'undici';

/*
 * `node raw-fetch.ts KUBECONFIG PATHS`: reads every path of a file, one per line, over eight connections, and drops what
 * comes. What a collection takes beyond this is its own work.
 */
const CONNECTIONS = 8;

const [kubeconfig = '', paths = ''] = process.argv.slice(2);
const config = JSON.parse(await readFile(kubeconfig, 'utf8'));
const [{ cluster }] = config.clusters;
const [{ user }] = config.users;
const decoded = (text: string): Buffer => Buffer.from(text, 'base64');
const dispatcher = new Agent({
  allowH2: false,
  connections: CONNECTIONS,
  connect: {
    ca: decoded(cluster['certificate-authority-data']),
    cert: decoded(user['client-certificate-data']),
    key: decoded(user['client-key-data']),
  },
});
const next = (await readFile(paths, 'utf8')).split('\n').filter(Boolean)[Symbol.iterator]();
const headers = { accept: 'application/json, */*', 'accept-encoding': 'gzip' };
let bytes = 0;

async function worker(): Promise<void> {
  for (const path of next) {
    const { body } = await request(`${cluster.server}${path}`, { dispatcher, headers });
    for await (const chunk of body) bytes += chunk.length;
  }
}

await Promise.all(Array.from({ length: CONNECTIONS }, worker));
await dispatcher.close();
console.log(JSON.stringify({ bytes }));
