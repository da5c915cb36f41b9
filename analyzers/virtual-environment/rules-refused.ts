import { destinationRules, virtualServices } from '../../src/artifacts/istio-resources.ts';
import { envoyFilters } from '../../src/artifacts/istio-workload-resources.ts';
import { pods } from '../../src/artifacts/resources.ts';
import { lastLineOf, recentMatches } from '../../src/derive/log-recency.ts';
import { RULE_ANNOTATION, ruleAnnotation } from '../../src/derive/virtual-environment-annotation.ts';
import { environmentOperatorLog } from '../../src/derive/virtual-environment-operator-log.ts';
import {
  environmentRouting,
  type NamespaceRouting,
  type ServiceRouting,
} from '../../src/derive/virtual-environment-routing.ts';
import { environmentNamespaces } from '../../src/derive/virtual-environments.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import type { Gap } from '../../src/model/coverage.ts';
import type { LogHit, LogMatches } from '../../src/model/log-signals.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** Somebody wrote at the same time; the operator tries again. */
const PASSING =
  /object has been modified|already exists|context deadline exceeded|etcdserver: leader changed/;
/** KtEnv on Alibaba Cloud Service Mesh has its custom resources in another cluster (alibaba/virtual-environment issue 33). */
const ELSEWHERE = /already added into ASM/i;

const SAID = { level: 'certain', reason: 'the operator writes so, and the object is not there' } as const;
const RULES = [{ effect: 'not-reconciled', via: ['same-object'] }] as const;

const needs = {
  environments: environmentNamespaces,
  routing: environmentRouting,
  pods,
  virtualServices,
  destinationRules,
  filters: optional(envoyFilters),
  log: optional(environmentOperatorLog),
};
type In = Inputs<typeof needs>;

