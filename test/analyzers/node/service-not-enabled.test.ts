import { serviceNotEnabled } from '../../../analyzers/node/service-not-enabled.ts';
import { nodeServices } from '../../../src/artifacts/node-services.ts';
import { node } from '../../support/builders.ts';
import { nodeFile } from '../../support/node-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const worker = node('worker-1', { status: { nodeInfo: { containerRuntimeVersion: 'containerd://1.7.2' } } });

function unit(name: string, enabled: string, active = 'active (running)'): string {
  return `● ${name} - a unit\n   Loaded: loaded (/etc/systemd/system/${name}; ${enabled}; vendor preset: disabled)\n   Active: ${active} since Sat 2026-02-28 12:00:00 UTC; 24h ago\n`;
}

function given(...units: string[]) {
  return { objects: [worker], documents: [nodeFile(nodeServices, units.join('\n'))] };
}

testAnalyzer(serviceNotEnabled, {
  silent: [
    {
      name: 'both are enabled',
      given: given(unit('kubelet.service', 'enabled'), unit('containerd.service', 'enabled')),
    },
    {
      name: 'a node of GKE, whose image starts the kubelet by a script at each boot',
      given: {
        objects: [
          node('worker-1', { status: { nodeInfo: { osImage: 'Container-Optimized OS from Google' } } }),
        ],
        documents: [nodeFile(nodeServices, unit('kubelet.service', 'disabled'))],
      },
    },
    { name: 'one that another unit pulls in', given: given(unit('kubelet.service', 'static')) },
    {
      name: 'a service that does not run is told elsewhere, a runtime of others does not matter',
      given: given(
        unit('kubelet.service', 'disabled', 'inactive (dead)'),
        unit('docker.service', 'disabled'),
        unit('crond.service', 'disabled'),
      ),
    },
  ],
  reports: [
    {
      name: 'kubelet and runtime are disabled',
      given: given(unit('kubelet.service', 'disabled'), unit('containerd.service', 'disabled')),
      expect: [
        { message: 'notEnabled', subject: 'Node/worker-1', severity: 'warning' },
        { message: 'notEnabled', subject: 'Node/worker-1', severity: 'warning' },
      ],
    },
  ],
  unknown: [{ name: 'node files were refused', given: { forbidden: [nodeServices] }, reason: /not allowed/ }],
});
