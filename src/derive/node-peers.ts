import { type NodeProbe, nodeProbes } from '../artifacts/node-probes.ts';
import { type DocumentItem, defineDerived, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { Subject } from '../model/subject.ts';
import { machines, machinesWith } from './machines.ts';

/** One probe of one machine, with the place it was read at. */
export interface PlacedProbe {
  readonly probe: NodeProbe;
  /** The machine it was tried from, as its files name it. */
  readonly from: string;
  readonly subject: Subject;
  readonly document: DocumentItem<readonly NodeProbe[]>;
  readonly pointer: string;
}

/** The probes of one target, from all machines. */
export interface ProbedTarget {
  readonly target: string;
  readonly failed: readonly PlacedProbe[];
  readonly reached: readonly PlacedProbe[];
}

/** Connections tried from nodes, by kind and target. */
export interface NodePeers {
  of(kind: NodeProbe['kind']): readonly ProbedTarget[];
  /** Names of the machines anything was tried from. */
  readonly from: readonly string[];
}

/** All probes of all machines, grouped by what they aimed at. */
export const nodePeers = defineDerived({
  id: 'node-peers',
  title: 'Connections tried from nodes',
  needs: { probes: optional(nodeProbes), machines },
  derive({ probes, machines: known }): NodePeers {
    const kinds = new Map<NodeProbe['kind'], Map<string, PlacedProbe[]>>();
    const read = machinesWith(probes, known);
    for (const { name, subject, documents } of read) {
      for (const document of documents) {
        for (const [index, probe] of document.value.entries()) {
          const targets = getOrCreate(kinds, probe.kind, () => new Map<string, PlacedProbe[]>());
          const placed = { probe, from: name, subject, document, pointer: `/${index}` };
          getOrCreate(targets, probe.target, () => []).push(placed);
        }
      }
    }
    return {
      of: (kind) => [...(kinds.get(kind) ?? [])].map(([target, all]) => splitByOutcome(target, all)),
      from: read.map(({ name }) => name),
    };
  },
});

function splitByOutcome(target: string, all: readonly PlacedProbe[]): ProbedTarget {
  return {
    target,
    failed: all.filter(({ probe }) => !reached(probe)),
    reached: all.filter(({ probe }) => reached(probe)),
  };
}

/** An answer of any kind shows the way there; a registry answers 401 to whom it does not know. */
function reached({ outcome }: NodeProbe): boolean {
  return outcome === 'ok' || outcome === 'http';
}