export const rulesRefused = defineAnalyzer({
  meta: {
    id: 'virtual-environment/rules-refused',
    title: 'Rules of a virtual environment refused',
    description:
      'VirtualServices, DestinationRules and EnvoyFilters the API server refuses from the operator of KtEnv, and annotations it cannot read.',
    messages: {
      creationRefused: {
        severity: 'critical',
        confidence: SAID,
        text: 'The operator may not create {kind:text} `{name:text}` for {object:object}: {detail:text}.',
        remedy: [
          {
            text: 'Mend what the message names; the webhook of Istio checks names of subsets and routes, other webhooks their own rules.',
          },
          {
            text: 'When the custom resources of Istio live in another cluster (a managed mesh), the operator has to run there.',
          },
        ],
        key: ['kind'],
        effect: 'not-reconciled',
        explains: RULES,
        check: 'accepted',
      },
      changeRefused: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'the last line of its log about it says so' },
        text: 'The operator of {namespace:object} fails to {verb:text} a {kind:text}: {detail:text}.',
        remedy: [{ text: 'Mend what the message names: the object stays as it was before the change.' }],
        key: ['kind', 'verb'],
        explains: RULES,
        check: 'accepted',
      },
      annotationUnreadable: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'the annotation was parsed here' },
        text: 'The annotation `kt-virtual-environment/rule` of {service:object} does nothing: {reason:text}.',
        remedy: [
          {
            text: 'Write one HTTPRoute of Istio as a JSON object. Of several matches in it only the first counts.',
            argv: ['kubectl', 'get', 'service', '{service.name}', '-n', '{service.namespace}', '-o', 'yaml'],
          },
        ],
        check: 'accepted',
      },
      annotationRefused: {
        severity: 'warning',
        confidence: {
          level: 'likely',
          reason: 'the log says so without a name, and this annotation is the only one',
        },
        text: 'The operator cannot read the annotation `kt-virtual-environment/rule` of {service:object}: {detail:text}.',
        remedy: [
          {
            text: 'Compare its fields with HTTPRoute of Istio: a field of another type than expected spoils all of it.',
          },
        ],
        check: 'accepted',
      },
    },
    checks: {
      accepted: {
        checklist: 'virtual-environment',
        item: 'Routing rules: nothing is refused',
        expected: 'objects written, annotations readable',
        found: 'none refused',
      },
    },
    references: [
      'alibaba/virtual-environment pkg/component/router/istio/http_router.go, http/virtual_service_generator.go',
      'alibaba/virtual-environment issues 21, 33',
    ],
  },
  needs,
  appliesTo: ({ environments }) => environments.applies,
  analyze(inputs, context) {
    for (const namespace of inputs.routing) {
      const told = [
        reportCreations(namespace, inputs, context),
        reportChanges(namespace, inputs, context),
        reportAnnotations(namespace, inputs, context),
      ];
      const subject = subjectOf(namespace.effective.instance);
      const gap = namespace.gap ?? unreadLog(namespace, inputs);
      if (gap) context.looked({ check: 'accepted', unseen: gap, subject });
      else if (!told.some(Boolean)) context.looked({ check: 'accepted', values: {}, subject });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof rulesRefused.meta.messages,
  NonNullable<typeof rulesRefused.meta.checks>
>;
type Pattern = 'createFailed' | 'changeFailed' | 'ruleFailed';

function matchesOf(
  { environment: { operator } }: NamespaceRouting,
  { log }: In,
  pattern: Pattern,
): readonly LogMatches[] {
  return (operator?.pods ?? []).flatMap(({ metadata: { namespace = '', name } }) =>
    log.matches(pattern, { namespace, pod: name, container: operator?.container ?? '' }),
  );
}

/** Why the log of an operator's pod was not read: then nobody knows what was refused. */
function unreadLog({ environment }: NamespaceRouting, { log }: In): Gap | undefined {
  const { namespace: watched, operator } = environment;
  for (const { metadata } of operator?.pods ?? []) {
    const { namespace = watched, name: pod } = metadata;
    const container = operator?.container ?? '';
    if (log.seen({ namespace, pod, container })) continue;
    const scope = { type: 'container', namespace, pod, container, previous: false } as const;
    const reason = `the log of operator \`${namespace}/${pod}\` was not read`;
    return log.coverage.gaps[0] ?? { artifact: 'logs', scope, outcome: 'skipped', reason };
  }
  return undefined;
}

/** Lines about objects that do not exist now, the last one of each. */
function reportCreations(namespace: NamespaceRouting, inputs: In, context: Context): boolean {
  const lines = new Map<string, { readonly matches: LogMatches; readonly hit: LogHit }>();
  for (const matches of matchesOf(namespace, inputs, 'createFailed')) {
    for (const hit of matches.hits) {
      const { kind = '', name = '', error = '' } = hit.captures;
      if (!PASSING.test(error)) lines.set(`${kind}/${name}`, { matches, hit });
    }
  }
  const services = new Map(namespace.services.map((one) => [one.service.metadata.name, one]));
  let told = false;
  for (const { matches, hit } of lines.values()) {
    const object = whoseIsMissing(hit.captures, namespace, { services, inputs });
    if (!object) continue;
    const { kind = '', name = '', error = '' } = hit.captures;
    const managed = ELSEWHERE.test(error) ? ' (a managed mesh keeps these objects in its own cluster)' : '';
    context.report({
      message: 'creationRefused',
      values: {
        kind: kind === 'TagAppender' ? 'EnvoyFilter' : kind,
        name,
        object: subjectOf(object),
        detail: `${error}${managed}`,
      },
      subject: subjectOf(object),
      related: [subjectOf(namespace.effective.instance)],
      evidence: [{ cite: 'matches', matches, hit }, context.at(object)],
    });
    told = true;
  }
  return told;
}

/** The object the line is about, when what was to be created does not exist; undefined when it does, or is not wanted. */
function whoseIsMissing(
  { kind, name = '' }: LogHit['captures'],
  { effective: { instance, spec }, gap }: NamespaceRouting,
  { services, inputs }: { readonly services: ReadonlyMap<string, ServiceRouting>; readonly inputs: In },
) {
  if (kind === 'TagAppender') {
    const { namespace = '' } = instance.metadata;
    const missing = inputs.filters.lookup({ namespace, name }).state === 'absent';
    return missing && spec.autoInject && name === instance.metadata.name ? instance : undefined;
  }
  const routing = services.get(name);
  if (gap || !routing?.expected.made) return undefined;
  const found = kind === 'VirtualService' ? routing.virtualService : routing.destinationRule;
  return found.state === 'absent' ? routing.service : undefined;
}

/** The line has no name: it counts when it is the last one of its kind, and recent. */
function reportChanges(namespace: NamespaceRouting, inputs: In, context: Context): boolean {
  const recent = recentMatches(matchesOf(namespace, inputs, 'changeFailed'), context);
  const matches = recent.at(-1);
  const { error = '', verb = '', kind = '' } = matches?.hits.at(-1)?.captures ?? {};
  if (!matches || PASSING.test(error)) return false;
  const name = namespace.environment.namespace;
  const { instance } = namespace.effective;
  const ref = { group: '', kind: 'Namespace', name } as const;
  context.report({
    message: 'changeRefused',
    values: { namespace: ref, verb, kind, detail: error },
    subject: subjectOf(instance),
    related: [ref],
    evidence: [lastLineOf(matches), context.at(instance)],
  });
  return true;
}

function reportAnnotations(namespace: NamespaceRouting, inputs: In, context: Context): boolean {
  const annotated = namespace.services
    .map(({ service }) => ({ service, annotation: ruleAnnotation(service) }))
    .filter(({ annotation }) => annotation.state !== 'none');
  const unreadable = annotated.filter(({ annotation }) => annotation.state === 'unreadable');
  for (const { service, annotation } of unreadable) {
    if (annotation.state !== 'unreadable') continue;
    const subject = subjectOf(service);
    const pointer = `/metadata/annotations/${RULE_ANNOTATION.replace('/', '~1')}`;
    context.report({
      message: 'annotationUnreadable',
      values: { service: subject, reason: annotation.reason },
      subject,
      evidence: [context.at(service, pointer)],
    });
  }
  if (unreadable.length > 0) return true;
  const matches = recentMatches(matchesOf(namespace, inputs, 'ruleFailed'), context).at(-1);
  const [only] = annotated;
  if (!matches || !only || annotated.length > 1 || namespace.gap) return false;
  const subject = subjectOf(only.service);
  const detail =
    /\{(.*)\} Failed to unmarshal/.exec(matches.hits.at(-1)?.text ?? '')?.[1] ?? 'it does not say why';
  const evidence = [lastLineOf(matches), context.at(only.service)] as const;
  context.report({ message: 'annotationRefused', values: { service: subject, detail }, subject, evidence });
  return true;
}
