import { document } from '../model/artifact.ts';
import { listIn, numberIn, objectIn, parseJsonObject, stringIn } from './json-bytes.ts';
import { type KongPlaneRef, planeIn } from './kong-plane-status.ts';
import { type CertificateFacts, parseCertificates } from './x509.ts';

/** What a command in the container was run for. */
export type KongProbeId = 'dns' | 'tls' | 'prefix' | 'database';

/** One command and how it ended, without what it says of sessions and keys. */
export interface StoredProbe {
  readonly id: KongProbeId;
  readonly command: readonly string[];
  readonly exitCode?: number;
  /** Lines of its output that are kept. */
  readonly output?: string;
  /** Public certificates it printed, PEM. */
  readonly pem?: string;
  /** Why it did not run, e.g. that it is not in the image. */
  readonly error?: string;
}

/** Whether a step of the way to the control plane works, as tried from the data plane's container. */
export type Tried =
  | { readonly state: 'works'; readonly detail: string }
  | { readonly state: 'fails'; readonly detail: string }
  | { readonly state: 'untried'; readonly reason: string };

/** A file of the configuration a data plane keeps on its disk. */
export interface KongDatabaseFile {
  readonly name: string;
  readonly bytes: number;
}

/** What commands in the container of a Kong node tell. */
export interface KongPlaneProbes {
  readonly plane: KongPlaneRef | undefined;
  /** `KONG_CLUSTER_CONTROL_PLANE` that was tried; undefined for other nodes. */
  readonly address?: string;
  readonly dns: Tried;
  readonly tcp: Tried;
  /** A handshake; whether the certificate is trusted is not judged by it. */
  readonly tls: Tried;
  /** What the control plane showed, leaf first. */
  readonly served: readonly CertificateFacts[];
  /** Bytes on the disk below the prefix. */
  readonly prefixBytes?: number;
  /** Files of `dbless.lmdb` below the prefix. */
  readonly databaseFiles: readonly KongDatabaseFile[];
}

const UNTRIED = { state: 'untried', reason: 'no command was run in the container (`--exec`)' } as const;

/**
 * Commands run in the container of a Kong node with `--exec`: size of its prefix and database, and the way to
 * its control plane. Scope object Pod. Stored: `{plane, address, probes: [{id, command, exitCode, output, pem}]}`.
 */
export const kongPlaneProbes = document<KongPlaneProbes>({
  id: 'kong-plane-probes',
  title: 'What a Kong container shows from inside',
  contentType: 'json',
  rearranged: true,
  maxBytes: 1024 * 1024,
  parse(bytes) {
    const stored = parseJsonObject(bytes);
    const probes = listIn(stored.probes).map(probeOf);
    const find = (id: KongProbeId) => probes.find((probe) => probe.id === id);
    const tls = find('tls');
    const served = parseCertificates(tls?.pem ?? '').flatMap(({ facts }) => (facts ? [facts] : []));
    const address = stringIn(stored.address);
    const prefixBytes = sizeIn(find('prefix'));
    return {
      plane: planeIn(stored.plane),
      ...(address === undefined ? {} : { address }),
      dns: dnsOf(find('dns')),
      ...connectionOf(tls, served),
      served,
      ...(prefixBytes === undefined ? {} : { prefixBytes }),
      databaseFiles: filesIn(find('database')),
    };
  },
});

function probeOf(value: unknown): StoredProbe {
  const { id, command, exitCode, output, pem, error } = objectIn(value);
  const code = numberIn(exitCode);
  const texts = Object.entries({ output, pem, error }).filter(([, text]) => typeof text === 'string');
  return {
    id: (stringIn(id) ?? '') as KongProbeId,
    command: listIn(command).filter((one) => typeof one === 'string'),
    ...(code === undefined ? {} : { exitCode: code }),
    ...Object.fromEntries(texts),
  };
}

function dnsOf(probe: StoredProbe | undefined): Tried {
  if (!probe) return UNTRIED;
  if (probe.error !== undefined) return { state: 'untried', reason: probe.error };
  const addresses = [...new Set((probe.output ?? '').match(/^[\d.]+|^[0-9a-f]*:[0-9a-f:.]+/gim) ?? [])];
  if (probe.exitCode === 0 && addresses.length > 0) return { state: 'works', detail: addresses.join(', ') };
  // getent: 2 is "not found in the database".
  if (probe.exitCode === 2) return { state: 'fails', detail: 'the name does not resolve' };
  return { state: 'untried', reason: `\`getent\` ended with ${probe.exitCode ?? 'no code'}` };
}

/** What `timeout` ends with when the time is up (coreutils, busybox: 143 for the signal). */
const TIMED_OUT: ReadonlySet<number | undefined> = new Set([124, 143]);

function connectionOf(
  probe: StoredProbe | undefined,
  served: readonly CertificateFacts[],
): { readonly tcp: Tried; readonly tls: Tried } {
  if (!probe) return { tcp: UNTRIED, tls: UNTRIED };
  if (probe.error !== undefined) {
    const untried = { state: 'untried', reason: probe.error } as const;
    return { tcp: untried, tls: untried };
  }
  const output = probe.output ?? '';
  const failure = /(Connection refused|Connection timed out|No route to host|Network is unreachable)/i.exec(
    output,
  );
  const noTcp = { state: 'untried', reason: 'no connection was opened' } as const;
  if (/CONNECTED\(/.test(output)) {
    const tcp = { state: 'works', detail: 'connected' } as const;
    const [leaf] = served;
    if (leaf) return { tcp, tls: { state: 'works', detail: `it shows \`${leaf.subject}\`` } };
    const reason = /:SSL routines:[^:]*:([^:\n]+)/.exec(output)?.[1] ?? 'no certificate was shown';
    return { tcp, tls: { state: 'fails', detail: reason } };
  }
  if (failure) return { tcp: { state: 'fails', detail: failure[1]!.toLowerCase() }, tls: noTcp };
  if (TIMED_OUT.has(probe.exitCode))
    return { tcp: { state: 'fails', detail: 'no answer in time' }, tls: noTcp };
  return { tcp: { state: 'untried', reason: 'the command tells neither success nor failure' }, tls: noTcp };
}

/** `du -sk` prints kibibytes and the path. */
function sizeIn(probe: StoredProbe | undefined): number | undefined {
  const kibibytes = /^(\d+)\s/.exec(probe?.output ?? '')?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

/** `ls -ln` prints mode, links, owner, group, bytes, date and name. */
function filesIn(probe: StoredProbe | undefined): KongDatabaseFile[] {
  const lines = (probe?.output ?? '').matchAll(/^-\S+\s+\d+\s+\S+\s+\S+\s+(\d+)\s.*?(\S+)$/gm);
  return [...lines].map(([, bytes, name]) => ({ name: name as string, bytes: Number(bytes) }));
}

/** Of the output of `openssl s_client` what may be kept: sessions, tickets and keys are left behind. */
export function keptHandshakeLines(text: string): string {
  return text
    .split('\n')
    .filter((line) =>
      /^(?:CONNECTED\(|connect:errno=|verify error:|depth=\d|.*:error:[0-9A-F]{8}:)/.test(line),
    )
    .slice(0, 40)
    .join('\n');
}

/** Commands tried one after the other until one is in the image. */
export function handshakeCommands(address: string, serverName: string): [string, ...string[]][] {
  const connect = ['s_client', '-connect', address, '-servername', serverName, '-showcerts'];
  return [
    ['timeout', '10', 'openssl', ...connect],
    ['timeout', '10', '/usr/local/kong/bin/openssl', ...connect],
  ];
}
