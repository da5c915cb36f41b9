import { pods } from '../../src/artifacts/resources.ts';
import { type DeniedRequest, deniedRequests } from '../../src/derive/denied-requests.ts';
import { isReady } from '../../src/derive/pod-readiness.ts';
import {
  type AccessRequest,
  type AccessVerdict,
  rbacEvaluation,
  serviceAccountOf,
} from '../../src/derive/rbac-evaluation.ts';
import { REQUEST_DENIED_MESSAGES } from '../../src/derive/request-denied-messages.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

/** Users whose rights are roles of Kubernetes itself; a kubelet's are not roles, other users' groups are unknown. */
const COMPONENTS = new Set([
  'system:kube-controller-manager',
  'system:kube-scheduler',
  'system:cloud-controller-manager',
  'system:kube-proxy',
]);
const RELATED_PODS = 5;

const needs = { denied: deniedRequests, rbac: rbacEvaluation, pods: optional(pods) };

export const requestDenied = defineAnalyzer({
  meta: {
    id: 'kubernetes/request-denied',
    title: 'Requests refused for lack of rights',
    description:
      'Refused calls of ServiceAccounts and components, checked against the roles and bindings of the bundle.',
    messages: REQUEST_DENIED_MESSAGES,
    checks: {
      allowed: {
        item: 'A request that was refused is allowed now',
        expected: 'a role bound to the account allows it',
        found: '{verb:text} {resource:text} is allowed by `{role:text}`',
      },
    },
    references: [
      'https://kubernetes.io/docs/reference/access-authn-authz/rbac/',
      'kubernetes/kubernetes apiserver/pkg/endpoints/handlers/responsewriters: text of a refusal',
    ],
  },
  needs,
  analyze(inputs, context) {
    for (const denied of inputs.denied) {
      const account = accountOf(denied.request);
      if (account) judge(denied, account, { inputs, context });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof requestDenied.meta.messages,
  NonNullable<typeof requestDenied.meta.checks>
>;

function accountOf({ user }: AccessRequest): ObjectRef | undefined {
  const account = serviceAccountOf(user);
  if (account) return { group: '', kind: 'ServiceAccount', ...account };
  return COMPONENTS.has(user) ? { group: 'rbac.authorization.k8s.io', kind: 'User', name: user } : undefined;
}

interface Surroundings {
  readonly inputs: Inputs<typeof needs>;
  readonly context: Context;
}

function judge(denied: DeniedRequest, account: ObjectRef, { inputs, context }: Surroundings): void {
  const { request } = denied;
  const verdict = inputs.rbac.judge(request);
  if (verdict.state === 'allowed') {
    const { verb, resource } = request;
    const role = verdict.grant.role.metadata.name;
    context.looked({ check: 'allowed', values: { verb, resource, role }, subject: account });
    return;
  }
  const values = {
    account,
    user: request.user,
    verb: request.verb,
    resource: request.group === '' ? request.resource : `${request.resource}.${request.group}`,
    where: request.namespace === undefined ? 'in all namespaces' : `in namespace ${request.namespace}`,
  };
  const saying = denied.pods.flatMap((key) => {
    const [namespace = '', name = ''] = key.split('/');
    const found = inputs.pods.lookup({ namespace, name });
    return found.state === 'present' ? [found.item] : [];
  });
  const common = {
    subject: account,
    evidence: evidenceOf(denied, verdict, context),
    related: [
      ...(verdict.state === 'unbound' && verdict.dangling ? [subjectOf(verdict.dangling)] : []),
      ...saying.slice(0, RELATED_PODS).map((pod) => subjectOf(pod)),
    ],
  };
  if (verdict.state === 'unseen') {
    context.report({ message: 'unverified', values: { ...values, reason: verdict.gap.reason }, ...common });
  } else if (account.kind === 'User') {
    context.report({ message: 'componentDenied', values, ...common });
  } else {
    // Where who is refused does not become ready, the refusal is no side show.
    const severity = saying.some((pod) => !isReady(pod)) ? 'critical' : 'warning';
    context.report({ ...findingOf(verdict, account, values), ...common, severity });
  }
}

interface Common {
  readonly account: ObjectRef;
  readonly user: string;
  readonly verb: string;
  readonly resource: string;
  readonly where: string;
}

/** What is nearest to the right that is missing. */
function findingOf(
  verdict: Exclude<AccessVerdict, { state: 'allowed' | 'unseen' }>,
  account: ObjectRef,
  values: Common,
) {
  if (verdict.state === 'lacksVerb') {
    const shown = { role: subjectOf(verdict.grant.role), verbs: verdict.verbs.join(', ') };
    return { message: 'lacksVerb', values: { ...values, ...shown } } as const;
  }
  if (verdict.state === 'elsewhere') {
    const { role, binding } = verdict.grant;
    const shown = { role: subjectOf(role), binding: subjectOf(binding) };
    return { message: 'boundElsewhere', values: { ...values, ...shown } } as const;
  }
  const message = account.name === 'default' ? 'defaultAccount' : 'notBound';
  const candidate = verdict.candidate
    ? `${verdict.candidate.kind} \`${verdict.candidate.metadata.name}\` would allow it.`
    : 'No role of the cluster that is not meant for everything would allow it.';
  return { message, values: { ...values, candidate } } as const;
}

function evidenceOf({ log, event }: DeniedRequest, verdict: AccessVerdict, context: Context): EvidenceRefs {
  const shown =
    'grant' in verdict
      ? [context.at(verdict.grant.role, '/rules'), context.at(verdict.grant.binding, '')]
      : verdict.state === 'unbound' && verdict.candidate
        ? [context.at(verdict.candidate, '/rules')]
        : [];
  const said = [
    ...(log ? [{ cite: 'matches', matches: log.matches, hit: log.hit } as const] : []),
    ...(event ? [context.at(event, '/message')] : []),
  ];
  return [...said, ...shown] as unknown as EvidenceRefs;
}
