import type { ServiceAccountItem } from '../artifacts/access-resources.ts';
import type {
  PriorityClassItem,
  ResourceQuotaItem,
  RuntimeClassItem,
} from '../artifacts/policy-resources.ts';
import type { Collection } from '../model/artifact.ts';
import type { Lookup } from '../model/coverage.ts';
import type { ResourceIdentity } from '../model/json.ts';
import { type ObjectRef, subjectOf } from '../model/subject.ts';
import type { CreateFailure } from './create-failures.ts';
import { type CreateRefusal, parseRefusal } from './create-refusal.ts';
import { parseQuantity } from './quantity.ts';
import { podDemand, type QuotaUse, quotaScopes, quotaShortages } from './quota-use.ts';
import { backendsOfWebhooks } from './service-links.ts';
import type { WebhooksByName } from './webhooks-by-name.ts';

type Of<Message extends string, Values> = { readonly message: Message; readonly values: Values };

/** Why pods do not come into being, checked against what the refusal names. */
export type CreateVerdict = (
  | Of<'quotaExceeded', { quota: ObjectRef; resources: readonly string[] }>
  | Of<'quotaWantsValues', { quota: ObjectRef; missing: readonly string[] }>
  | Of<'quotaNotCounted', { quota: ObjectRef }>
  | Of<'quotaScopeMissing', { scopes: string }>
  | Of<'outsideLimitRange', { violations: readonly string[] }>
  | Of<'serviceAccountMissing', { account: ObjectRef }>
  | Of<'classMissing', { missing: ObjectRef }>
  | Of<'podSecurityDenied', { policy: string; violations: readonly string[] }>
  | Of<'webhookDenied' | 'webhookFailed', { webhook: string; detail: string }>
  | Of<'policyDenied', { policy: string; detail: string }>
  | Of<'notAllowed', { user: string; detail: string }>
  | Of<'templateInvalid' | 'refused' | 'retryPending', { detail: string }>
) & {
  /** Objects the refusal is about. */
  readonly related: readonly ObjectRef[];
  /** Objects that show it, with the field that does. */
  readonly shown: readonly { readonly item: object; readonly pointer: string }[];
  /** A named object that is not there. */
  readonly absent?: ObjectRef;
  /** `told`: the API server says so and nothing contradicts; `inferred`: nobody says so, the objects do. */
  readonly basis: 'verified' | 'told' | 'inferred';
};

/** What a refusal is checked against. */
export interface AdmissionObjects {
  readonly quotas: Collection<ResourceQuotaItem>;
  readonly accounts: Collection<ServiceAccountItem>;
  readonly priorityClasses: Collection<PriorityClassItem>;
  readonly runtimeClasses: Collection<RuntimeClassItem>;
  readonly webhooks: WebhooksByName;
}

/** Judges one failure. Undefined: nothing is said and nothing is found that would refuse the pods, or the namespace goes. */
export function createVerdict(failure: CreateFailure, objects: AdmissionObjects): CreateVerdict | undefined {
  if (!failure.said) return inferred(failure, objects);
  const refusal = parseRefusal(failure.said.message);
  const { namespace = '' } = failure.controller.metadata;
  switch (refusal.kind) {
    case 'terminating':
      return undefined;
    case 'quotaExceeded':
      return quotaExceeded(refusal, namespace, objects);
    case 'quotaWantsValues':
      return quotaNamed(refusal, namespace, objects);
    case 'quotaNotCounted':
      return quotaNamed(refusal, namespace, objects);
    case 'serviceAccount':
      return accountMissing(refusal.namespace, refusal.name, objects);
    case 'class':
      return classMissing(refusal, objects);
    case 'webhookDenied':
    case 'webhookFailed':
      return webhook(refusal, objects.webhooks);
    default:
      return told(refusal);
  }
}

const NOTHING = { related: [], shown: [] } as const;

type Told = Exclude<
  CreateRefusal,
  {
    kind:
      | 'terminating'
      | 'quotaExceeded'
      | 'quotaWantsValues'
      | 'quotaNotCounted'
      | 'serviceAccount'
      | 'class'
      | 'webhookDenied'
      | 'webhookFailed';
  }
