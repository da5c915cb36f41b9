import { type WebhookCall, webhookCalls } from '../../src/derive/webhook-calls.ts';
import { failuresByWebhook, type WebhookFailure, webhookFailures } from '../../src/derive/webhook-log.ts';
import { WEBHOOK_EXPLAINS } from '../../src/derive/webhook-messages.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** One call that takes too long is a hiccup. */
const TIMEOUTS = 5;
/** The default of `timeoutSeconds`; each request waits that long when a webhook hangs. */
const LONG_SECONDS = 10;

export const webhookSlow = defineAnalyzer({
  meta: {
    id: 'admission/webhook-slow',
    title: 'Admission webhook answers too late',
    description: 'Webhooks whose calls time out, and those that may hold up a request for long.',
    messages: {
      timesOut: {
        severity: 'warning',
        confidence: { level: 'likely', reason: 'log lines of the last hour say so' },
        text: 'The webhook `{webhook:text}` of {config:object} does not answer within {timeout:duration}: {count:count} calls failed so ({detail:text}).',
        remedy: [
          {
            text: 'See whether its pods are short of CPU, wait for something themselves, or are cut off from the control plane by a NetworkPolicy or a firewall between the API server and the pod network.',
          },
          {
            text: 'See the timeout and the rules of the {resource:text}.',
            argv: ['kubectl', 'get', '{resource}', '{config.name}', '-o', 'yaml'],
          },
        ],
        key: ['webhook'],
        effect: 'admission-failing',
        explains: WEBHOOK_EXPLAINS,
      },
      longTimeout: {
        severity: 'info',
        confidence: { level: 'certain', reason: 'the configuration says so' },
        text: 'The webhook `{webhook:text}` of {config:object} may take {timeout:duration}: requests wait that long when it hangs, and clients give up after 30 s or sooner.',
        remedy: [
          {
            text: 'Set `timeoutSeconds` of the {resource:text} to what it needs, a few seconds.',
            argv: ['kubectl', 'edit', '{resource}', '{config.name}'],
          },
        ],
        key: ['webhook'],
      },
    },
    checks: {
      prompt: {
        item: 'Admission webhook answers in time',
        expected: 'no timeout in the logs, a timeout of 10 s at most',
        found: '{timeout:duration} allowed',
      },
    },
    references: [
      'https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#timeouts',
      'kubernetes/kubernetes apiserver/pkg/admission/plugin/webhook: failed calling webhook, context deadline exceeded',
    ],
  },
  needs: { calls: webhookCalls, logs: optional(webhookFailures) },
  analyze({ calls, logs }, context) {
    const said = failuresByWebhook(logs.matches('timeout'), context);
    for (const call of calls.all) {
      const failure = said.get(call.hook.name);
      const timeout = call.hook.timeoutSeconds ?? LONG_SECONDS;
      if (failure && failure.count >= TIMEOUTS) reportTimeouts(call, failure, context);
      else if (timeout > LONG_SECONDS) reportLong(call, timeout, context);
      else context.looked({ check: 'prompt', values: { timeout }, subject: call.subject });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<typeof webhookSlow.meta.messages, NonNullable<typeof webhookSlow.meta.checks>>;

function reportTimeouts(call: WebhookCall, failure: WebhookFailure, context: Context): void {
  const { config, hook, pointer, resource, service, subject } = call;
  const { matches, detail, count, webhook } = failure;
  const hit = matches.hits.find((one) => one.captures.webhook === webhook);
  context.report({
    message: 'timesOut',
    values: {
      webhook,
      config: subjectOf(config),
      resource,
      timeout: hook.timeoutSeconds ?? LONG_SECONDS,
      count,
      detail,
    },
    subject,
    ...(service ? { related: [service] } : {}),
    evidence: [{ cite: 'matches', matches, ...(hit ? { hit } : {}) }, context.at(config, pointer)],
  });
}

function reportLong(
  { config, hook, pointer, resource, subject }: WebhookCall,
  timeout: number,
  context: Context,
): void {
  context.report({
    message: 'longTimeout',
    values: { webhook: hook.name, config: subjectOf(config), resource, timeout },
    subject,
    evidence: [context.at(config, pointer)],
  });
}
