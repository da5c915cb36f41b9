import { virtualServices } from '../../src/artifacts/istio-resources.ts';
import { pods } from '../../src/artifacts/resources.ts';
import { configurationApplies, isSettled } from '../../src/derive/istio-configuration.ts';
import { istioSidecars } from '../../src/derive/istio-sidecars.ts';
import { coveredRules } from '../../src/derive/istio-unreachable-rules.ts';
import { defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import { subjectOf } from '../../src/model/subject.ts';

const ORDER = {
  text: 'Rules are tried from the first to the last: put the narrower one before the wider one, or delete it.',
  argv: ['kubectl', 'get', 'virtualservice', '{route.name}', '-n', '{route.namespace}', '-o', 'yaml'],
} as const;
const CERTAIN = { level: 'certain', reason: 'an earlier rule takes every such request' } as const;

export const routeUnreachable = defineAnalyzer({
  meta: {
    id: 'istio/route-unreachable',
    title: 'Rule of a VirtualService that is never used',
    description:
      'Rules and matches of VirtualServices behind an earlier rule that takes all of their requests.',
    messages: {
      unreachable: {
        severity: 'warning',
        confidence: CERTAIN,
        text: 'Rules of {route:object} are never used, since an earlier one takes all of their requests and sends them elsewhere: {rules:text}.',
        remedy: [ORDER],
        effect: 'route-broken',
      },
      ineffective: {
        severity: 'info',
        confidence: CERTAIN,
        text: 'Rules or matches of {route:object} have no effect, since an earlier rule takes their requests: {rules:text}.',
        remedy: [ORDER],
      },
    },
    checks: {
      used: {
        item: 'Every rule of a VirtualService can be used',
        expected: 'no rule behind a wider one',
        found: 'all can',
      },
    },
    references: [
      'istio/istio pkg/config/analysis/analyzers/util and schema validation: IST0130, IST0131',
      'https://istio.io/latest/docs/concepts/traffic-management/#routing-rule-precedence',
    ],
  },
  needs: { virtualServices, pods: optional(pods), sidecars: optional(istioSidecars) },
  appliesTo: (inputs) =>
    configurationApplies({ VirtualService: inputs.virtualServices }, inputs.pods, inputs.sidecars),
  analyze(inputs, context) {
    for (const item of inputs.virtualServices.items) {
      const route = subjectOf(item);
      const covered = coveredRules(item);
      if (covered.length === 0 || isSettled(item, context) !== true) {
        context.looked({ check: 'used', values: {}, subject: route });
        continue;
      }
      const lost = covered.filter(({ match, isSame }) => match === undefined && !isSame);
      const shown = lost.length > 0 ? lost : covered;
      const places = shown
        .slice(0, 3)
        .map(({ traffic, index }) => context.at(item, `/spec/${traffic}/${index}`));
      context.report({
        message: lost.length > 0 ? 'unreachable' : 'ineffective',
        values: { route, rules: [...new Set(shown.map(({ text }) => text))].slice(0, 10) },
        subject: route,
        evidence: places as unknown as EvidenceRefs,
      });
    }
    return undefined;
  },
});
