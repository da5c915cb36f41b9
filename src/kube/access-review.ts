import type { PolicyRule } from '../model/coverage.ts';
import { type AskedRight, KubeError, type OwnRules } from '../model/kube.ts';
import { parseObject } from './get.ts';
import { readUpTo, type Transport } from './transport.ts';
import { createDeadline } from './watch.ts';

/** Served by all versions; every authenticated user may create them (ClusterRole system:basic-user). */
const REVIEWS = '/apis/authorization.k8s.io/v1';

const TIMEOUT_MS = 15_000;
/** The rules of a user with many roles, each repeated per binding. */
const MAX_REPLY = 8 * 1024 * 1024;

/** SelfSubjectRulesReview: the rules of all our roles in a namespace. Throws KubeError. */
export async function ownRules(
  transport: Transport,
  namespace: string,
  signal: AbortSignal,
): Promise<OwnRules> {
  const status = await review(transport, 'SelfSubjectRulesReview', { namespace }, signal);
  const resourceRules = (status.resourceRules ?? []) as PolicyRule[];
  const urlRules = (status.nonResourceRules ?? []) as PolicyRule[];
  return { rules: [...resourceRules, ...urlRules], complete: status.incomplete !== true };
}

/** SelfSubjectAccessReview: one question, answered by every authorizer. Throws KubeError. */
export async function may(transport: Transport, right: AskedRight, signal: AbortSignal): Promise<boolean> {
  const status = await review(transport, 'SelfSubjectAccessReview', attributesOf(right), signal);
  return status.allowed === true;
}

function attributesOf(right: AskedRight): object {
  const { verb, namespace = '' } = right;
  if ('url' in right) return { nonResourceAttributes: { path: right.url, verb } };
  const [resource, subresource = ''] = right.resource.split('/');
  return { resourceAttributes: { verb, namespace, group: right.group, resource, subresource } };
}

async function review(
  transport: Transport,
  kind: string,
  spec: object,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const controller = new AbortController();
  const path = `${REVIEWS}/${kind.toLowerCase()}s`;
  const watch = createDeadline(controller, TIMEOUT_MS, () => {
    return new KubeError(
      'timeout',
      `${transport.endpoint}: no answer to POST ${path} within ${TIMEOUT_MS / 1000} s`,
    );
  });
  const body = JSON.stringify({ apiVersion: 'authorization.k8s.io/v1', kind, spec });
  const reply = await transport.open(path, { method: 'POST', body, signal, controller, watch });
  if (reply.status >= 300) throw await transport.failure(path, reply, 'POST');
  const status = parseObject((await readUpTo(reply, MAX_REPLY)).body)?.status;
  if (typeof status === 'object' && status !== null) return status as Record<string, unknown>;
  throw new KubeError('bad-reply', `${transport.endpoint}: POST ${path} gives no review`);
}
