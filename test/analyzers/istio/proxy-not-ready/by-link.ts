import { istiod, meshNamespace, meshPod } from '../../../support/istio-builders.ts';
import type { AnalyzerCases } from '../../../support/test-analyzer.ts';
import {
  blocked,
  closed,
  log,
  lua,
  NO_CONFIG,
  PILOT,
  REFUSED,
  REJECTED,
  tried,
  UNREADY,
  WEB,
  web,
} from './scene.ts';

/** The control plane, the way to it, and what comes from it: questions 1 to 6. */
export const BY_LINK: AnalyzerCases['reports'] = [
  {
    name: '1 no pod of the control plane is ready',
    given: { objects: [...istiod({ ready: false }), web], logs: log(REFUSED, NO_CONFIG) },
    expect: [{ message: 'controlPlaneDown', subject: WEB, severity: 'critical' }],
  },
  {
    name: '1 also for a native sidecar, without any log',
    given: { objects: [...istiod({ ready: false }), meshPod('web', { ...UNREADY, native: true })] },
    expect: [{ message: 'controlPlaneDown', subject: WEB }],
  },
  {
    name: '2 the revision was removed',
    given: {
      objects: [
        ...istiod({ revision: '1-27' }),
        meshPod('web', { ...UNREADY, discovery: 'istiod-1-20.istio-system.svc:15012' }),
      ],
      logs: log(NO_CONFIG),
    },
    expect: [
      {
        message: 'controlPlaneMissing',
        subject: WEB,
        values: {
          address: 'istiod-1-20.istio-system.svc:15012',
          problem: 'there is no Service istiod-1-20 in namespace istio-system',
          planes: ['1-27 (istio-system)'],
        },
      },
    ],
  },
  {
    name: '2 no control plane at all, as the seed has it',
    given: { objects: [meshPod('web', { ...UNREADY, version: '1.5.0' })], logs: log(PILOT) },
    expect: [
      {
        message: 'controlPlaneMissing',
        subject: WEB,
        values: { address: 'istio-pilot.istio-system:15010', planes: 'none' },
      },
    ],
  },
  {
    name: '2 a port the Service does not have',
    given: {
      objects: [...istiod(), meshPod('web', { ...UNREADY, discovery: 'istiod.istio-system.svc:15099' })],
    },
    expect: [
      { message: 'controlPlaneMissing', subject: WEB, values: { problem: 'istiod has no port 15099' } },
    ],
  },
  {
    name: '3 the name is not resolved',
    given: {
      objects: [...istiod(), web],
      logs: log(
        closed(
          'Error while dialing: dial tcp: lookup istiod.istio-system.svc on 10.96.0.10:53: no such host',
        ),
        NO_CONFIG,
      ),
    },
    expect: [{ message: 'nameNotResolved', subject: WEB, confidence: 'certain' }],
  },
  {
    name: '4 nobody answers; another pod of the workload serves',
    given: {
      objects: [
        ...istiod(),
        meshPod('web', {
          ...UNREADY,
          ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'w', controller: true }],
        }),
        meshPod('web-2', {
          ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'w', controller: true }],
        }),
      ],
      logs: log(REFUSED, NO_CONFIG),
    },
    expect: [
      {
        message: 'unreachable',
        subject: WEB,
        severity: 'warning',
        values: { host: 'istiod.istio-system.svc', port: '15012' },
      },
    ],
  },
  {
    name: '4 a NetworkPolicy is in the way',
    given: {
      objects: [...istiod(), web, blocked, meshNamespace('shop'), meshNamespace('istio-system')],
      logs: log(closed('Error while dialing: dial tcp 10.96.3.4:15012: i/o timeout'), NO_CONFIG),
    },
    expect: [{ message: 'policyBlocks', subject: WEB, confidence: 'likely' }],
  },
  {
    name: '5 the root is another',
    given: {
      objects: [...istiod(), web],
      logs: log(
        closed('authentication handshake failed: x509: certificate signed by unknown authority (possibly…)'),
      ),
    },
    expect: [{ message: 'certificateUntrusted', subject: WEB }],
  },
  {
    name: '5 its token is refused',
    given: {
      objects: [
        ...istiod({ namespace: 'mesh' }),
        meshPod('web', { ...UNREADY, discovery: 'istiod.mesh.svc:15012' }),
      ],
      logs: log(
        'error\tcitadelclient\tfailed to sign CSR: create certificate: rpc error: code = Unauthenticated desc = request authenticate failure',
      ),
    },
    expect: [
      {
        message: 'notAuthenticated',
        subject: WEB,
        values: { detail: 'Unauthenticated: request authenticate failure', home: 'mesh' },
      },
    ],
  },
  {
    name: '5 no certificate is issued',
    given: {
      objects: [...istiod(), web],
      logs: log(
        'error\tcache\tresource:default failed to sign: create certificate: rpc error: code = Internal desc = CA not ready',
      ),
    },
    expect: [{ message: 'certificateNotIssued', subject: WEB }],
  },
  {
    name: '6 the configuration came and was refused, though the line says that it was not received',
    given: { objects: [...istiod(), web, lua], logs: log(REFUSED, ...REJECTED) },
    expect: [
      {
        message: 'configurationRejected',
        subject: WEB,
        values: {
          counters: 'clusters 1 accepted and 0 rejected, listeners 0 and 3 rejected',
          origin: 'The reason names what comes from EnvoyFilter shop/tags.',
        },
      },
    ],
  },
  {
    name: '6 also while the control plane is away since',
    given: { objects: [...istiod({ ready: false }), web], logs: log(REJECTED[1]!) },
    expect: [{ message: 'configurationRejected', subject: WEB, values: { origin: '' } }],
  },
  {
    name: '3 tried from its container: the name is not resolved',
    given: {
      objects: [...istiod(), web],
      documents: [tried(6, ' 0 0 0 000', 'Could not resolve host: istiod.istio-system.svc')],
    },
    expect: [
      {
        message: 'nameNotResolved',
        subject: WEB,
        confidence: 'certain',
        values: { detail: 'Could not resolve host: istiod.istio-system.svc' },
      },
    ],
  },
  {
    name: '4 tried from its container: the connection is refused',
    given: {
      objects: [...istiod(), web],
      documents: [
        tried(
          7,
          '10.96.3.4 0.01 0 0 000',
          'Failed to connect to istiod.istio-system.svc port 15012: Connection refused',
        ),
      ],
      logs: log(NO_CONFIG),
    },
    expect: [{ message: 'unreachable', subject: WEB, values: { port: '15012' } }],
  },
  {
    name: '5 tried from its container: the certificate is of another root',
    given: {
      objects: [...istiod(), web],
      documents: [
        tried(
          60,
          '10.96.3.4 0.01 0.02 0 000',
          'SSL certificate problem: self-signed certificate in certificate chain',
        ),
      ],
    },
    expect: [{ message: 'certificateUntrusted', subject: WEB }],
  },
];
