import {
  type ServingVerdict,
  servingCertificates,
  trustedBy,
} from '../../src/derive/serving-certificates.ts';
import { type WebhookCall, webhookCalls } from '../../src/derive/webhook-calls.ts';
import { failuresByWebhook, type WebhookFailure, webhookFailures } from '../../src/derive/webhook-log.ts';
import { WEBHOOK_EXPLAINS } from '../../src/derive/webhook-messages.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

/** What injects a CA bundle needs a moment after the configuration is created. */
const INJECTED_SECONDS = 300;

const COMPARED = { level: 'certain', reason: 'the signatures were checked' } as const;
const UNMOUNTED = {
  level: 'possible',
  reason: 'a Secret with its name is there, but no pod behind the Service mounts it',
} as const;
const INVALID = {
  severity: ['critical', 'warning'],
  confidence: COMPARED,
  key: ['webhook'],
  effect: 'admission-failing',
  explains: WEBHOOK_EXPLAINS,
} as const;
const SHOW = {
  text: 'See the {resource:text}; its `caBundle` is base64 of PEM.',
  argv: ['kubectl', 'get', '{resource}', '{config.name}', '-o', 'yaml'],
} as const;
const INJECT = {
  text: 'Where cert-manager issues the certificate, the annotation `cert-manager.io/inject-ca-from` keeps the bundle right; see that its cainjector runs.',
} as const;

