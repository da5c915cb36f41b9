import { tlsNotVerified } from '../../../analyzers/istio/tls-not-verified.ts';
import { destinationRules } from '../../../src/artifacts/istio-resources.ts';
import { destinationRule, meshPod } from '../../support/istio-configuration-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const rule = (tls: object) => destinationRule('pay.example', [], { trafficPolicy: { tls } });
const subject = 'DestinationRule/shop/pay';

testAnalyzer(tlsNotVerified, {
  silent: [
    { name: 'no rule', given: { objects: [meshPod('a')] }, status: 'not-applicable' },
    ...[
      { mode: 'ISTIO_MUTUAL' },
      { mode: 'DISABLE' },
      { mode: 'SIMPLE', caCertificates: 'system' },
      { mode: 'MUTUAL', credentialName: 'client' },
      { mode: 'SIMPLE', insecureSkipVerify: true },
    ].map((tls) => ({ name: JSON.stringify(tls), given: { objects: [rule(tls)] } })),
  ],
  reports: [
    {
      name: 'TLS without a CA',
      given: { objects: [rule({ mode: 'SIMPLE' })] },
      expect: [{ message: 'unverified', subject, severity: 'info', values: { mode: 'SIMPLE' } }],
    },
    {
      name: 'at one port of a subset',
      given: {
        objects: [
          destinationRule('pay.example', [], {
            subsets: [
              {
                name: 'v1',
                trafficPolicy: { portLevelSettings: [{ port: { number: 443 }, tls: { mode: 'MUTUAL' } }] },
              },
            ],
          }),
        ],
      },
      expect: [{ message: 'unverified', subject, values: { mode: 'MUTUAL' } }],
    },
  ],
  unknown: [{ name: 'rules', given: { objects: [meshPod('a')], forbidden: [destinationRules] } }],
});
