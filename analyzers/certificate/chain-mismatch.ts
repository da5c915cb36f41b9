import { apiServices, customResourceDefinitions } from '../../src/artifacts/extension-resources.ts';
import { type ChainVerdict, judgeChain } from '../../src/derive/certificate-chain.ts';
import { INVALID_EXPLAINS } from '../../src/derive/certificate-expiry-messages.ts';
import { certificateInventory } from '../../src/derive/certificate-inventory.ts';
import {
  type CertificatePair,
  filePairs,
  frontProxyPairs,
  servedPairs,
} from '../../src/derive/certificate-pairs.ts';
import { nameOfCertificate } from '../../src/derive/certificate-validity.ts';
import { extensionCallers, type ServiceCaller } from '../../src/derive/service-callers.ts';
import { servingCertificates, trustedBy } from '../../src/derive/serving-certificates.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import type { Message } from '../../src/model/message.ts';
import { subjectOf } from '../../src/model/subject.ts';

const VERIFIED = { level: 'certain', reason: 'the signatures were checked' } as const;
const WHY: Readonly<Record<Exclude<ChainVerdict, 'verified'>, string>> = {
  'same-name-other-key':
    'an authority of the same name is trusted, but with another key: it was made anew under its old name',
  'other-issuer': 'none of the trusted authorities signed it',
};
const MISMATCH = {
  severity: 'critical',
  confidence: VERIFIED,
  effect: 'certificate-invalid',
  explains: INVALID_EXPLAINS,
} as const;
const NODE_EXPLAINS: Message['explains'] = [
  { effect: 'etcd-unavailable', via: ['runs', 'same-object'] },
  { effect: 'controllers-not-running', via: ['runs', 'same-object'] },
  { effect: 'scheduler-not-running', via: ['runs', 'same-object'] },
  { effect: 'api-server-degraded', via: ['runs', 'same-object'] },
  { effect: 'node-not-ready', via: ['same-object'] },
];

const needs = {
  inventory: certificateInventory,
  serving: servingCertificates,
  apiServices: optional(apiServices),
  definitions: optional(customResourceDefinitions),
};