>;

/** Refusals that name nothing to look up. */
function told(refusal: Told): CreateVerdict {
  const rest = { ...NOTHING, basis: 'told' } as const;
  switch (refusal.kind) {
    case 'quotaScopeMissing':
      return { message: 'quotaScopeMissing', values: { scopes: refusal.scopes }, ...rest };
    case 'limitRange':
      return { message: 'outsideLimitRange', values: { violations: refusal.violations }, ...rest };
    case 'podSecurity': {
      const { policy, violations } = refusal;
      return { message: 'podSecurityDenied', values: { policy, violations }, ...rest };
    }
    case 'policyDenied':
      return {
        message: 'policyDenied',
        values: { policy: refusal.policy, detail: refusal.detail },
        related: [
          {
            group: 'admissionregistration.k8s.io',
            kind: 'ValidatingAdmissionPolicy',
            name: refusal.policy,
          },
        ],
        shown: [],
        basis: 'told',
      };
    case 'notAllowed':
      return { message: 'notAllowed', values: { user: refusal.user, detail: refusal.detail }, ...rest };
    case 'invalid':
      return { message: 'templateInvalid', values: { detail: refusal.detail }, ...rest };
    case 'other':
      return { message: 'refused', values: { detail: refusal.detail }, ...rest };
  }
}

/** What the refusal names is no longer in the way: the controller's next attempt is due within its back-off. */
function passed(detail: string, item?: object): CreateVerdict {
  const shown = item ? [{ item, pointer: '' }] : [];
  return { message: 'retryPending', values: { detail }, related: [], shown, basis: 'verified' };
}

function quotaExceeded(
  refusal: Extract<CreateRefusal, { kind: 'quotaExceeded' }>,
  namespace: string,
  { quotas }: AdmissionObjects,
): CreateVerdict {
  const found = quotas.lookup({ namespace, name: refusal.quota });
  const quota: ObjectRef = { group: '', kind: 'ResourceQuota', namespace, name: refusal.quota };
  if (found.state === 'absent') return passed(`the quota ${refusal.quota} that refused it is gone`);
  if (found.state === 'unseen') {
    const resources = [...refusal.requested].map(
      ([name, asked]) =>
        `${name} (${asked} asked for, ${refusal.used.get(name) ?? '?'} of ${refusal.limited.get(name) ?? '?'} used)`,
    );
    return {
      message: 'quotaExceeded',
      values: { quota, resources },
      related: [quota],
      shown: [],
      basis: 'told',
    };
  }
  const demand = new Map([...refusal.requested].map(([name, asked]) => [name, parseQuantity(asked) ?? 0]));
  const short = quotaShortages(found.item, demand);
  if (short.length === 0)
    return passed(`the quota ${refusal.quota} that refused it has room now`, found.item);
  return {
    message: 'quotaExceeded',
    values: { quota, resources: short.map((use) => shortText(use, refusal.requested.get(use.resource))) },
    related: [quota],
    shown: short.map((use) => ({ item: found.item, pointer: use.pointer })),
    basis: 'verified',
  };
}

function shortText({ resource, usedText, hardText }: QuotaUse, asked: string | undefined): string {
  const want = asked === undefined ? '' : `${asked} asked for, `;
  return `${resource} (${want}${usedText} of ${hardText} used)`;
}

function quotaNamed(
  refusal: Extract<CreateRefusal, { kind: 'quotaWantsValues' | 'quotaNotCounted' }>,
  namespace: string,
  { quotas }: AdmissionObjects,
): CreateVerdict {
  const found = quotas.lookup({ namespace, name: refusal.quota });
  const quota: ObjectRef = { group: '', kind: 'ResourceQuota', namespace, name: refusal.quota };
  if (found.state === 'absent') return passed(`the quota ${refusal.quota} that refused it is gone`);
  const basis = found.state === 'present' ? 'verified' : 'told';
  const shown = found.state === 'present' ? [{ item: found.item, pointer: '/spec/hard' }] : [];
  if (refusal.kind === 'quotaWantsValues') {
    const values = { quota, missing: refusal.missing };
    return { message: 'quotaWantsValues', values, related: [quota], shown, basis };
  }
  const counted = found.state === 'present' && found.item.status?.used !== undefined;
  if (counted) return passed(`the quota ${refusal.quota} that refused it is counted now`, found.item);
  return { message: 'quotaNotCounted', values: { quota }, related: [quota], shown, basis };
}

