import type { ApiServerHealth } from '../artifacts/api-server-health.ts';
import type { DeriveContext, DocumentItem } from '../model/artifact.ts';
import { isOlder } from '../model/observation.ts';
import type { ApiServerAddress } from './api-server-instances.ts';
import { componentState } from './component-state.ts';

/** Hooks of the start are given this long: an API server is ready within half of it. */
const STARTUP_SECONDS = 60;

/** What the failing checks of one address amount to. */
export type FailedChecks =
  | { readonly is: 'fine' }
  | { readonly is: 'starting'; readonly names: readonly string[]; readonly reason: string }
  | {
      readonly is: 'etcd' | 'other';
      readonly names: readonly string[];
      /** What the first of them stands for. */
      readonly meaning: string;
      readonly items: readonly DocumentItem<ApiServerHealth>[];
    };

/** Checks by the beginning of their name (apiserver options/etcd.go, server/hooks.go, kube-aggregator). */
const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/^etcd/, 'etcd does not answer it'],
  [/^kms-provider/, 'the provider that encrypts Secrets does not answer; Secrets cannot be read or written'],
  [/^informer-sync/, 'it has not read all objects yet, which a slow etcd delays'],
  [
    /^poststarthook\/crd-informer-synced/,
    'it has not read all CustomResourceDefinitions: one is broken, or etcd is slow',
  ],
  [
    /^poststarthook\/(?:rbac|scheduling)/,
    'it cannot write its default roles or priority classes: etcd refuses or is slow',
  ],
  [/^(?:poststarthook\/apiservice|autoregister)/, 'its aggregation layer has not registered all API groups'],
  [/^poststarthook\//, 'a hook of its start has not ended'],
];
const OF_START = /^(?:poststarthook\/|informer-sync$|autoregister-completion$)/;

/** Judges the replies of one address; hooks of the start are no fault within a minute of it. */
export function failedChecks(address: ApiServerAddress, context: Pick<DeriveContext, 'age'>): FailedChecks {
  const items = address.replies.filter(({ value }) => !value.ok);
  const names = [
    ...new Set(items.flatMap(({ value }) => value.checks.filter(({ ok }) => !ok).map(({ name }) => name))),
  ];
  if (items.length === 0) return { is: 'fine' };
  if (names.includes('shutdown')) {
    return { is: 'starting', names, reason: 'it is shutting down, as for an upgrade or a restart' };
  }
  if (names.some((name) => name.startsWith('etcd'))) {
    return { is: 'etcd', names, meaning: '', items };
  }
  if (names.length > 0 && names.every((name) => OF_START.test(name))) {
    const started = startedLongAgo(address, context);
    if (started !== true) {
      const reason =
        started === false
          ? 'it started less than a minute before'
          : 'hooks of its start fail, and it is not known when it started';
      return { is: 'starting', names, reason };
    }
  }
  const [first = ''] = names;
  const meaning = MEANINGS.find(([pattern]) => pattern.test(first))?.[1];
  const status = items[0]?.value.status ?? 0;
  return {
    is: 'other',
    names: names.length > 0 ? names : [`HTTP ${status}`],
    meaning: meaning ?? 'the reason stands in its log',
    items,
  };
}

function startedLongAgo(
  { instance }: ApiServerAddress,
  context: Pick<DeriveContext, 'age'>,
): boolean | undefined {
  const state = instance && componentState(instance, context);
  const started = state?.container?.status.state?.running?.startedAt;
  return instance?.pod && isOlder(context.age(started, instance.pod), STARTUP_SECONDS);
}
