import { configMaps } from '../../../../src/artifacts/resources.ts';
import { ago, pod } from '../../../support/builders.ts';
import { istiod, istioSettings, meshPod, proxyContainer } from '../../../support/istio-builders.ts';
import type { AnalyzerCases } from '../../../support/test-analyzer.ts';
import { log, NO_CONFIG, PILOT, REFUSED, ROOT_VOLUME, UNREADY, WAITING, web, withInit } from './scene.ts';

/** What must not be accused. */
export const SILENT: AnalyzerCases['silent'] = [
  { name: 'no mesh', given: { objects: [pod('web')] }, status: 'not-applicable' },
  {
    name: 'a ready proxy, whatever its log says',
    given: { objects: [meshPod('web')], logs: log(REFUSED, PILOT) },
  },
  {
    name: 'a proxy that has just begun',
    given: {
      objects: [
        meshPod('web', { proxyStatus: { ready: false, state: { running: { startedAt: ago(40) } } } }),
      ],
      logs: log(NO_CONFIG),
    },
  },
  {
    name: 'a pod that is being deleted',
    given: {
      objects: [{ ...web, metadata: { ...web.metadata, deletionTimestamp: ago(20) } }],
      logs: log(NO_CONFIG),
    },
  },
  {
    name: 'an ended Job',
    given: { objects: [meshPod('other'), meshPod('web', { ...UNREADY, status: { phase: 'Succeeded' } })] },
  },
  {
    name: 'ztunnel, which writes otherwise',
    given: {
      objects: [
        meshPod('web', {
          ...UNREADY,
          spec: {
            containers: [{ name: 'istio-proxy', image: 'istio/ztunnel:1.27.0', args: ['proxy', 'ztunnel'] }],
          },
        }),
      ],
    },
  },
  {
    name: 'an unready proxy that says nothing known, its control plane well',
    given: { objects: [...istiod(), web], logs: log('info\tsomething else') },
  },
  {
    name: 'a control plane outside of the cluster that nothing accuses',
    given: {
      objects: [meshPod('web', { ...UNREADY, discovery: 'mesh.example.com:15012' })],
      logs: log('info\tx'),
    },
  },
  {
    name: 'init containers that ended well',
    given: { objects: [...istiod(), withInit('istio-init', { exitCode: 0 })] },
  },
  {
    name: 'a ConfigMap that was not seen is not missing',
    given: {
      objects: [
        meshPod('web', {
          proxyStatus: WAITING,
          spec: { containers: [proxyContainer()], volumes: [ROOT_VOLUME] },
        }),
      ],
      forbidden: [configMaps],
    },
  },
  {
    name: 'a ConfigMap that is there',
    given: {
      objects: [
        istioSettings('istio-ca-root-cert', {}, 'shop'),
        meshPod('web', {
          proxyStatus: WAITING,
          spec: { containers: [proxyContainer()], volumes: [ROOT_VOLUME] },
        }),
      ],
    },
  },
];
