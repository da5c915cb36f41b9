import type { DocumentArtifact } from '../../src/model/artifact.ts';
import { ago, type Built, condition, lease, node } from './builders.ts';

type Parts = Record<string, unknown>;

/** A document of a node, as a case gives it to `given.documents`. */
export function nodeFile(artifact: DocumentArtifact, bytes: string, name = 'worker-1') {
  return { artifact, scope: { type: 'node', node: name } as const, bytes };
}

/** The log of a node's kernel. */
export function kernelLog(text: string, name = 'worker-1') {
  return { node: name, unit: 'kernel', text };
}

/** The log of a node's kubelet. */
export function kubeletLog(text: string, name = 'worker-1') {
  return { node: name, unit: 'kubelet', text };
}

/** A line as `journalctl -o short-iso` writes it with a colon in the zone, so many seconds before the observation. */
export function journalLine(seconds: number, text: string): string {
  return `${ago(seconds)} worker-1 ${text}\n`;
}

/** A node with these conditions beside a Ready that is True. */
export function nodeWith(conditions: readonly Parts[], parts: Parts & { name?: string } = {}): Built {
  const { name = 'worker-1', ...rest } = parts;
  const ready = condition('Ready', 'True', { reason: 'KubeletReady' });
  const own = conditions.some((one) => one.type === 'Ready');
  return node(name, { ...rest, status: { conditions: [...(own ? [] : [ready]), ...conditions] } });
}

/** A node that is not ready for ten minutes. */
export function unreadyNode(
  status: 'False' | 'Unknown',
  reason: string,
  message: string,
  { name = 'worker-1', spec = {}, metadata = {} }: { name?: string; spec?: Parts; metadata?: Parts } = {},
): Built {
  const ready = condition('Ready', status, { reason, message, lastTransitionTime: ago(600) });
  return node(name, {
    spec,
    metadata,
    status: { conditions: [condition('MemoryPressure', 'False'), ready] },
  });
}

/** The heartbeat of a node: renewed so long ago by the kubelet's clock, written then by the API server's. */
export function heartbeat(
  seconds: number,
  { name = 'worker-1', writtenAgo }: { name?: string; writtenAgo?: number } = {},
): Built {
  const written = writtenAgo === undefined ? [] : [{ manager: 'kubelet', time: ago(writtenAgo) }];
  return lease(
    name,
    {
      metadata: { managedFields: written },
      spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: ago(seconds) },
    },
    'kube-node-lease',
  );
}
