import { tagFilterIneffective } from '../../../analyzers/virtual-environment/tag-filter-ineffective.ts';
import { envoyFilters } from '../../../src/artifacts/istio-workload-resources.ts';
import { ago, type Built, deployment, pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';
import { virtualEnvironment } from '../../support/virtual-environment-builders.ts';
import { listeners, refusedListener } from '../../support/virtual-environment-proxy-builders.ts';
import { tagFilter, taggedPod } from '../../support/virtual-environment-tag-builders.ts';

const filter = 'EnvoyFilter/shop/demo-virtualenv';
const environment = 'VirtualEnvironment/shop/demo-virtualenv';
const NEW_NAME = 'envoy.filters.network.http_connection_manager';
const OLD_TYPE = 'type.googleapis.com/envoy.config.filter.http.lua.v2.Lua';
const PROXY = 'app-js-dev-5d8f7-x2x9z';

function istiod(version: string): Built {
  return deployment('istiod', {
    metadata: { namespace: 'istio-system' },
    spec: {
      selector: { matchLabels: { app: 'istiod' } },
      template: {
        metadata: { labels: { app: 'istiod', 'istio.io/rev': 'default' } },
        spec: {
          containers: [{ name: 'discovery', image: `docker.io/istio/pilot:${version}`, args: ['discovery'] }],
        },
      },
    },
  });
}

function scene(version: string, ...more: readonly Built[]): Built[] {
  return [
    virtualEnvironment(),
    istiod(version),
    taggedPod('app-js', 'dev', { tag: 'dev', version }),
    ...more,
  ];
}

testAnalyzer(tagFilterIneffective, {
  silent: [
    { name: 'no KtEnv', given: { objects: [pod('web')] }, status: 'not-applicable' },
    { name: 'as made, on an Istio that takes it', given: { objects: scene('1.18.7', tagFilter()) } },
    {
      name: 'corrected by hand on a new Istio',
      given: { objects: scene('1.27.3', tagFilter({ filter: NEW_NAME })) },
    },
    { name: 'v2 on an Istio of its time', given: { objects: scene('1.8.6', tagFilter({ type: OLD_TYPE })) } },
    {
      name: 'none is asked for, and there is none',
      given: { objects: [virtualEnvironment({ envHeader: { autoInject: false } })] },
    },
    {
      name: 'a new environment',
      given: { objects: [virtualEnvironment({ metadata: { creationTimestamp: ago(20) } })] },
    },
    {
      name: 'an environment that was changed a moment ago',
      given: {
        objects: scene(
          '1.18.7',
          virtualEnvironment({
            envHeader: { name: 'x-env' },
            metadata: { name: 'demo-virtualenv', managedFields: [{ manager: 'kubectl', time: ago(10) }] },
          }),
          tagFilter(),
        ).slice(1),
      },
    },
    {
      name: 'a proxy that has the script acquits the old name',
      given: {
        objects: scene('1.27.3', tagFilter()),
        documents: [listeners(PROXY, { script: true })],
      },
    },
    {
      name: 'the version of Istio is not known',
      given: {
        objects: [virtualEnvironment(), istiod('latest'), tagFilter()],
      },
    },
    {
      name: "somebody's own filter of the same name",
      given: {
        objects: scene('1.27.3', {
          ...tagFilter(),
          spec: { configPatches: [{ applyTo: 'HTTP_FILTER', patch: { value: { name: 'own.lua' } } }] },
        }),
      },
    },
  ],
  reports: [
    {
      name: 'it is not there',
      given: { objects: scene('1.18.7') },
      expect: [
        { message: 'missing', subject: environment, severity: 'warning', values: { header: 'ali-env-mark' } },
      ],
    },
    {
      name: 'the header has been changed',
      given: {
        objects: [virtualEnvironment({ envHeader: { name: 'x-env' } }), istiod('1.18.7'), tagFilter()],
      },
      expect: [
        {
          message: 'outdated',
          subject: filter,
          values: { what: 'header', old: 'ali-env-mark', now: 'x-env' },
        },
      ],
    },
    {
      name: 'it is left though nobody asks for it',
      given: { objects: [virtualEnvironment({ envHeader: { autoInject: false } }), tagFilter()] },
      expect: [{ message: 'leftOver', subject: filter, severity: 'warning' }],
    },
    {
      name: 'the old name on Istio 1.19, by the versions only',
      given: { objects: scene('1.19.0', tagFilter()) },
      expect: [
        {
          message: 'oldName',
          subject: filter,
          confidence: 'likely',
          values: { version: '1.19.0', seen: 'no listener of a proxy shows it' },
        },
      ],
    },
    {
      name: 'the old name on Istio 1.27, and the listeners show it',
      given: { objects: scene('1.27.3', tagFilter()), documents: [listeners(PROXY, {})] },
      expect: [
        {
          message: 'oldName',
          subject: filter,
          confidence: 'certain',
          values: { seen: '1 of 1 proxies asked do not have it' },
        },
      ],
    },
    {
      name: 'without a control plane in the cluster the proxies tell the version',
      given: {
        objects: [virtualEnvironment(), taggedPod('app-js', 'dev', { version: '1.20.1' }), tagFilter()],
      },
      expect: [{ message: 'oldName', subject: filter, values: { version: '1.20.1' } }],
    },
    {
      name: 'v2 on Istio 1.12, which refuses the listener',
      given: {
        objects: scene('1.12.9', tagFilter({ type: OLD_TYPE })),
        documents: [
          refusedListener(
            PROXY,
            "Didn't find a registered implementation for name: 'virtual.environment.lua'",
          ),
        ],
      },
      expect: [
        {
          message: 'oldType',
          subject: filter,
          severity: 'critical',
          confidence: 'certain',
          values: { detail: "Didn't find a registered implementation for name: 'virtual.environment.lua'" },
        },
      ],
    },
    {
      name: 'v2 on Istio 1.27: the old name comes first',
      given: { objects: scene('1.27.3', tagFilter({ type: OLD_TYPE })) },
      expect: [{ message: 'oldName', subject: filter }],
    },
  ],
  unknown: [
    {
      name: 'EnvoyFilters were refused',
      given: { objects: [virtualEnvironment()], forbidden: [envoyFilters] },
      reason: /EnvoyFilter/,
    },
  ],
});