export const chainMismatch = defineAnalyzer({
  meta: {
    id: 'certificate/chain-mismatch',
    title: 'Certificate not signed by the trusted authority',
    description: 'Certificates whose reader trusts another authority than the one that signed them.',
    messages: {
      serverNotTrusted: {
        ...MISMATCH,
        text: 'The certificate `{subject:text}` that {holder:object} serves is not trusted by the {anchor:object}: {why:text}.',
        remedy: [
          {
            text: 'Take a kubeconfig with the present authority of the cluster, e.g. from `/etc/kubernetes/admin.conf`; if the address is a proxy, with the authority of the proxy.',
          },
          {
            text: 'Compare with what the cluster publishes.',
            argv: ['kubectl', 'get', 'configmap', 'kube-root-ca.crt', '-n', 'kube-public', '-o', 'yaml'],
          },
        ],
      },
      fileNotSigned: {
        ...MISMATCH,
        text: 'The certificate `{subject:text}` in `{path:text}` of {holder:object} is not signed by the authority in `{authority:text}`: {why:text}.',
        remedy: [
          {
            text: 'Issue it anew by the present authority.',
            argv: ['kubeadm', 'certs', 'renew', 'all'],
            flavour: 'kubeadm',
          },
          {
            text: 'Restart what reads it: static pods by moving their manifests out of `/etc/kubernetes/manifests` for 20 s and back.',
          },
        ],
        key: ['path'],
        groupBy: ['path', 'why'],
        explains: NODE_EXPLAINS,
      },
      apiServiceNotTrusted: {
        ...MISMATCH,
        text: 'The `caBundle` of {holder:object} does not trust the certificate `{subject:text}` in {secret:object}, which {service:object} serves: {why:text}.',
        remedy: [
          {
            text: 'Put the authority that signed the certificate into `spec.caBundle`, or have it injected by what issues the certificate.',
            argv: ['kubectl', 'get', 'apiservice', '{holder.name}', '-o', 'yaml'],
          },
        ],
      },
      conversionNotTrusted: {
        ...MISMATCH,
        text: 'The conversion webhook of {holder:object} does not trust the certificate `{subject:text}` in {secret:object}, which {service:object} serves: {why:text}.',
        remedy: [
          {
            text: 'Put the authority that signed the certificate into `spec.conversion.webhook.clientConfig.caBundle`, or have it injected by what issues the certificate.',
            argv: ['kubectl', 'get', 'customresourcedefinition', '{holder.name}', '-o', 'yaml'],
          },
        ],
      },
    },
    checks: {
      signed: {
        item: 'Certificate is signed by the trusted authority',
        expected: 'a valid signature of one of the trusted authorities',
        found: '`{subject:text}` is signed by `{issuer:text}`',
      },
    },
    references: [
      'Go crypto/x509: certificate signed by unknown authority; candidate authority certificate of the same name',
      'https://kubernetes.io/docs/setup/best-practices/certificates/',
    ],
  },
  needs,
  analyze(inputs, context) {
    const { inventory } = inputs;
    for (const pair of servedPairs(inventory)) judgeServed(pair, context);
    for (const pair of [...filePairs(inventory), ...frontProxyPairs(inventory)]) judgeFile(pair, context);
    for (const caller of extensionCallers(inputs)) judgeExtension(caller, inputs, context);
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof chainMismatch.meta.messages,
  NonNullable<typeof chainMismatch.meta.checks>
>;

function judgeServed(pair: CertificatePair, context: Context): void {
  const why = whyNot(pair, context);
  if (why === undefined) return;
  const { leaf, anchor } = pair;
  context.report({
    message: 'serverNotTrusted',
    values: { subject: nameOfCertificate(leaf.facts), holder: leaf.subject, anchor: anchor.subject, why },
    ...shownBy(pair, context),
  });
}

function judgeFile(pair: CertificatePair, context: Context): void {
  const why = whyNot(pair, context);
  if (why === undefined) return;
  const { leaf, anchor } = pair;
  context.report({
    message: 'fileNotSigned',
    values: {
      subject: nameOfCertificate(leaf.facts),
      holder: leaf.subject,
      path: leaf.path ?? '',
      authority: anchor.path ?? `${anchor.subject.name} ${anchor.pointer}`,
      why,
    },
    ...shownBy(pair, context),
  });
}

function whyNot({ leaf, trusted }: CertificatePair, context: Context): string | undefined {
  const verdict = judgeChain(leaf.together, trusted);
  if (verdict !== 'verified') return WHY[verdict];
  const { issuer } = leaf.facts;
  const values = { subject: nameOfCertificate(leaf.facts), issuer };
  context.looked({ check: 'signed', values, subject: leaf.subject });
  return undefined;
}

function shownBy({ leaf, anchor }: CertificatePair, context: Context) {
  return {
    subject: leaf.subject,
    related: [anchor.subject],
    evidence: [context.at(leaf.holder, leaf.pointer), context.at(anchor.holder, anchor.pointer)] as const,
  };
}

function judgeExtension(
  { item, service, caBundle, pointer }: ServiceCaller,
  { serving }: Inputs<typeof needs>,
  context: Context,
): void {
  // Without a bundle it trusts what the machine of the API server trusts, which is not in the bundle.
  if (caBundle === undefined) return;
  const verdict = serving.judge(service, trustedBy(caBundle));
  const subject = subjectOf(item);
  if (verdict.state === 'unseen') {
    context.looked({ check: 'signed', unseen: verdict.reason, subject });
    return;
  }
  const { leaf } = verdict;
  const name = nameOfCertificate(leaf.facts);
  if (verdict.state !== 'notTrusted') {
    context.looked({ check: 'signed', values: { subject: name, issuer: leaf.facts.issuer }, subject });
    return;
  }
  context.report({
    message: item.kind === 'APIService' ? 'apiServiceNotTrusted' : 'conversionNotTrusted',
    values: { holder: subject, subject: name, secret: leaf.subject, service, why: WHY[verdict.verdict] },
    subject,
    related: [leaf.subject, service],
    evidence: [context.at(item, pointer), context.at(leaf.holder, leaf.pointer)],
    ...(verdict.mounted
      ? {}
      : {
          confidence: {
            level: 'possible',
            reason: 'a Secret with its name is there, but no pod behind the Service mounts it',
          },
        }),
  });
}
