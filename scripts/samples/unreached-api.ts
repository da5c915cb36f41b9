import { SHOP } from './base-cluster.ts';
import { type LogEntry, logOf } from './object.ts';

/** What nginx of both web pods writes when the API's Service refuses its connections. */
export function unreachedApi(): LogEntry[] {
  return [
    ['web-7d4b8c6f9d-5p2mk', '10.244.1.1'],
    ['web-7d4b8c6f9d-hx8vn', '10.244.2.1'],
  ].map(([pod, client]) => [
    `${SHOP}/${pod}/nginx`,
    logOf([
      [21, refused('09:29:39', 411, client!)],
      [21, `${client} - - "GET /api/products HTTP/1.1" 502 157`],
      [9, refused('09:29:51', 415, client!)],
      [9, `${client} - - "GET /api/products HTTP/1.1" 502 157`],
    ]),
  ]);
}

function refused(time: string, connection: number, client: string): string {
  return `2026/03/03 ${time} [error] 29#29: *${connection} connect() failed (111: Connection refused) while connecting to upstream, client: ${client}, server: _, request: "GET /api/products HTTP/1.1", upstream: "http://10.102.91.30:80/products"`;
}