function accountMissing(namespace: string, name: string, { accounts }: AdmissionObjects): CreateVerdict {
  const account: ObjectRef = { group: '', kind: 'ServiceAccount', namespace, name };
  const values = { account };
  const found: Lookup<ResourceIdentity> = accounts.lookup({ namespace, name });
  if (found.state === 'present')
    return passed(`the ServiceAccount ${name} that was missing exists now`, found.item);
  const verdict = { message: 'serviceAccountMissing', values, related: [account], shown: [] } as const;
  if (found.state === 'unseen') return { ...verdict, basis: 'told' };
  return { ...verdict, absent: account, basis: 'verified' };
}

function classMissing(
  { classKind, name }: Extract<CreateRefusal, { kind: 'class' }>,
  { priorityClasses, runtimeClasses }: AdmissionObjects,
): CreateVerdict {
  const isPriority = classKind === 'PriorityClass';
  const missing: ObjectRef = {
    group: isPriority ? 'scheduling.k8s.io' : 'node.k8s.io',
    kind: classKind,
    name,
  };
  const found: Lookup<ResourceIdentity> = isPriority
    ? priorityClasses.lookup({ name })
    : runtimeClasses.lookup({ name });
  if (found.state === 'present')
    return passed(`the ${classKind} ${name} that was missing exists now`, found.item);
  const verdict = { message: 'classMissing', values: { missing }, related: [missing], shown: [] } as const;
  if (found.state === 'unseen') return { ...verdict, basis: 'told' };
  return { ...verdict, absent: missing, basis: 'verified' };
}

/** Configurations named when several have a webhook of that name. */
const NAMESAKES = 3;

function webhook(
  { kind, webhook: name, detail }: Extract<CreateRefusal, { kind: 'webhookDenied' | 'webhookFailed' }>,
  webhooks: WebhooksByName,
): CreateVerdict {
  const found = webhooks.named(name).slice(0, NAMESAKES);
  if (found.length === 0 && webhooks.complete)
    return passed(`the webhook ${name} that stood in its way is gone`);
  const hooks = found.map(({ item, index }) => {
    const services = backendsOfWebhooks(item.webhooks?.slice(index, index + 1));
    return { item, pointer: `/webhooks/${index}/clientConfig`, refs: [subjectOf(item), ...services] };
  });
  return {
    message: kind,
    values: { webhook: name, detail: detail === '' ? 'it gives no reason' : detail },
    related: hooks.flatMap(({ refs }) => refs),
    shown: hooks.map(({ item, pointer }) => ({ item, pointer })),
    basis: 'told',
  };
}

/** Events expire: without words, what would refuse the next pod is looked for in the objects themselves. */
function inferred(
  { controller, template }: CreateFailure,
  objects: AdmissionObjects,
): CreateVerdict | undefined {
  const { namespace = '' } = controller.metadata;
  if (!template) return undefined;
  const account = accountMissing(namespace, template.spec?.serviceAccountName || 'default', objects);
  if (account.absent) return { ...account, basis: 'inferred' };
  const demand = podDemand(template.spec);
  for (const quota of objects.quotas.items) {
    if (quota.metadata.namespace !== namespace || quotaScopes(quota).length > 0) continue;
    const short = quotaShortages(quota, demand);
    if (short.length === 0) continue;
    return {
      message: 'quotaExceeded',
      values: { quota: subjectOf(quota), resources: short.map((use) => shortText(use, undefined)) },
      related: [subjectOf(quota)],
      shown: short.map((use) => ({ item: quota, pointer: use.pointer })),
      basis: 'inferred',
    };
  }
  return undefined;
}
