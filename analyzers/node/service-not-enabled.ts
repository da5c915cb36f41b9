import { nodeServices } from '../../src/artifacts/node-services.ts';
import type { NodeItem } from '../../src/artifacts/resources.ts';
import { machines, machinesWith, machinesWithout, unseenNode } from '../../src/derive/machines.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';

/** Units of container runtimes by the scheme of `containerRuntimeVersion`. */
const RUNTIME_UNITS: Readonly<Record<string, string>> = {
  containerd: 'containerd.service',
  'cri-o': 'crio.service',
  docker: 'docker.service',
};
const KUBELET = 'kubelet.service';

export const serviceNotEnabled = defineAnalyzer({
  meta: {
    id: 'node/service-not-enabled',
    title: 'Service of a node does not start with it',
    description: 'A kubelet or a container runtime that runs, but is not enabled in systemd.',
    messages: {
      notEnabled: {
        severity: 'warning',
        confidence: {
          level: 'likely',
          reason: 'systemd tells the state of the unit file; another unit or a script may start it',
        },
        text: '`{unit:text}` runs on {node:object} and is disabled: after a restart of the machine the node does not come back by itself.',
        remedy: [{ text: 'On the node, enable it.', argv: ['systemctl', 'enable', '{unit}'] }],
        key: ['unit'],
        groupBy: ['unit'],
        check: 'enabled',
      },
    },
    checks: {
      enabled: {
        checklist: 'check-nodes',
        item: 'Kubelet and container runtime start with the machine',
        expected: 'enabled',
        found: '{units:text}',
      },
    },
    references: [
      'systemd systemctl(1): UnitFileState',
      'konvoy diagnose: kubelet.service.status.txt, containerd.service.status.txt (`Loaded:`)',
    ],
  },
  needs: { services: nodeServices, machines },
  analyze({ services, machines: known }, { report, looked, at }) {
    const seen = machinesWith(services, known);
    for (const { name, subject, node, state, documents } of seen) {
      if (state === 'unseen') {
        looked({ check: 'enabled', unseen: unseenNode(name), subject });
        continue;
      }
      if (isSetUpAtBoot(node)) {
        looked({
          check: 'enabled',
          unseen: 'the image of the node starts them by a script at each boot',
          subject,
        });
        continue;
      }
      const scheme = node?.status?.nodeInfo?.containerRuntimeVersion?.split(':', 1)[0] ?? '';
      const wanted = new Set([KUBELET, RUNTIME_UNITS[scheme]]);
      const fine: string[] = [];
      let told = false;
      for (const document of documents) {
        for (const [index, { unit, active, enabled }] of document.value.entries()) {
          if (!wanted.has(unit) || active !== 'active' || enabled === undefined) continue;
          if (enabled !== 'disabled') {
            fine.push(`${unit} ${enabled}`);
            continue;
          }
          told = true;
          const evidence = [at(document, `/${index}`)] as const;
          report({ message: 'notEnabled', values: { node: subject, unit }, subject, evidence });
        }
      }
      if (told) continue;
      if (fine.length > 0) looked({ check: 'enabled', values: { units: fine }, subject });
      else looked({ check: 'enabled', unseen: 'systemd was not asked whether they are', subject });
    }
    const names = seen.map(({ name }) => name);
    for (const subject of machinesWithout(names, known))
      looked({ check: 'enabled', unseen: 'its services were not read', subject });
    return undefined;
  },
});

/** Nodes of GKE: configure-helper.sh of the image writes the units and starts them whenever the machine boots. */
function isSetUpAtBoot(node: NodeItem | undefined): boolean {
  return /^Container-Optimized OS/.test(node?.status?.nodeInfo?.osImage ?? '');
}