export const webhookCertificateInvalid = defineAnalyzer({
  meta: {
    id: 'admission/webhook-certificate-invalid',
    title: 'Certificate of an admission webhook not accepted',
    description: 'Webhooks whose CA bundle is empty or does not verify what their Service serves.',
    messages: {
      noBundle: {
        ...INVALID,
        confidence: { level: 'likely', reason: 'no public authority signs for names of Services' },
        text: 'The webhook `{webhook:text}` of {config:object} has no `caBundle`: the API server does not trust what {service:object} serves, and what it is called for {consequence:text}.',
        remedy: [SHOW, INJECT],
      },
      notTrusted: {
        ...INVALID,
        text: 'The webhook `{webhook:text}` of {config:object} has a `caBundle` that does not verify the certificate in {secret:object}, which {service:object} serves: {why:text}. What it is called for {consequence:text}.',
        remedy: [
          { text: 'Put the authority that signed the certificate into the `caBundle`.' },
          SHOW,
          INJECT,
        ],
      },
      expired: {
        ...INVALID,
        confidence: { level: 'certain', reason: 'the dates in the certificate say so' },
        text: 'The webhook `{webhook:text}` of {config:object} fails since {notAfter:time}: the certificate in {expiredIn:object} has expired. What it is called for {consequence:text}.',
        remedy: [
          {
            text: 'Renew the certificate; if it is signed by another authority afterwards, renew the `caBundle` too.',
          },
          SHOW,
          INJECT,
        ],
      },
      refused: {
        ...INVALID,
        confidence: { level: 'likely', reason: 'the log says so; which certificate was served is not seen' },
        text: 'The webhook `{webhook:text}` of {config:object} is called, but its certificate is not accepted: {detail:text}. What it is called for {consequence:text}.',
        remedy: [{ text: 'Compare the certificate its address serves with its `caBundle`.' }, SHOW, INJECT],
      },
    },
    checks: {
      trusted: {
        item: 'Certificate of the admission webhook is trusted',
        expected: 'signed by the `caBundle`',
        found: 'signed by the `caBundle`',
      },
    },
    references: [
      'https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#authenticate-apiservers',
      'admissionregistration.k8s.io/v1 WebhookClientConfig: without caBundle the system trust roots are used',
    ],
  },
  needs: { calls: webhookCalls, serving: servingCertificates, logs: optional(webhookFailures) },
  analyze({ calls, serving, logs }, context) {
    const said = failuresByWebhook(logs.matches('certificate'), context);
    for (const call of calls.all) {
      const { hook, service } = call;
      const failure = said.get(hook.name);
      const trusted = trustedBy(hook.clientConfig?.caBundle);
      const verdict = service && trusted.length > 0 ? serving.judge(service, trusted) : undefined;
      if (service && verdict) judge(call, { service, verdict, failure }, context);
      else if (service) judgeWithoutBundle(call, service, context);
      else if (failure) reportRefused(call, failure, context);
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof webhookCertificateInvalid.meta.messages,
  NonNullable<typeof webhookCertificateInvalid.meta.checks>
>;

function frameOf(call: WebhookCall) {
  const { config, hook, resource, refuses, subject } = call;
  return {
    values: {
      webhook: hook.name,
      config: subjectOf(config),
      resource,
      consequence: refuses ? 'is refused' : 'goes through unchecked and unchanged',
    },
    common: { subject, severity: refuses ? ('critical' as const) : ('warning' as const) },
  };
}

interface Judged {
  readonly service: ObjectRef;
  readonly verdict: ServingVerdict;
  readonly failure: WebhookFailure | undefined;
}

function judge(call: WebhookCall, { service, verdict, failure }: Judged, context: Context): void {
  const { config, pointer, subject } = call;
  const { values, common } = frameOf(call);
  const field = context.at(config, `${pointer}/clientConfig/caBundle`);
  if (verdict.state === 'notTrusted') {
    const { leaf, mounted } = verdict;
    const why =
      verdict.verdict === 'same-name-other-key'
        ? 'it holds an authority of that name, but with another key'
        : `it holds no authority called \`${leaf.facts.issuer}\``;
    context.report({
      message: 'notTrusted',
      values: { ...values, service, secret: leaf.subject, why },
      ...common,
      related: [service, leaf.subject],
      evidence: [field, context.at(leaf.holder, leaf.pointer), ...(failure ? [logOf(failure)] : [])],
      ...(mounted || failure ? {} : { confidence: UNMOUNTED }),
    });
  } else if (verdict.state === 'fine') {
    const { leaf } = verdict;
    const bundleEnd = trustedBy(call.hook.clientConfig?.caBundle)
      .map((one) => one.notAfter)
      .sort()
      .at(-1);
    const leafIsOver = isOlder(context.age(leaf.facts.notAfter, leaf.holder), 0) === true;
    if (!leafIsOver && isOlder(context.age(bundleEnd, config), 0) !== true) {
      context.looked({ check: 'trusted', values: {}, subject });
      return;
    }
    const notAfter = leafIsOver ? leaf.facts.notAfter : (bundleEnd ?? '');
    context.report({
      message: 'expired',
      values: { ...values, expiredIn: leafIsOver ? leaf.subject : subjectOf(config), notAfter },
      ...common,
      related: [...(leafIsOver ? [leaf.subject] : []), service],
      evidence: [context.at(leaf.holder, leaf.pointer), field],
      since: notAfter,
    });
  } else if (verdict.state === 'unseen') {
    if (failure) reportRefused(call, failure, context);
    else context.looked({ check: 'trusted', unseen: verdict.reason, subject });
  }
}

function judgeWithoutBundle(call: WebhookCall, service: ObjectRef, context: Context): void {
  const { config, pointer } = call;
  if (isOlder(context.age(config.metadata.creationTimestamp, config), INJECTED_SECONDS) !== true) return;
  const { values, common } = frameOf(call);
  const evidence = [context.at(config, `${pointer}/clientConfig`)] as const;
  context.report({
    message: 'noBundle',
    values: { ...values, service },
    ...common,
    related: [service],
    evidence,
  });
}

function reportRefused(call: WebhookCall, failure: WebhookFailure, context: Context): void {
  const { config, pointer, service } = call;
  const { values, common } = frameOf(call);
  context.report({
    message: 'refused',
    values: { ...values, detail: failure.detail },
    ...common,
    ...(service ? { related: [service] } : {}),
    evidence: [logOf(failure), context.at(config, `${pointer}/clientConfig`)],
  });
}

function logOf({ matches, webhook }: WebhookFailure) {
  const hit = matches.hits.find((one) => one.captures.webhook === webhook);
  return { cite: 'matches', matches, ...(hit ? { hit } : {}) } as const;
}
