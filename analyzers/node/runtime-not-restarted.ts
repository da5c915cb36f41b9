import { nodeRuntime } from '../../src/artifacts/node-runtime.ts';
import { machines, machinesWith } from '../../src/derive/machines.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';

export const runtimeNotRestarted = defineAnalyzer({
  meta: {
    id: 'node/runtime-not-restarted',
    title: 'Container runtime runs in an older version than is installed',
    description: 'Nodes whose container runtime tells another version than its command line tool.',
    messages: {
      versionsDiffer: {
        severity: 'info',
        confidence: {
          level: 'likely',
          reason: 'tool and daemon come in one package; a tool from elsewhere may differ',
        },
        text: 'The container runtime of {node:object} runs in version {server:text}, and version {client:text} is installed: it was not restarted since.',
        remedy: [
          {
            text: 'Drain the node and restart the runtime at the next occasion: it does so anyway when the machine restarts.',
            argv: ['systemctl', 'restart', 'containerd'],
          },
        ],
        groupBy: ['server', 'client'],
      },
    },
    checks: {
      version: {
        item: 'Container runtime is the installed one',
        expected: 'one version of tool and daemon',
        found: '{version:text}',
      },
    },
    references: ['containerd ctr version: Client and Server', 'konvoy diagnose: ctr-version.txt'],
  },
  needs: { runtimes: nodeRuntime, machines },
  analyze({ runtimes, machines: known }, { report, looked, at }) {
    for (const { subject, documents } of machinesWith(runtimes, known)) {
      for (const document of documents) {
        const { clientVersion: client, serverVersion: server } = document.value;
        if (client === undefined || server === undefined) continue;
        if (client === server) {
          looked({ check: 'version', values: { version: server }, subject });
          continue;
        }
        const evidence = [at(document)] as const;
        report({ message: 'versionsDiffer', values: { node: subject, client, server }, subject, evidence });
      }
    }
    return undefined;
  },
});
