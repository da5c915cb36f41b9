import { resourceQuotas } from '../../src/artifacts/policy-resources.ts';
import { quotaScopes, quotaUses } from '../../src/derive/quota-use.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import type { ItemOf } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** Share from which a quota is nearly full: alert KubeQuotaAlmostFull. */
const NEARLY = 0.9;
/** The quota controller counts a new quota within seconds, and all of them every five minutes. */
const COUNTED_SECONDS = 300;

const CERTAIN = { level: 'certain', reason: 'the quota counts it' } as const;
const SHOW = {
  text: 'See what the quota allows and what is used.',
  argv: ['kubectl', 'describe', 'resourcequota', '{quota.name}', '-n', '{quota.namespace}'],
} as const;

/** Resources whose creation by people leaves no event when it is refused, with what cannot be created then. */
const SILENT: readonly (readonly [RegExp, string])[] = [
  [/^services\.loadbalancers$/, 'a Service of type LoadBalancer'],
  [/^services\.nodeports$/, 'a Service of type NodePort or LoadBalancer'],
  [/^(?:count\/)?services$/, 'a Service'],
  [/^(?:count\/)?persistentvolumeclaims$/, 'a PersistentVolumeClaim'],
  [/\.storageclass\.storage\.k8s\.io\/persistentvolumeclaims$/, 'a PersistentVolumeClaim of this class'],
  [/requests\.storage$/, 'a PersistentVolumeClaim'],
  [/^(?:count\/)?secrets$/, 'a Secret'],
  [/^(?:count\/)?configmaps$/, 'a ConfigMap'],
  [/^count\//, 'an object of this kind'],
];

export const quotaExhausted = defineAnalyzer({
  meta: {
    id: 'kubernetes/quota-exhausted',
    title: 'Resource quota used up',
    description: 'Resource quotas that are nearly full, full, exceeded, or not counted.',
    messages: {
      exceeded: {
        severity: 'warning',
        confidence: CERTAIN,
        text: '{quota:object} allows {hard:text} of `{resource:text}` and {used:text} are used: it was lowered below what runs, and refuses {refused:text} until it is below again.',
        remedy: [
          { text: 'Raise the quota, or remove what is too much: nothing is removed by itself.' },
          SHOW,
        ],
        key: ['resource'],
      },
      full: {
        severity: 'info',
        confidence: CERTAIN,
        text: '{quota:object} is full: all {hard:text} of `{resource:text}` are used, so {refused:text} is refused.',
        remedy: [
          { text: 'That is in order while nothing more is wanted; otherwise free some or raise the quota.' },
          SHOW,
        ],
        key: ['resource'],
      },
      nearlyFull: {
        severity: 'info',
        confidence: CERTAIN,
        text: '{quota:object} is nearly full: {used:text} of {hard:text} of `{resource:text}` are used.',
        remedy: [{ text: 'Raise it before the next rollout, which needs room for its surge.' }, SHOW],
        key: ['resource'],
      },
      notCounted: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'the quota has no status' },
        text: '{quota:object} has not been counted in the {age:duration} it exists: what it limits is refused.',
        remedy: [
          { text: 'The controller manager counts quotas: see whether it runs and has a leader.' },
          SHOW,
        ],
        effect: 'workload-not-available',
        explains: [{ effect: 'pods-not-created', via: ['same-namespace'] }],
      },
    },
    checks: {
      room: { item: 'Quota has room', expected: 'below 90 %', found: '{count:count} resources with room' },
    },
    references: [
      'https://kubernetes.io/docs/concepts/policy/resource-quotas/',
      'kubernetes-mixin: KubeQuotaAlmostFull, KubeQuotaFullyUsed, KubeQuotaExceeded',
    ],
  },
  needs: { quotas: resourceQuotas },
  analyze({ quotas }, context) {
    for (const quota of quotas.items) {
      if (!quota.metadata.deletionTimestamp) judge(quota, context);
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof quotaExhausted.meta.messages,
  NonNullable<typeof quotaExhausted.meta.checks>
>;

function judge(quota: ItemOf<typeof resourceQuotas>, context: Context): void {
  const subject = subjectOf(quota);
  const uses = quotaUses(quota);
  const limited = Object.keys(quota.spec?.hard ?? {});
  if (uses.length === 0 && limited.length > 0) {
    const age = context.age(quota.metadata.creationTimestamp, quota);
    if (age && isOlder(age, COUNTED_SECONDS)) {
      const evidence = [context.at(quota, '/spec'), context.at(quota, '/status')] as const;
      context.report({
        message: 'notCounted',
        values: { quota: subject, age: age.seconds },
        subject,
        evidence,
      });
    } else context.looked({ check: 'room', unseen: 'the quota has not been counted yet', subject });
    return;
  }
  let room = 0;
  for (const { resource, used, hard, usedText, hardText, pointer } of uses) {
    const values = { quota: subject, resource, used: usedText, hard: hardText };
    const refused = refusedBy(resource, quotaScopes(quota));
    const common = { subject: subjectOf(quota, pointer), evidence: [context.at(quota, pointer)] as const };
    // A quota of nothing is a ban somebody wanted.
    if (hard === 0 && used === 0) room += 1;
    else if (used > hard) context.report({ message: 'exceeded', values: { ...values, refused }, ...common });
    else if (used === hard)
      context.report({
        message: 'full',
        values: { quota: subject, resource, hard: hardText, refused },
        ...common,
      });
    else if (used >= hard * NEARLY) context.report({ message: 'nearlyFull', values, ...common });
    else room += 1;
  }
  if (room > 0) context.looked({ check: 'room', values: { count: room }, subject });
}

function refusedBy(resource: string, scopes: readonly string[]): string {
  const what = SILENT.find(([pattern]) => pattern.test(resource))?.[1];
  if (what) return `${what} that is created`;
  return scopes.length === 0
    ? 'a pod that needs more'
    : `a pod of the scopes ${scopes.join(', ')} that needs more`;
}
