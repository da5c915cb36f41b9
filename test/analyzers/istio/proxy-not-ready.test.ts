import { proxyNotReady } from '../../../analyzers/istio/proxy-not-ready.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { istiod } from '../../support/istio-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';
import { BY_LINK } from './proxy-not-ready/by-link.ts';
import { BY_START } from './proxy-not-ready/by-start.ts';
import { web } from './proxy-not-ready/scene.ts';
import { SILENT } from './proxy-not-ready/silent.ts';

testAnalyzer(proxyNotReady, {
  silent: SILENT,
  reports: [...BY_LINK, ...BY_START],
  unknown: [
    { name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ },
    {
      name: 'it is not ready, and its log was refused',
      given: { objects: [...istiod(), web], forbidden: [{ id: 'logs' }] },
      reason: /not allowed/,
    },
  ],
});
