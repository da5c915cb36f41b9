import { configMaps } from '../../src/artifacts/resources.ts';
import { parseCertificates } from '../../src/artifacts/x509.ts';
import { certificateInventory } from '../../src/derive/certificate-inventory.ts';
import type { PlacedCertificate } from '../../src/derive/certificate-places.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Collection, type ItemOf, optional } from '../../src/model/artifact.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import { subjectKey, subjectOf } from '../../src/model/subject.ts';

/** Authorities every control plane node has to have the same (facts: control-plane-and-nodes.md §6.2). */
const SAME_EVERYWHERE = [
  '/etc/kubernetes/pki/ca.crt',
  '/etc/kubernetes/pki/front-proxy-ca.crt',
  '/etc/kubernetes/pki/etcd/ca.crt',
];
const ROOT = 'kube-root-ca.crt';
const COMPARED = { level: 'certain', reason: 'the fingerprints of the copies were compared' } as const;

export const authorityDiverges = defineAnalyzer({
  meta: {
    id: 'certificate/authority-diverges',
    title: 'Copies of a certificate authority differ',
    description: 'Control plane nodes, namespaces or join information that hold another CA than the rest.',
    messages: {
      nodesDiffer: {
        severity: 'critical',
        confidence: COMPARED,
        text: 'The authority in `{path:text}` differs between control plane nodes: {holder:object} and {other:object} share none.',
        remedy: [
          {
            text: 'Find out which of the two signed the certificates in use and copy it, with its key, to the others; issue anew what the other one signed.',
            argv: ['openssl', 'x509', '-noout', '-fingerprint', '-sha256', '-in', '{path}'],
          },
        ],
        key: ['path'],
        effect: 'certificate-invalid',
        explains: [
          { effect: 'etcd-unavailable', via: ['runs', 'same-object'] },
          { effect: 'controllers-not-running', via: ['runs', 'same-object'] },
          { effect: 'scheduler-not-running', via: ['runs', 'same-object'] },
          { effect: 'api-server-degraded', via: ['runs', 'same-object'] },
        ],
      },
      namespacesDiffer: {
        severity: 'warning',
        confidence: COMPARED,
        text: '{holder:object} and the copies in {count:count} namespaces in all hold an authority that the other namespaces ({other:object} among them) do not have: pods of one side do not trust the API server.',
        remedy: [
          {
            text: 'The controller manager publishes these ConfigMaps: see that it runs and was restarted after the authority was changed.',
          },
          {
            text: 'A copy that was deleted is made again.',
            argv: ['kubectl', 'delete', 'configmap', 'kube-root-ca.crt', '-n', '{holder.namespace}'],
          },
        ],
        effect: 'certificate-invalid',
        explains: [{ effect: 'connection-failing', via: ['same-namespace', 'used-by'] }],
      },
      joinInformationDiffers: {
        severity: 'warning',
        confidence: COMPARED,
        text: '{holder:object}, which new nodes read when they join, names an authority that {other:object} does not hold.',
        remedy: [
          {
            text: 'Publish the authority of the cluster again; nodes cannot join until then.',
            argv: ['kubeadm', 'init', 'phase', 'bootstrap-token'],
            flavour: 'kubeadm',
          },
        ],
      },
    },
    checks: {
      equal: {
        item: 'Copies of a certificate authority are equal',
        expected: 'a common certificate',
        found: '{copies:count} copies share one',
      },
    },
    references: [
      'https://kubernetes.io/docs/tasks/tls/manual-rotation-of-ca-certificates/',
      'kubernetes/kubernetes pkg/controller/certificates/rootcacertpublisher: kube-root-ca.crt in every namespace',
    ],
  },
  needs: { configMaps, inventory: optional(certificateInventory) },
  analyze({ configMaps: collection, inventory }, context) {
    compareNodes(inventory, context);
    const roots = groupRoots(collection);
    compareNamespaces(roots, context);
    compareJoinInformation(inventory, roots, context);
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof authorityDiverges.meta.messages,
  NonNullable<typeof authorityDiverges.meta.checks>
>;

function compareNodes(inventory: readonly PlacedCertificate[], context: Context): void {
  for (const path of SAME_EVERYWHERE) {
    const copies = inventory.filter((one) => one.path === path && one.position === 0);
    const [first, ...rest] = copies;
    if (!first || rest.length === 0) continue;
    const other = rest.find((one) => !shareOne(first.together, one.together));
    if (!other) {
      context.looked({ check: 'equal', values: { copies: copies.length }, subject: first.subject });
      continue;
    }
    if ('external' in first.subject || 'external' in other.subject) continue;
    context.report({
      message: 'nodesDiffer',
      values: { path, holder: other.subject, other: first.subject },
      subject: other.subject,
      related: [first.subject],
      evidence: [context.at(first.holder, first.pointer), context.at(other.holder, other.pointer)],
    });
  }
}

interface Root {
  readonly items: readonly ItemOf<typeof configMaps>[];
  readonly fingerprints: readonly { readonly fingerprint: string }[];
}

/** The published roots by content, the most common one first. */
function groupRoots({ items }: Collection<ItemOf<typeof configMaps>>): Root[] {
  const byText = new Map<string, ItemOf<typeof configMaps>[]>();
  for (const item of items) {
    const text = item.data?.['ca.crt']?.trim();
    if (item.metadata.name === ROOT && text) getOrCreate(byText, text, () => []).push(item);
  }
  return [...byText]
    .map(([text, copies]) => ({
      items: copies,
      fingerprints: parseCertificates(text).flatMap(({ facts }) => (facts ? [facts] : [])),
    }))
    .sort((a, b) => b.items.length - a.items.length);
}

function compareNamespaces([most, ...others]: readonly Root[], context: Context): void {
  const [kept] = most?.items ?? [];
  if (!most || !kept) return;
  for (const { items, fingerprints } of others) {
    const [holder] = items;
    if (!holder || fingerprints.length === 0 || shareOne(most.fingerprints, fingerprints)) continue;
    context.report({
      message: 'namespacesDiffer',
      values: { holder: subjectOf(holder), other: subjectOf(kept), count: items.length },
      subject: subjectOf(holder),
      evidence: [context.at(holder, '/data/ca.crt'), context.at(kept, '/data/ca.crt')],
    });
  }
  context.looked({ check: 'equal', values: { copies: most.items.length }, subject: subjectOf(kept) });
}

function compareJoinInformation(
  inventory: readonly PlacedCertificate[],
  [most]: readonly Root[],
  context: Context,
): void {
  const [kept] = most?.items ?? [];
  const published = inventory.find(
    (one) =>
      one.pointer === '/data/kubeconfig' || subjectKey(one.subject) === '/ConfigMap/kube-public/cluster-info',
  );
  if (!most || !kept || !published || shareOne(most.fingerprints, published.together)) return;
  if ('external' in published.subject) return;
  context.report({
    message: 'joinInformationDiffers',
    values: { holder: published.subject, other: subjectOf(kept) },
    subject: published.subject,
    evidence: [context.at(published.holder, published.pointer), context.at(kept, '/data/ca.crt')],
  });
}

function shareOne(
  a: readonly { readonly fingerprint: string }[],
  b: readonly { readonly fingerprint: string }[],
): boolean {
  const known = new Set(a.map((one) => one.fingerprint));
  return b.some((one) => known.has(one.fingerprint));
}
