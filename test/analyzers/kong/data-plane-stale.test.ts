import { dataPlaneStale } from '../../../analyzers/kong/data-plane-stale.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, pod } from '../../support/builders.ts';
import {
  broken,
  clusterService,
  controlPlane,
  dataPlane,
  kongLogOf,
  notAsked,
  registry,
  row,
} from '../../support/kong.ts';
import { planeStatus } from '../../support/kong-plane-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const OLD = '5e6f708192a3b4c5d6e7f8091a2b3c4d';
const CURRENT = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
const subject = 'Pod/kong/kong-dp-0';
const objects = [dataPlane(), controlPlane(), ...clusterService()];
const elsewhere = dataPlane('kong-dp-0', { env: { KONG_CLUSTER_CONTROL_PLANE: 'cp.example.com:8005' } });
const konnect = dataPlane('kong-dp-0', {
  env: { KONG_CLUSTER_CONTROL_PLANE: '1a2b.eu.cp0.konghq.com:443' },
});

testAnalyzer(dataPlaneStale, {
  silent: [
    { name: 'connected', given: { objects, documents: [registry([row('kong-dp-0', 12)])] } },
    {
      name: 'cut off, but it takes no traffic',
      given: {
        objects: [
          dataPlane('kong-dp-0', { container: { ready: false } }),
          controlPlane(),
          ...clusterService(),
        ],
        documents: [registry([row('kong-dp-0', 600)])],
      },
    },
    {
      name: 'cut off and without any configuration',
      given: { objects, documents: [registry([row('kong-dp-0', 600, { config_hash: '0'.repeat(32) })])] },
    },
    { name: 'no data plane', given: { objects: [pod('web')] }, status: 'not-applicable' },
  ],
  reports: [
    {
      name: 'ready and cut off for ten minutes',
      given: { objects, documents: [registry([row('kong-dp-0', 600)])] },
      expect: [{ message: 'cached', subject, severity: 'warning', confidence: 'likely', since: ago(600) }],
    },
    {
      name: 'the others have got another configuration since',
      given: {
        objects,
        documents: [
          registry([row('kong-dp-0', 600, { config_hash: OLD }), row('kong-dp-9', 5, { ip: '10.20.0.19' })]),
        ],
      },
      expect: [{ message: 'behind', subject, confidence: 'certain', values: { own: OLD, current: CURRENT } }],
    },
    {
      name: 'its own Status API tells which configuration it serves',
      given: {
        objects,
        documents: [registry([row('kong-dp-9', 5, { ip: '10.20.0.19' })]), planeStatus('kong-dp-0', OLD)],
      },
      expect: [{ message: 'behind', subject, values: { own: OLD } }],
    },
    {
      name: 'no control plane asked: its log shows that it is cut off',
      given: {
        objects,
        rows: [notAsked()],
        logs: [kongLogOf('kong-dp-0', [8, broken('failed to connect: timeout')])],
      },
      expect: [{ message: 'cached', subject }],
    },
  ],
  unknown: [
    {
      name: 'the control plane runs in another cluster',
      given: { objects: [elsewhere], rows: [notAsked()] },
      reason: /is none of this cluster/,
    },
    {
      name: 'the control plane is in Konnect',
      given: { objects: [konnect], rows: [notAsked()] },
      reason: /Kong Konnect/,
    },
    { name: 'pods were refused', given: { forbidden: [pods], rows: [notAsked()] }, reason: /not allowed/ },
  ],
});
