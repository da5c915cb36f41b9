import { filterOrderUncertain } from '../../../analyzers/istio/filter-order-uncertain.ts';
import { envoyFilters } from '../../../src/artifacts/istio-workload-resources.ts';
import { ago } from '../../support/builders.ts';
import { meshPod, networking } from '../../support/istio-configuration-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

type Parts = Parameters<typeof networking>[3];
const filter = (name: string, configPatches: readonly object[], spec: object = {}, parts: Parts = {}) =>
  networking('EnvoyFilter', name, { ...spec, configPatches }, parts);
const placed = (operation: string, by: string, value: string) => ({
  applyTo: 'HTTP_FILTER',
  match: { listener: { filterChain: { filter: { name: 'hcm', subFilter: { name: by } } } } },
  patch: { operation, value: { name: value } },
});
const adds = placed('INSERT_BEFORE', 'envoy.filters.http.router', 'shop.lua');
const refers = placed('INSERT_AFTER', 'shop.lua', 'shop.ext');
const old: Parts = { metadata: { creationTimestamp: ago(90_000) } };

testAnalyzer(filterOrderUncertain, {
  silent: [
    { name: 'no EnvoyFilter', given: { objects: [meshPod('a')] }, status: 'not-applicable' },
    {
      name: 'the EnvoyFilter of KtEnv',
      given: {
        objects: [
          filter('virtual-env', [
            {
              applyTo: 'HTTP_FILTER',
              match: {
                context: 'SIDECAR_OUTBOUND',
                listener: { filterChain: { filter: { name: 'envoy.http_connection_manager' } } },
              },
              patch: { operation: 'INSERT_BEFORE', value: { name: 'virtual.environment.lua' } },
            },
          ]),
        ],
      },
    },
    {
      name: 'a higher priority, another namespace, both patches in one',
      given: {
        objects: [
          filter('adds', [adds]),
          filter('refers', [refers], { priority: 10 }, old),
          filter(
            'refers',
            [refers],
            {},
            { metadata: { namespace: 'other', creationTimestamp: ago(90_000) } },
          ),
          filter('both', [placed('INSERT_FIRST', '', 'own'), placed('INSERT_AFTER', 'own', 'x')]),
        ],
      },
    },
    {
      name: 'operations that fit, and one made a moment ago',
      given: {
        objects: [
          filter('fits', [
            { applyTo: 'HTTP_FILTER', patch: { operation: 'REPLACE' } },
            { applyTo: 'HTTP_ROUTE', patch: { operation: 'MERGE' } },
            { applyTo: 'CLUSTER', patch: { operation: 'ADD' } },
          ]),
          filter(
            'new',
            [{ applyTo: 'HTTP_ROUTE', patch: { operation: 'ADD' } }],
            {},
            {
              metadata: { creationTimestamp: ago(9) },
            },
          ),
        ],
      },
    },
    {
      name: 'an order that holds by age',
      given: { objects: [filter('adds', [adds], {}, old), filter('refers', [refers])] },
      info: [{ message: 'byChance', subject: 'EnvoyFilter/shop/refers', values: { name: 'shop.lua' } }],
    },
  ],
  reports: [
    {
      name: 'a filter that is added later',
      given: { objects: [filter('adds', [adds]), filter('refers', [refers], {}, old)] },
      expect: [
        {
          message: 'tooEarly',
          subject: 'EnvoyFilter/shop/refers',
          severity: 'warning',
          values: { name: 'shop.lua', patch: '1', operation: '`INSERT_AFTER`' },
        },
      ],
    },
    {
      name: 'operations that are passed over',
      given: {
        objects: [
          filter('odd', [
            { applyTo: 'CLUSTER', patch: { operation: 'REPLACE' } },
            { applyTo: 'HTTP_ROUTE', patch: { operation: 'ADD' } },
            { applyTo: 'ROUTE_CONFIGURATION', patch: { operation: 'REMOVE' } },
          ]),
        ],
      },
      expect: ['1', '2', '3'].map(() => ({
        message: 'operationIgnored',
        subject: 'EnvoyFilter/shop/odd',
        severity: 'warning' as const,
      })),
    },
  ],
  unknown: [{ name: 'EnvoyFilters', given: { objects: [meshPod('a')], forbidden: [envoyFilters] } }],
});
