import type { Obfuscation } from './obfuscate.ts';

/** Types of node addresses that are names. */
const NAME_TYPES: ReadonlySet<unknown> = new Set(['Hostname', 'InternalDNS', 'ExternalDNS']);

type Fields = Readonly<Record<string, unknown>>;
type Learning = Pick<Obfuscation, 'learnHost' | 'learnNamespace'>;

/** Learns the names an API object tells: of nodes, of namespaces, and of those it lies in or runs on. */
export function learnFromObject(object: unknown, obfuscation: Learning): void {
  const { kind, metadata, spec, status } = fieldsOf(object);
  const { name, namespace, labels } = fieldsOf(metadata);
  if (typeof namespace === 'string') obfuscation.learnNamespace(namespace);
  if (kind === 'Namespace' && typeof name === 'string') obfuscation.learnNamespace(name);
  const { nodeName } = fieldsOf(spec);
  if (typeof nodeName === 'string') obfuscation.learnHost(nodeName);
  if (kind !== 'Node') return;
  if (typeof name === 'string') obfuscation.learnHost(name);
  const hostname = fieldsOf(labels)['kubernetes.io/hostname'];
  if (typeof hostname === 'string') obfuscation.learnHost(hostname);
  const { addresses } = fieldsOf(status);
  for (const one of Array.isArray(addresses) ? addresses : []) {
    const { type, address } = fieldsOf(one);
    if (NAME_TYPES.has(type) && typeof address === 'string') obfuscation.learnHost(address);
  }
}

/** Learns the host of an API server or other address: `host:port`, or a URL. */
export function learnFromEndpoint(endpoint: string, obfuscation: Learning): void {
  const text = endpoint.includes('://') ? endpoint : `https://${endpoint}`;
  if (!URL.canParse(text)) return;
  const { hostname } = new URL(text);
  if (!hostname.startsWith('[')) obfuscation.learnHost(hostname);
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
