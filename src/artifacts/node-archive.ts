import type { DocumentArtifact } from '../model/artifact.ts';
import type { CoverageRow, Outcome } from '../model/coverage.ts';
import type { Observation } from '../model/observation.ts';
import type { Scope } from '../model/scope.ts';
import { objectIn, parseJsonObject, stringIn } from './json-bytes.ts';
import { nodeCertificates } from './node-certificates.ts';
import { nodeCommands } from './node-commands.ts';
import { nodeContainers } from './node-containers.ts';
import { nodeFilesystems } from './node-filesystems.ts';
import { nodeFirewall } from './node-firewall.ts';
import { nodeKernelSettings } from './node-kernel-settings.ts';
import { nodeKubeletConfig } from './node-kubelet-config.ts';
import { nodeManifests } from './node-manifests.ts';
import { nodeNetwork } from './node-network.ts';
import { nodeProbes } from './node-probes.ts';
import { nodeRuntime } from './node-runtime.ts';
import { nodeServices } from './node-services.ts';
import { nodeSockets } from './node-sockets.ts';
import { nodeSystem } from './node-system.ts';
import { nodeTime } from './node-time.ts';
import { textLines } from './text-sections.ts';

/** The documents the script of collectors/node/files.sh writes, the first that it writes first. */
export const NODE_DOCUMENTS: readonly DocumentArtifact[] = [
  nodeSystem,
  nodeServices,
  nodeRuntime,
  nodeFilesystems,
  nodeTime,
  nodeKernelSettings,
  nodeNetwork,
  nodeSockets,
  nodeKubeletConfig,
  nodeManifests,
  nodeCertificates,
  nodeCommands,
  nodeFirewall,
  nodeContainers,
  nodeProbes,
];

/** First file of a node archive, and its last. */
export const NODE_ARCHIVE_PATH = 'node-archive.json';
export const NODE_COVERAGE_PATH = 'coverage.tsv';
/** Value of the field `format` of the first file. */
export const NODE_ARCHIVE_FORMAT = 'kubecase-node-archive';

/** What a node archive says of itself. */
export interface NodeArchive {
  readonly node: string;
  /** By the node's own clock; undefined when it cannot be read. */
  readonly observedAt: Observation | undefined;
}

/** The script ends itself after this many seconds; its files carry the time it began. */
const SCRIPT_SECONDS = 180;

/** Reads `node-archive.json`. Throws when it is none, or of a newer format. */
export function parseNodeArchive(bytes: Uint8Array): NodeArchive {
  const { format, formatVersion, node, time } = objectIn(parseJsonObject(bytes));
  if (format !== NODE_ARCHIVE_FORMAT) throw new Error(`its format is not ${NODE_ARCHIVE_FORMAT}`);
  if (formatVersion !== 1) throw new Error(`it has format version ${String(formatVersion)}; 1 is known`);
  const name = stringIn(node);
  if (name === undefined || name === '') throw new Error('it does not name its node');
  const at = stringIn(time) ?? '';
  const readable = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(at) && !Number.isNaN(Date.parse(at));
  const observedAt = { time: at, source: 'collector', errorSeconds: SCRIPT_SECONDS } as const;
  return { node: name, observedAt: readable ? observedAt : undefined };
}

const OUTCOMES: ReadonlySet<string> = new Set<Outcome>([
  'collected',
  'partial',
  'forbidden',
  'not-found',
  'timed-out',
  'truncated',
  'error',
  'skipped',
]);

/**
 * Reads `coverage.tsv`: a line `#node`, tab, name, then artifact, outcome and reason with tabs between. Logs are
 * called `logs/<unit>` and `logs/<namespace>/<pod>/<container>[/previous]`. Other lines are passed over.
 */
export function parseNodeCoverage(bytes: Uint8Array): CoverageRow[] {
  const lines = textLines(bytes).map((line) => line.split('\t'));
  const node = lines.find(([mark]) => mark === '#node')?.[1];
  if (node === undefined) return [];
  return lines.flatMap(([name = '', outcome = '', reason = '']) => {
    const place = placeOf(name, node);
    if (place === undefined || !OUTCOMES.has(outcome)) return [];
    const row = { ...place, outcome: outcome as Outcome };
    return [outcome === 'collected' ? row : { ...row, reason: reason.trim() || outcome }];
  });
}

const DOCUMENT_IDS: ReadonlySet<string> = new Set(NODE_DOCUMENTS.map(({ id }) => id));

function placeOf(name: string, node: string): { artifact: string; scope: Scope } | undefined {
  if (DOCUMENT_IDS.has(name)) return { artifact: name, scope: { type: 'node', node } };
  const [top, ...rest] = name.split('/');
  const [first, pod, container, previous] = rest;
  if (top !== 'logs' || !first) return undefined;
  if (pod === undefined) return { artifact: 'logs', scope: { type: 'unit', node, unit: first } };
  if (!pod || !container || (previous !== undefined && previous !== 'previous')) return undefined;
  const scope: Scope = { type: 'container', namespace: first, pod, container };
  return { artifact: 'logs', scope: previous ? { ...scope, previous: true } : scope };
}
