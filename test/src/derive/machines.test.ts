import { describe, expect, it } from 'vitest';
import { nodeServices } from '../../../src/artifacts/node-services.ts';
import { nodeSystem } from '../../../src/artifacts/node-system.ts';
import { nodes } from '../../../src/artifacts/resources.ts';
import { ALL_NODES, machines, machinesWith, machinesWithout } from '../../../src/derive/machines.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../../src/model/artifact.ts';
import { subjectKey } from '../../../src/model/subject.ts';
import { node, pod } from '../../support/builders.ts';
import type { Given } from '../../support/given.ts';
import { nodeFile } from '../../support/node-builders.ts';
import { runOn } from '../../support/test-analyzer.ts';

const NEEDS = { machines, services: optional(nodeServices) } as const;

/** Runs a question against what is given; a throw inside it fails the test. */
function ask(given: Given, question: (inputs: Inputs<typeof NEEDS>) => void): void {
  const analyzer = defineAnalyzer({
    meta: { id: 'node/asked', title: 'Asked', description: 'Asked.', messages: {}, references: ['test'] },
    needs: NEEDS,
    analyze(inputs, _context: AnalyzeContext) {
      question(inputs);
      return undefined;
    },
  });
  const { result } = runOn(analyzer, given);
  expect(result.reason).toBeUndefined();
}

const worker = node('worker-1', { metadata: { labels: { 'kubernetes.io/hostname': 'host-1' } } });

describe('machines', () => {
  it('are nodes by name, host name, address, and the name their own files tell', () => {
    const documents = [
      nodeFile(nodeSystem, '==> uname <==\nLinux worker-1 6.1.0 #1 SMP x86_64\n', 'archive'),
    ];

    ask({ objects: [worker], documents }, ({ machines: known }) => {
      for (const name of ['worker-1', 'host-1', '192.0.2.11', 'archive']) {
        expect(subjectKey(known.subjectOf(name)), name).toBe('/Node//worker-1');
      }
      expect(known.subjectOf('stranger')).toEqual({ external: 'machine', name: 'stranger' });
    });
  });

  it('are nodes by their names when no node was seen, unless the name is an address', () => {
    ask({ forbidden: [nodes] }, ({ machines: known }) => {
      expect(known.subjectOf('worker-1')).toEqual({ group: '', kind: 'Node', name: 'worker-1' });
      expect(known.subjectOf('10.0.0.7')).toEqual({ external: 'machine', name: '10.0.0.7' });
      expect(known.nodeOf('worker-1')).toBeUndefined();
    });
  });

  it('have all their documents of a kind together', () => {
    const unit = (name: string) => nodeFile(nodeServices, `Id=${name}.service\nActiveState=active\n`);

    ask({ objects: [worker], documents: [unit('kubelet'), unit('containerd')] }, (inputs) => {
      const [machine] = machinesWith(inputs.services, inputs.machines);

      expect(machine?.name).toBe('worker-1');
      expect(machine?.documents.map(({ value }) => value[0]?.unit)).toEqual([
        'kubelet.service',
        'containerd.service',
      ]);
    });
  });

  it('that were not read are named one by one, or as all when none was', () => {
    ask({ objects: [worker, node('worker-2', { status: { addresses: [] } })] }, ({ machines: known }) => {
      expect(machinesWithout(['host-1'], known).map(subjectKey)).toEqual(['/Node//worker-2']);
      expect(machinesWithout([], known)).toEqual([ALL_NODES]);
    });
  });

  it('that were read may not be all, where the list of nodes was refused in a cluster that was seen', () => {
    ask({ objects: [pod('web-1')], forbidden: [nodes] }, ({ machines: known }) => {
      expect(machinesWithout(['worker-1'], known)).toEqual([ALL_NODES]);
    });
    ask({ forbidden: [nodes] }, ({ machines: known }) => {
      expect(machinesWithout(['worker-1'], known)).toEqual([]);
    });
  });
});
