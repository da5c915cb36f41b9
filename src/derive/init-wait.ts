import type { ContainerView } from './containers.ts';

/** What the command of a container waits for before it ends. */
export interface WaitTarget {
  readonly host: string;
  readonly port?: number;
}

const HOST = String.raw`(?:[a-z][a-z0-9+.-]*:\/\/)?(?<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)\.?`;
const PORT = String.raw`(?::|\s+)(?<port>\d{1,5})\b`;
const FLAGS = String.raw`(?:-\S+\s+(?:\d+\s+)?)*`;

/** Commands people wait with, each with where the host and the port stand. */
const COMMANDS: readonly RegExp[] = [
  new RegExp(String.raw`\b(?:nc|ncat|netcat|telnet)\s+${FLAGS}${HOST}${PORT}`, 'i'),
  new RegExp(String.raw`\bwait-?for(?:-it|-port|-host)?(?:\.sh)?\s+${FLAGS}${HOST}${PORT}`, 'i'),
  new RegExp(String.raw`\bdockerize\b.*?\s-?-wait\s+${HOST}(?:${PORT})?`, 'i'),
  /\/dev\/tcp\/(?<host>[a-z0-9.-]+)\/(?<port>\d{1,5})\b/i,
  new RegExp(
    String.raw`\b(?:pg_isready|psql|mysqladmin|mysql|mariadb-admin|redis-cli|valkey-cli|mongosh?|cqlsh)\b.*?\s(?:-h\s*|--host[= ]\s*)${HOST}(?=[\s;"')]|$)(?:.*?\s(?:-p|-P|--port[= ])\s*(?<port>\d{1,5})\b)?`,
    'i',
  ),
  /\b(?:curl|wget)\b.*?\shttps?:\/\/(?<host>[a-z0-9][a-z0-9.-]*)(?::(?<port>\d{1,5}))?/i,
  new RegExp(String.raw`\b(?:nslookup|getent\s+(?:a?hosts\w*)|dig(?:\s+\+\S+)*|host)\s+${HOST}`, 'i'),
];

/** A shell or Kubernetes reference to a variable: `$DB`, `${DB}`, `${DB:-x}`, `$(DB)`. */
const VARIABLE = /\$(?:\{([A-Za-z_]\w*)(?::?-[^}]*)?\}|\(([A-Za-z_]\w*)\)|([A-Za-z_]\w*))/g;

/** The host a container's command waits for, with its own plain variables filled in; undefined when none is told. */
export function waitTarget({ spec }: Pick<ContainerView, 'spec'>): WaitTarget | undefined {
  const values = new Map((spec?.env ?? []).map(({ name, value }) => [name, value]));
  const text = commandText({ spec }).replace(
    VARIABLE,
    (whole, braced, called, bare) => values.get(braced ?? called ?? bare) ?? whole,
  );
  for (const pattern of COMMANDS) {
    const { host, port } = pattern.exec(text)?.groups ?? {};
    if (host === undefined || host === 'localhost' || /^127\./.test(host)) continue;
    return { host: host.toLowerCase(), ...(port === undefined ? {} : { port: Number(port) }) };
  }
  return undefined;
}

/** Command and arguments of a container as one line; empty when the image's own are used. */
export function commandText({ spec }: Pick<ContainerView, 'spec'>): string {
  return [...(spec?.command ?? []), ...(spec?.args ?? [])].join(' ').replace(/\s+/g, ' ').trim();
}
