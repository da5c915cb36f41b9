import { document } from '../model/artifact.ts';
import { sectionLines, textSections } from './text-sections.ts';

/** Network configuration of a node; a part that was not read is undefined. */
export interface NodeNetwork {
  /** Servers of resolv.conf, in order. */
  readonly nameservers?: readonly string[];
  readonly searchDomains?: readonly string[];
  /** Lines of `ip route`. */
  readonly routes?: readonly string[];
  /** Addresses with their prefix length: `10.0.0.11/24`. */
  readonly addresses?: readonly string[];
  /** Names of the files in /etc/cni/net.d. */
  readonly cniFiles?: readonly string[];
}

/**
 * Network configuration of a node, scope node; text with a line `==> name <==` above each part:
 * - `resolv.conf`: the file the kubelet uses, else /etc/resolv.conf; also what stands before the first such line;
 * - `ip-route`: `ip route`; `ip-addr`: `ip -o addr`;
 * - `cni-files`: `ls -1 /etc/cni/net.d`, empty when the folder is.
 */
export const nodeNetwork = document<NodeNetwork>({
  id: 'node-network',
  title: 'Network configuration of a node',
  contentType: 'text',
  rearranged: true,
  maxBytes: 4 * 1024 * 1024,
  parse(bytes) {
    const sections = textSections(bytes);
    const resolver = sectionLines(sections, 'resolv.conf') ?? sectionLines(sections, '');
    const routes = sectionLines(sections, 'ip-route');
    const addresses = sectionLines(sections, 'ip-addr');
    const cniFiles = sectionLines(sections, 'cni-files');
    const network: NodeNetwork = {
      ...(resolver ? { nameservers: valuesOf(resolver, 'nameserver') } : {}),
      ...(resolver ? { searchDomains: valuesOf(resolver, 'search') } : {}),
      ...(routes ? { routes: filled(routes) } : {}),
      ...(addresses
        ? { addresses: addresses.flatMap((line) => /\binet6? (\S+)/.exec(line)?.[1] ?? []) }
        : {}),
      ...(cniFiles ? { cniFiles: filled(cniFiles) } : {}),
    };
    if (Object.keys(network).length === 0) throw new Error('nothing about a network is in it');
    return network;
  },
});

function valuesOf(lines: readonly string[], key: string): string[] {
  return lines.flatMap((line) => {
    const [first, ...values] = line.trim().split(/\s+/);
    return first === key ? values : [];
  });
}

function filled(lines: readonly string[]): string[] {
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}
