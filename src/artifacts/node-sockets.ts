import { document } from '../model/artifact.ts';
import { textLines } from './text-sections.ts';

/** One port something listens on. */
export interface NodeSocket {
  readonly protocol: 'tcp' | 'udp';
  /** `0.0.0.0`, `*`, `[::]`, `127.0.0.1`; without the interface. */
  readonly address: string;
  readonly port: number;
  /** Name of the process, where the command was allowed to see it. */
  readonly process?: string;
}

/**
 * Listening sockets of a node, scope node: the output of `ss -H -l -n -t -u -p` or of `ss -lntup` with its
 * first line, columns `Netid State Recv-Q Send-Q Local:Port Peer:Port [Process]`.
 */
export const nodeSockets = document<readonly NodeSocket[]>({
  id: 'node-sockets',
  title: 'Listening sockets of a node',
  contentType: 'text',
  rearranged: true,
  maxBytes: 4 * 1024 * 1024,
  parse(bytes) {
    const lines = textLines(bytes);
    const sockets = lines.flatMap(readLine);
    if (sockets.length === 0 && !lines.some((line) => line.startsWith('Netid'))) {
      throw new Error('no socket is in it');
    }
    return sockets;
  },
});

const LINE = /^(tcp|udp)\s+(?:LISTEN|UNCONN)\s+\d+\s+\d+\s+(\S+):(\d+)\s+\S+(?:\s+users:\(\("([^"]*)")?/;

function readLine(line: string): NodeSocket[] {
  const match = LINE.exec(line);
  if (!match) return [];
  const [, protocol, address = '', port, process] = match;
  return [
    {
      protocol: protocol === 'udp' ? 'udp' : 'tcp',
      address: address.replace(/%[^\]]*/, ''),
      port: Number(port),
      ...(process === undefined ? {} : { process }),
    },
  ];
}
