import { destinationRules } from '../../src/artifacts/istio-resources.ts';
import { peerAuthentications } from '../../src/artifacts/istio-workload-resources.ts';
import { pods } from '../../src/artifacts/resources.ts';
import { configurationApplies } from '../../src/derive/istio-configuration.ts';
import { faultParts, judgeFaults } from '../../src/derive/istio-fault.ts';
import { istioHosts } from '../../src/derive/istio-hosts.ts';
import { istioMesh } from '../../src/derive/istio-mesh.ts';
import { serverModes } from '../../src/derive/istio-mutual-tls.ts';
import { mutualTlsFaults } from '../../src/derive/istio-mutual-tls-faults.ts';
import { istioSidecars } from '../../src/derive/istio-sidecars.ts';
import { istioWorkloads } from '../../src/derive/istio-workloads.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import { subjectOf } from '../../src/model/subject.ts';

const BROKEN = {
  severity: 'critical',
  confidence: { level: 'certain', reason: 'the objects say so' },
  effect: 'service-unreachable',
  explains: [{ effect: 'connection-failing', via: ['same-object'] }],
  key: ['rule', 'ports'],
} as const;
const AUTOMATIC = {
  text: 'Take the `tls` setting out of the rule: proxies then use mutual TLS with each pod that has a proxy, and plain text with others.',
  argv: ['kubectl', 'edit', 'destinationrule', '{rule.name}', '-n', '{rule.namespace}'],
} as const;

export const mutualTlsMismatch = defineAnalyzer({
  meta: {
    id: 'istio/mutual-tls-mismatch',
    title: 'Clients and servers disagree on mutual TLS',
    description:
      'DestinationRules that have clients connect without mutual TLS to pods that accept nothing else, or with it to pods that cannot answer it.',
    messages: {
      plainToStrict: {
        ...BROKEN,
        text: '{rule:object} has clients connect to ports {ports:text} of {service:object} with TLS mode {mode:text}, but its pods accept mutual TLS only ({policy:text}): connections are reset.',
        remedy: [
          AUTOMATIC,
          {
            text: 'Or set mode `ISTIO_MUTUAL` in the rule, or `PERMISSIVE` for the pods of {service:object}.',
          },
        ],
      },
      mutualToPlain: {
        ...BROKEN,
        text: '{rule:object} has clients connect to ports {ports:text} of {service:object} with mutual TLS, but its pods {why:text}: the handshake fails.',
        remedy: [AUTOMATIC, { text: 'Or have the pods of {service:object} injected.' }],
      },
    },
    checks: {
      agree: {
        item: 'Clients and servers agree on mutual TLS',
        expected: 'the rule fits the pods of its host',
        found: 'it fits',
      },
    },
    references: [
      'https://istio.io/latest/docs/ops/common-problems/network-issues/#503-errors-after-setting-destination-rule',
      'https://istio.io/latest/docs/reference/config/security/peer_authentication/',
    ],
  },
  needs: {
    rules: destinationRules,
    policies: peerAuthentications,
    pods: optional(pods),
    sidecars: istioSidecars,
    hosts: istioHosts,
    workloads: istioWorkloads,
    mesh: istioMesh,
  },
  appliesTo: (inputs) =>
    configurationApplies({ DestinationRule: inputs.rules }, inputs.pods, inputs.sidecars),
  analyze({ rules, policies, sidecars, hosts, workloads, mesh }, context) {
    // A policy that was not seen may let the pods off.
    if (!policies.coverage.complete) return undefined;
    const around = { hosts, workloads, sidecars, modes: serverModes(policies.items, mesh.rootNamespace) };
    for (const rule of rules.items) {
      const subject = subjectOf(rule);
      judgeFaults(rule, mutualTlsFaults(rule, around), context, {
        unseen: (reason) => context.looked({ check: 'agree', unseen: reason, subject }),
        fine: () => context.looked({ check: 'agree', values: {}, subject }),
        report: (fault) => {
          const parts = faultParts(rule, fault, context);
          const { finding } = fault;
          context.report({
            ...finding,
            ...parts,
            subject: finding.values.service,
            related: [subject, ...parts.related],
          });
        },
      });
    }
    return undefined;
  },
});
