import { DATA_PLANES, rowsOf } from '../support/kong-hybrid.ts';
import { planeStatus } from '../support/kong-plane-builders.ts';
import {
  failing,
  ILL,
  ILL_NAME,
  OLD_HASH,
  onlyIll,
  silent,
  tells,
  unready,
} from '../support/kong-scenario.ts';

const LIKELY = ['certain', 'likely'] as const;

tells({
  name: 'a name of the control plane that does not resolve, in a pod that never got a configuration',
  parts: {
    dataPlane: onlyIll({
      ...unready(),
      env: { KONG_CLUSTER_CONTROL_PLANE: 'kong-cp.kong-system.svc.cluster.local:8005' },
    }),
    rows: rowsOf().slice(0, ILL),
    ready: DATA_PLANES.length - 1,
    logs: [
      failing(
        'failed to connect: [cosocket] DNS resolution failed: dns server error: 3 name error. Tried: []',
      ),
    ],
  },
  cause: 'kong/data-plane-not-connected#dnsFailed',
  confidence: LIKELY,
  symptoms: ['network/service-name-unknown#serviceDoubtful'],
});

tells({
  name: 'port 8005 blocked on the way',
  parts: { rows: rowsOf(onlyIll(silent(700))), logs: [failing('failed to connect: timeout')] },
  cause: 'kong/data-plane-not-connected#unreachable',
  confidence: LIKELY,
  symptoms: ['kong/data-plane-stale#cached'],
});

tells({
  name: 'a data plane that is ready and serves its cached configuration while it is cut off',
  parts: {
    rows: rowsOf(onlyIll({ ...silent(7000), config_hash: OLD_HASH })),
    documents: [planeStatus(ILL_NAME, OLD_HASH)],
    logs: [failing('failed to connect: connection refused')],
  },
  cause: 'kong/data-plane-not-connected#unreachable',
  confidence: LIKELY,
  symptoms: ['kong/data-plane-stale#behind'],
  symptomsNotAsked: ['kong/data-plane-stale#cached'],
});
