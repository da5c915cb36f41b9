import { connectionTrackingFull } from '../../../analyzers/node/connection-tracking-full.ts';
import { nodeKernelSettings } from '../../../src/artifacts/node-kernel-settings.ts';
import { node } from '../../support/builders.ts';
import { journalLine, kernelLog, nodeFile } from '../../support/node-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Node/worker-1';
const calm = node('worker-1');
const quiet = kernelLog('kernel: eth0: link becomes ready\n');

function tracked(count: number, max = 100_000) {
  return nodeFile(
    nodeKernelSettings,
    `net.netfilter.nf_conntrack_count = ${count}\nnet.netfilter.nf_conntrack_max = ${max}\n`,
  );
}

testAnalyzer(connectionTrackingFull, {
  silent: [
    {
      name: 'a table half full',
      given: { objects: [calm], logs: [quiet], documents: [tracked(50_000)] },
    },
    {
      name: 'packets dropped yesterday',
      given: {
        objects: [calm],
        logs: [kernelLog(journalLine(90_000, 'kernel: nf_conntrack: table full, dropping packet'))],
      },
      info: [{ message: 'dropping', subject, severity: 'info' }],
    },
    {
      name: 'no limit told',
      given: {
        objects: [calm],
        logs: [quiet],
        documents: [nodeFile(nodeKernelSettings, 'vm.swappiness = 60\n')],
      },
    },
  ],
  reports: [
    {
      name: 'packets dropped now; the counters say the same and are not told twice',
      given: {
        objects: [calm],
        logs: [kernelLog(journalLine(30, 'kernel: nf_conntrack: nf_conntrack: table full, dropping packet'))],
        documents: [tracked(100_000)],
      },
      expect: [{ message: 'dropping', subject, severity: 'critical', values: { count: 1 } }],
    },
    {
      name: 'nine tenths full',
      given: { objects: [calm], logs: [quiet], documents: [tracked(90_000)] },
      expect: [
        { message: 'nearlyFull', subject, severity: 'critical', values: { used: 90_000, limit: 100_000 } },
      ],
    },
    {
      name: 'three quarters full',
      given: { objects: [calm], logs: [quiet], documents: [tracked(75_000)] },
      expect: [{ message: 'nearlyFull', subject, severity: 'warning' }],
    },
  ],
  unknown: [{ name: 'no kernel log', given: { objects: [calm] }, reason: /no kernel log/ }],
});
