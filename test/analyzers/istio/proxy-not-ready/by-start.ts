import { istiod, meshPod, proxyContainer, proxyLogOf } from '../../../support/istio-builders.ts';
import type { AnalyzerCases } from '../../../support/test-analyzer.ts';
import { CRASHING, log, NO_CONFIG, ROOT_VOLUME, UNREADY, WAITING, WEB, web, withInit } from './scene.ts';

/** The start of the pod and of Envoy, and what is left: questions 7 to 12. */
export const BY_START: AnalyzerCases['reports'] = [
  {
    name: '7 the root certificate of the namespace is missing',
    given: {
      objects: [
        ...istiod(),
        meshPod('web', {
          proxyStatus: WAITING,
          spec: { containers: [proxyContainer()], volumes: [ROOT_VOLUME] },
        }),
      ],
    },
    expect: [{ message: 'rootCertificateMissing', subject: WEB, values: { namespace: 'shop' } }],
  },
  {
    name: '8 the redirection cannot be set up',
    given: {
      objects: [...istiod(), withInit('istio-init', {})],
      logs: [
        proxyLogOf(
          'web',
          [
            "iptables v1.8.4 (legacy): can't initialize iptables table `nat': Permission denied (you must be root)",
          ],
          { container: 'istio-init' },
        ),
      ],
    },
    expect: [
      {
        message: 'setupFailed',
        subject: WEB,
        values: {
          container: 'istio-init',
          code: 1,
          meaning: "can't initialize iptables table `nat': Permission denied (you must be root)",
        },
      },
    ],
  },
  {
    name: '8 the plugin of Istio came too late',
    given: { objects: [...istiod(), withInit('istio-validation', { exitCode: 126 })] },
    expect: [
      {
        message: 'setupFailed',
        subject: WEB,
        values: {
          container: 'istio-validation',
          code: 126,
          meaning: 'the plugin of Istio has not redirected the traffic of this pod',
        },
      },
    ],
  },
  {
    name: '9 a certificate is not valid yet',
    given: {
      objects: [...istiod(), web],
      logs: log(
        'error\tx509: certificate has expired or is not yet valid: current time 2026-01-15T11:58:00Z is before 2026-01-15T13:00:00Z',
      ),
    },
    expect: [{ message: 'certificateTimes', subject: WEB, values: { state: 'not valid yet' } }],
  },
  {
    name: '10 Envoy was killed',
    given: {
      objects: [...istiod(), meshPod('web', { proxyStatus: CRASHING })],
      logs: log('error\tEnvoy exited with error: signal: killed'),
    },
    expect: [
      {
        message: 'envoyKilled',
        subject: WEB,
        values: { memory: 'no limit of its own' },
        confidence: 'likely',
      },
    ],
  },
  {
    name: '11 versions too far apart, and nothing else',
    given: {
      objects: [...istiod({ version: '1.27.0' }), meshPod('web', { ...UNREADY, version: '1.20.3' })],
      logs: log(NO_CONFIG),
    },
    expect: [
      {
        message: 'versionTooOld',
        subject: WEB,
        confidence: 'possible',
        values: { version: '1.20.3', planeVersion: '1.27.0' },
      },
    ],
  },
  {
    name: '12 the hook fails',
    given: {
      objects: [
        ...istiod(),
        meshPod('web', {
          proxyStatus: {
            ready: false,
            state: { waiting: { reason: 'PostStartHookError', message: 'command exited with 137' } },
          },
        }),
      ],
      logs: log('info\tx'),
    },
    expect: [{ message: 'startHookFailed', subject: WEB, values: { detail: 'command exited with 137' } }],
  },
  {
    name: 'none of these: what its readiness says, as JSON too',
    given: { objects: [...istiod(), web], logs: [proxyLogOf('web', [NO_CONFIG], { json: true })] },
    expect: [
      { message: 'notReady', subject: WEB, values: { meaning: 'nothing has come from its control plane' } },
    ],
  },
  {
    name: 'none of these: a part still warms up',
    given: {
      objects: [...istiod(), web],
      logs: log(
        'warn\tEnvoy proxy is NOT ready: config not fully received from XDS server: cds updates: 1 successful, 0 rejected; lds updates: 0 successful, 0 rejected',
      ),
    },
    expect: [
      {
        message: 'notReady',
        subject: WEB,
        values: {
          meaning: 'a part of its configuration has not come, mostly clusters or secrets that still warm up',
        },
      },
    ],
  },
];
