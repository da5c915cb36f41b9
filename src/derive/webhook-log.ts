import { type DeriveContext, logSignals } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { LogMatches } from '../model/log-signals.ts';
import { recentMatches } from './log-recency.ts';

/**
 * Calls of webhooks that failed, as the API server and its clients write them (kubernetes/apiserver
 * pkg/admission/plugin/webhook/errors; dispatcher `failing closed`, `failing open`).
 */
export const webhookFailures = logSignals({
  component: { id: 'any' },
  patterns: {
    certificate: {
      any: ['failed calling webhook', 'failed calling admission webhook'],
      re: /failed calling (?:admission )?webhook \\*"(?<webhook>[^"\\]+)\\*".*?(?<detail>(?:tls: failed to verify certificate: )?x509: [^"\\]+)/,
    },
    timeout: {
      any: ['failed calling webhook', 'failed calling admission webhook'],
      re: /failed calling (?:admission )?webhook \\*"(?<webhook>[^"\\]+)\\*".*?(?<detail>context deadline exceeded|Client\.Timeout exceeded|i\/o timeout)/,
    },
  },
});

/** What the logs say of one webhook lately. */
export interface WebhookFailure {
  readonly webhook: string;
  /** The words of the last line that is kept. */
  readonly detail: string;
  /** Lines in all logs; of logs that name several webhooks, the share of this one is a lower bound. */
  readonly count: number;
  readonly matches: LogMatches;
}

/** Failures by webhook from the logs that speak of the time of the collection. */
export function failuresByWebhook(
  all: readonly LogMatches[],
  context: Pick<DeriveContext, 'age'>,
): ReadonlyMap<string, WebhookFailure> {
  const found = new Map<string, WebhookFailure>();
  for (const matches of recentMatches(all, context)) {
    const counts = new Map<string, { count: number; detail: string }>();
    for (const { captures } of matches.hits) {
      const one = getOrCreate(counts, captures.webhook ?? '', () => ({ count: 0, detail: '' }));
      one.count += 1;
      one.detail = captures.detail ?? '';
    }
    for (const [webhook, { count, detail }] of counts) {
      const known = found.get(webhook);
      const share = counts.size === 1 ? matches.count : count;
      if (known && known.count >= share) continue;
      found.set(webhook, { webhook, detail, count: share, matches });
    }
  }
  return found;
}
