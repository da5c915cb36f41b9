import { runtimeNotRestarted } from '../../../analyzers/node/runtime-not-restarted.ts';
import { nodeRuntime } from '../../../src/artifacts/node-runtime.ts';
import { node } from '../../support/builders.ts';
import { nodeFile } from '../../support/node-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

function given(text: string) {
  return { objects: [node('worker-1')], documents: [nodeFile(nodeRuntime, text)] };
}

testAnalyzer(runtimeNotRestarted, {
  silent: [
    { name: 'one version', given: given('Client:\n  Version:  1.3.7\n\nServer:\n  Version:  v1.3.7\n') },
    {
      name: 'a daemon that does not answer is told elsewhere',
      given: given('Client:\n  Version:  1.3.7\n\nctr: connection refused\n'),
    },
    {
      name: 'two versions',
      given: given('Client:\n  Version:  1.6.33\n\nServer:\n  Version:  1.3.7\n'),
      info: [
        {
          message: 'versionsDiffer',
          subject: 'Node/worker-1',
          confidence: 'likely',
          values: { client: '1.6.33', server: '1.3.7' },
        },
      ],
    },
  ],
  reports: [],
  unknown: [{ name: 'node files were refused', given: { forbidden: [nodeRuntime] }, reason: /not allowed/ }],
});
