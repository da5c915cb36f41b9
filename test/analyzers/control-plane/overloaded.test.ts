import { overloaded } from '../../../analyzers/control-plane/overloaded.ts';
import { kubeletStatsSummary } from '../../../src/artifacts/kubelet-stats-summary.ts';
import type { DocumentArtifact } from '../../../src/model/artifact.ts';
import { controlPlaneNode } from '../../support/control-plane-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const GIB = 1024 ** 3;
const NODES = ['cp-1', 'cp-2'].map((name) => controlPlaneNode(name));
const stats = (nodeName: string, cores: number, gib = 4) => ({
  artifact: kubeletStatsSummary as DocumentArtifact,
  scope: { type: 'node', node: nodeName } as const,
  bytes: JSON.stringify({
    node: {
      nodeName,
      cpu: { usageNanoCores: cores * 1e9 },
      memory: { workingSetBytes: gib * GIB },
    },
    pods: [],
  }),
});

testAnalyzer(overloaded, {
  silent: [
    { name: 'half in use', given: { objects: NODES, documents: [stats('cp-1', 2), stats('cp-2', 2)] } },
    {
      name: 'a worker at its limit is no control-plane node',
      given: { objects: NODES, documents: [stats('cp-1', 1), stats('node-7', 4, 16)] },
    },
  ],
  reports: [
    {
      name: 'one node at its limit',
      given: { objects: NODES, documents: [stats('cp-1', 3.9), stats('cp-2', 1)] },
      expect: [{ message: 'nodeCpu', subject: 'Node/cp-1', values: { percent: 98 } }],
    },
    {
      name: 'both above the average that is accepted',
      given: { objects: NODES, documents: [stats('cp-1', 3), stats('cp-2', 2.6)] },
      expect: [{ message: 'averageCpu', subject: 'Node/cp-1', values: { percent: 70 } }],
    },
    {
      name: 'hardly any memory left',
      given: { objects: NODES, documents: [stats('cp-1', 1, 15)] },
      expect: [{ message: 'memory', subject: 'Node/cp-1', values: { percent: 94, capacity: 16 * GIB } }],
    },
  ],
  unknown: [{ name: 'kubelets were not asked', given: { objects: NODES, forbidden: [kubeletStatsSummary] } }],
});
