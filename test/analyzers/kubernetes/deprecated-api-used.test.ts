import { deprecatedApiUsed } from '../../../analyzers/kubernetes/deprecated-api-used.ts';
import { apiServerMetrics } from '../../../src/artifacts/api-server-metrics.ts';
import { ago, anyObject } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const server = 'host:kube-apiserver';

function metrics(...lines: readonly string[]) {
  return {
    artifact: apiServerMetrics,
    bytes: `${lines.map((line) => `apiserver_requested_deprecated_apis{${line}} 1`).join('\n')}\n`,
  };
}

function budget(
  name: string,
  ...writes: readonly (readonly [manager: string, api: string, seconds: number])[]
) {
  return anyObject('policy/v1', 'PodDisruptionBudget', name, 'shop', {
    metadata: {
      managedFields: writes.map(([manager, apiVersion, seconds]) => ({
        manager,
        apiVersion,
        operation: 'Update',
        time: ago(seconds),
      })),
    },
  });
}

const PSP =
  'group="policy",removed_release="1.25",resource="podsecuritypolicies",subresource="",version="v1beta1"';

testAnalyzer(deprecatedApiUsed, {
  silent: [
    { name: 'nothing counted', given: { documents: [metrics()] } },
    {
      name: 'discouraged, but not going away',
      given: {
        documents: [metrics('group="",removed_release="",resource="endpoints",subresource="",version="v1"')],
      },
    },
    {
      name: 'written in the present version since',
      given: {
        objects: [budget('web', ['helm', 'policy/v1beta1', 9000], ['helm', 'policy/v1', 100])],
        documents: [metrics()],
      },
    },
    {
      name: 'asked for in a version that goes away',
      given: {
        documents: [
          metrics(
            'group="policy",removed_release="1.25",resource="poddisruptionbudgets",subresource="",version="v1beta1"',
            PSP,
          ),
        ],
      },
      info: [
        { message: 'requested', subject: server },
        { message: 'requested', subject: server },
      ],
    },
    {
      name: 'two objects of one manifest in an old version',
      given: {
        objects: [
          budget('web', ['helm', 'policy/v1beta1', 9000], ['kube-controller-manager', 'policy/v1', 100]),
          budget('db', ['helm', 'policy/v1beta1', 9000]),
        ],
        documents: [metrics()],
      },
      info: [
        {
          message: 'written',
          subject: 'PodDisruptionBudget/shop/web',
          values: { count: 2, api: 'policy/v1beta1', removed: '1.25', use: '`policy/v1`', manager: 'helm' },
        },
      ],
    },
  ],
  reports: [],
  unknown: [
    { name: 'metrics were refused', given: { forbidden: [apiServerMetrics] }, reason: /not allowed/ },
  ],
});
