import { dataPlaneNotConnected } from '../../../analyzers/kong/data-plane-not-connected.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { broken, dataPlane, notAsked } from '../../support/kong.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';
import { byList } from './data-plane-not-connected/by-list.ts';
import { byLog } from './data-plane-not-connected/by-log.ts';
import { byObject } from './data-plane-not-connected/by-object.ts';
import { logOnly, QUIET } from './data-plane-not-connected/given-kong.ts';
import { silent } from './data-plane-not-connected/silent.ts';

testAnalyzer(dataPlaneNotConnected, {
  silent,
  reports: [...byLog, ...byList, ...byObject],
  unknown: [
    {
      name: 'the control plane runs elsewhere',
      given: {
        objects: [dataPlane('kong-dp-0', { env: { KONG_CLUSTER_CONTROL_PLANE: 'cp.example.com:8005' } })],
        rows: [notAsked()],
        logs: [QUIET],
      },
      reason: /no pod runs a Kong control plane here/,
    },
    {
      name: 'failures in the log, but a configuration was applied after them',
      given: logOnly(
        [60, broken('failed to connect: timeout')],
        [30, '[notice] [DB cache] purging (local) cache, context: ngx.timer'],
      ),
    },
    {
      name: 'failures in a log of unknown age',
      given: { ...logOnly([8, broken('failed to connect: timeout')]), errorSeconds: 300 },
    },
    { name: 'pods were refused', given: { forbidden: [pods], rows: [notAsked()] }, reason: /not allowed/ },
  ],
});
