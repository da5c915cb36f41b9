import { document } from '../model/artifact.ts';
import { numberIn, objectIn, stringIn } from './json-bytes.ts';
import { textLines } from './text-sections.ts';

/** What was tried: a port of the machine itself, of another node, or something outside. */
export type NodeProbeKind = 'local' | 'node' | 'api-server' | 'registry' | 'package-source' | 'service';
/** How far it came; `http` is an answer with an error status. */
export type NodeProbeOutcome = 'ok' | 'dns' | 'refused' | 'timeout' | 'tls' | 'http' | 'error';

/** One connection tried from a node. */
export interface NodeProbe {
  readonly kind: NodeProbeKind;
  /** `host:port`, an IPv6 address in brackets. */
  readonly target: string;
  /** Path of an HTTP request, e.g. `/livez`, `/health`, `/v2/`. */
  readonly path?: string;
  /** Name of the node aimed at, for kind `node`. */
  readonly node?: string;
  readonly outcome: NodeProbeOutcome;
  /** HTTP status. */
  readonly status?: number;
  readonly milliseconds?: number;
  /** One line of the error. */
  readonly error?: string;
}

const KINDS: readonly string[] = [
  'local',
  'node',
  'api-server',
  'registry',
  'package-source',
  'service',
] satisfies NodeProbeKind[];
const OUTCOMES: readonly string[] = [
  'ok',
  'dns',
  'refused',
  'timeout',
  'tls',
  'http',
  'error',
] satisfies NodeProbeOutcome[];

/**
 * Connections tried from a node, scope node: one JSON object per line, e.g.
 * `{"kind":"local","target":"127.0.0.1:6443","path":"/livez","outcome":"ok","status":200,"milliseconds":12}`,
 * `{"kind":"node","node":"worker-2","target":"10.0.0.12:10250","outcome":"timeout","error":"timed out after 3 s"}`.
 * `kind`, `target` and `outcome` are required; for kind `local` the ports 6443, 2379, 2381, 10248, 10257, 10259,
 * for `node` the ports 10250 and, of control plane nodes, 6443, 2379, 2380 are meant. Lines that are no such
 * object are passed over.
 */
export const nodeProbes = document<readonly NodeProbe[]>({
  id: 'node-probes',
  title: 'Connections tried from a node',
  contentType: 'text',
  rearranged: true,
  maxBytes: 8 * 1024 * 1024,
  parse(bytes) {
    const lines = textLines(bytes).filter((line) => line.trim() !== '');
    const probes = lines.flatMap(readLine);
    if (probes.length === 0 && lines.length > 0) throw new Error('no line of it is a probe');
    return probes;
  },
});

function readLine(line: string): NodeProbe[] {
  const fields = objectIn(jsonIn(line));
  const { kind, target, outcome } = fields;
  if (typeof kind !== 'string' || typeof target !== 'string' || typeof outcome !== 'string') return [];
  if (!KINDS.includes(kind) || !OUTCOMES.includes(outcome)) return [];
  const optionalFields = {
    path: stringIn(fields.path),
    node: stringIn(fields.node),
    status: numberIn(fields.status),
    milliseconds: numberIn(fields.milliseconds),
    error: stringIn(fields.error),
  };
  const known = Object.entries(optionalFields).filter(([, value]) => value !== undefined);
  return [
    {
      kind: kind as NodeProbeKind,
      target,
      outcome: outcome as NodeProbeOutcome,
      ...Object.fromEntries(known),
    },
  ];
}

function jsonIn(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
