import {
  type ClientTls,
  type DestinationRuleItem,
  destinationRules,
  type TrafficPolicy,
} from '../../src/artifacts/istio-resources.ts';
import { pods } from '../../src/artifacts/resources.ts';
import { configurationApplies } from '../../src/derive/istio-configuration.ts';
import { istioSidecars } from '../../src/derive/istio-sidecars.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import { subjectOf } from '../../src/model/subject.ts';

export const tlsNotVerified = defineAnalyzer({
  meta: {
    id: 'istio/tls-not-verified',
    title: 'Server certificate not verified by a DestinationRule',
    description:
      'DestinationRules that have proxies speak TLS to a server and name no CA to verify its certificate by.',
    messages: {
      unverified: {
        severity: 'info',
        confidence: {
          level: 'possible',
          reason: 'newer versions of Istio verify by the CAs of the system then',
        },
        text: '{rule:object} has proxies connect to `{host:text}` with TLS mode `{mode:text}` and names no CA: the certificate of the server may not be verified.',
        remedy: [
          { text: 'Set `caCertificates`, to `system` for public servers, and `subjectAltNames`.' },
          {
            text: 'Edit the rule.',
            argv: ['kubectl', 'edit', 'destinationrule', '{rule.name}', '-n', '{rule.namespace}'],
          },
        ],
      },
    },
    checks: {
      verified: {
        item: 'DestinationRule names a CA',
        expected: 'with TLS, a CA',
        found: 'it does, or uses no TLS of its own',
      },
    },
    references: [
      'istio/istio pkg/config/analysis/analyzers/destinationrule/ca-server.go: IST0128, IST0129',
      'https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings',
    ],
  },
  needs: { rules: destinationRules, pods: optional(pods), sidecars: optional(istioSidecars) },
  appliesTo: (inputs) =>
    configurationApplies({ DestinationRule: inputs.rules }, inputs.pods, inputs.sidecars),
  analyze({ rules }, context) {
    for (const rule of rules.items) {
      const subject = subjectOf(rule);
      const [found] = unverified(rule);
      if (!found) {
        context.looked({ check: 'verified', values: {}, subject });
        continue;
      }
      const values = { rule: subject, host: rule.spec?.host ?? '', mode: found.tls.mode ?? '' };
      context.report({ message: 'unverified', values, subject, evidence: [context.at(rule, found.pointer)] });
    }
    return undefined;
  },
});

/** Settings with TLS and without a CA, at any level of a rule. */
function unverified({ spec }: DestinationRuleItem): { tls: ClientTls; pointer: string }[] {
  const settings = [
    ...settingsOf(spec?.trafficPolicy, '/spec/trafficPolicy'),
    ...(spec?.subsets ?? []).flatMap(({ trafficPolicy }, index) =>
      settingsOf(trafficPolicy, `/spec/subsets/${index}/trafficPolicy`),
    ),
  ];
  return settings.filter(
    ({ tls }) =>
      (tls.mode === 'SIMPLE' || tls.mode === 'MUTUAL') &&
      !tls.caCertificates &&
      // The Secret holds the CA as well; and this one says that it is meant.
      !tls.credentialName &&
      !tls.insecureSkipVerify,
  );
}

function settingsOf(policy: TrafficPolicy | undefined, pointer: string) {
  const { tls, portLevelSettings = [] } = policy ?? {};
  return [
    ...(tls ? [{ tls, pointer: `${pointer}/tls` }] : []),
    ...portLevelSettings.flatMap((setting, index) =>
      setting.tls ? [{ tls: setting.tls, pointer: `${pointer}/portLevelSettings/${index}/tls` }] : [],
    ),
  ];
}
