import { mutatingWebhookConfigurations } from '../../src/artifacts/extension-resources.ts';
import { trustedBy } from '../../src/derive/serving-certificates.ts';
import { shippedKey } from '../../src/derive/virtual-environment-key.ts';
import { environmentCall } from '../../src/derive/virtual-environment-webhook.ts';
import { environmentNamespaces } from '../../src/derive/virtual-environments.ts';
import { type WebhookCall, webhookCalls } from '../../src/derive/webhook-calls.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import { subjectOf } from '../../src/model/subject.ts';

const needs = {
  environments: environmentNamespaces,
  calls: optional(webhookCalls),
  mutating: optional(mutatingWebhookConfigurations),
};

export const webhookKeyPublic = defineAnalyzer({
  meta: {
    id: 'virtual-environment/webhook-key-public',
    title: 'Webhook of KtEnv with the key from its repository',
    description: 'A `caBundle` that trusts the certificate authority whose key everybody can read.',
    messages: {
      keyPublic: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'the fingerprint of the authority is that of the manifest' },
        text: 'The webhook `{webhook:text}` of {config:object} trusts the authority that KtEnv {versions:text} ships{names:text}: the serving key that goes with it is public, and who can answer for its Service can change every pod that is created in its namespaces.',
        remedy: [
          {
            text: 'Make a key and a certificate of your own for `{host:text}`, put them into the Secret `webhook-server-tls` and their authority into the `caBundle`; cert-manager does both (`cert-manager.io/inject-ca-from`).',
            argv: ['kubectl', 'edit', 'mutatingwebhookconfiguration', '{config.name}'],
          },
        ],
        key: ['webhook'],
        check: 'key',
      },
    },
    checks: {
      key: {
        checklist: 'virtual-environment',
        item: 'Environment tag: key of the webhook',
        expected: 'not the one in the repository of KtEnv',
        found: 'an authority of its own',
      },
    },
    references: [
      'alibaba/virtual-environment deploy/global/ktenv_webhook.yaml at v0.2.4, v0.3.2 and v0.6.0',
      'Go 1.15 release notes: the common name is no longer treated as a host name',
    ],
  },
  needs,
  appliesTo({ environments, calls, mutating }) {
    if (environmentCall(calls, environments.webhook)) return true;
    if (environments.applies !== true) return environments.applies;
    const { gaps } = mutating.coverage;
    if (gaps.length > 0) return { applies: 'unseen', gaps };
    return { applies: false, reason: 'no webhook of KtEnv is configured' };
  },
  analyze({ environments, calls }, context) {
    const call = environmentCall(calls, environments.webhook);
    if (call) judge(call, context);
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof webhookKeyPublic.meta.messages,
  NonNullable<typeof webhookKeyPublic.meta.checks>
>;

function judge({ config, hook, pointer, service }: WebhookCall, context: Context): void {
  const subject = subjectOf(config);
  const evidence = [context.at(config, `${pointer}/clientConfig/caBundle`)] as const;
  const trusted = trustedBy(hook.clientConfig?.caBundle);
  const [shipped] = trusted.flatMap((one) => shippedKey(one) ?? []);
  if (shipped) {
    const { versions, onlyCommonName } = shipped;
    const host = service ? `${service.name}.${service.namespace ?? 'default'}.svc` : hook.name;
    context.report({
      message: 'keyPublic',
      values: {
        webhook: hook.name,
        config: subject,
        versions,
        host,
        names: onlyCommonName
          ? ' (its serving certificate has only a common name, which API servers since 1.19 refuse)'
          : '',
      },
      subject,
      related: service ? [service] : [],
      evidence,
    });
  } else if (trusted.length > 0) context.looked({ check: 'key', values: {}, subject, evidence });
  else context.looked({ check: 'key', subject, unseen: 'its `caBundle` holds no certificate' });
}
