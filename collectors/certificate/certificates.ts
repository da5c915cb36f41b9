import { endpointOf } from '../../src/artifacts/api-server-reachability.ts';
import {
  certificatePemOfBase64,
  certificates as certificatesDocument,
  type FoundCertificates,
  kubeconfigCertificates,
  kubeconfigScope,
  servedCertificates,
  servedScope,
} from '../../src/artifacts/certificates.ts';
import {
  apiServices,
  certificateSigningRequests,
  customResourceDefinitions,
  mutatingWebhookConfigurations,
  validatingWebhookConfigurations,
} from '../../src/artifacts/extension-resources.ts';
import { jsonBytes } from '../../src/artifacts/json-bytes.ts';
import { configMaps } from '../../src/artifacts/resources.ts';
import { optional } from '../../src/model/artifact.ts';
import { type CollectContext, defineCollector, type SourceReply } from '../../src/model/collector.ts';
import type { ResourceIdentity } from '../../src/model/json.ts';
import { KubeError } from '../../src/model/kube.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';
import { groupOf } from '../../src/model/subject.ts';

// Optional: a kind that is refused leaves the other places to be read, and is named in the coverage row.
const needs = {
  apiServices: optional(apiServices),
  configMaps: optional(configMaps),
  definitions: optional(customResourceDefinitions),
  mutating: optional(mutatingWebhookConfigurations),
  requests: optional(certificateSigningRequests),
  validating: optional(validatingWebhookConfigurations),
};
type Context = CollectContext<typeof needs>;

/** Public certificates from places that are no Secret: kubeconfig, handshake, CA bundles, signing requests. */
export const certificates = defineCollector({
  meta: {
    id: 'certificate/certificates',
    title: 'Certificates',
    description:
      'Gathers public certificates from the kubeconfig, the handshake of the API server, CA bundles and signing requests.',
    produces: [certificatesDocument],
    priority: 30,
  },
  needs,
  rbac: () =>
    Object.values(needs).map(({ artifact: { group, kind } }) => ({
      rule: { apiGroups: [group], resources: [PLURALS[kind] ?? ''], verbs: ['list'] },
      why: `reads the certificates in ${kind} objects`,
    })),
  async collect(context) {
    const { bundle, kube, discovery, signal } = context;
    const { publicCredentials } = kube;
    await bundle.add(certificatesDocument, kubeconfigScope(publicCredentials), async () => ({
      body: jsonBytes({ certificates: kubeconfigCertificates(publicCredentials) }),
      observedAt: discovery.observedAt,
    }));
    const endpoint = endpointOf(kube);
    await bundle.add(certificatesDocument, servedScope(endpoint), async () => {
      const handshake = await kube.handshake({ ...endpoint, signal });
      const found = servedCertificates(handshake);
      const { failure, observedAt } = handshake;
      if (found.length > 0) return { body: jsonBytes({ certificates: found }), observedAt };
      throw new KubeError(failure?.kind ?? 'tls', failure?.message ?? 'no certificate was served');
    });
    await bundle.add(certificatesDocument, CLUSTER_SCOPE, async () => ({
      body: jsonBytes({ certificates: ofObjects(context) }),
      observedAt: discovery.observedAt,
      ...shortfall(context),
    }));
  },
});

const PLURALS: Readonly<Record<string, string>> = {
  APIService: 'apiservices',
  CertificateSigningRequest: 'certificatesigningrequests',
  ConfigMap: 'configmaps',
  CustomResourceDefinition: 'customresourcedefinitions',
  MutatingWebhookConfiguration: 'mutatingwebhookconfigurations',
  ValidatingWebhookConfiguration: 'validatingwebhookconfigurations',
};

function ofObjects({ inputs }: Context): FoundCertificates[] {
  const { apiServices, configMaps, definitions, mutating, requests, validating } = inputs;
  return [
    ...requests.items.flatMap((one) => found(one, '/status/certificate', one.status?.certificate)),
    ...[...validating.items, ...mutating.items].flatMap((one) =>
      (one.webhooks ?? []).flatMap(({ clientConfig }, index) =>
        found(one, `/webhooks/${index}/clientConfig/caBundle`, clientConfig.caBundle),
      ),
    ),
    ...apiServices.items.flatMap((one) => found(one, '/spec/caBundle', one.spec?.caBundle)),
    ...definitions.items.flatMap((one) => {
      const pointer = '/spec/conversion/webhook/clientConfig/caBundle';
      return found(one, pointer, one.spec?.conversion?.webhook?.clientConfig?.caBundle);
    }),
    ...configMaps.items
      .filter(({ metadata }) => metadata.namespace === 'kube-public' && metadata.name === 'cluster-info')
      .flatMap((one) => found(one, '/data/kubeconfig', clusterInfoCa(one.data?.kubeconfig))),
  ];
}

/** The CA of the kubeconfig kubeadm publishes in kube-public; base64, as the other fields. */
function clusterInfoCa(kubeconfig: string | undefined): string | undefined {
  return /certificate-authority-data:\s*"?([A-Za-z0-9+/=]+)/.exec(kubeconfig ?? '')?.[1];
}

function found(item: ResourceIdentity, pointer: string, base64: string | undefined): FoundCertificates[] {
  const pem = certificatePemOfBase64(base64);
  if (pem === undefined) return [];
  const { namespace, name } = item.metadata;
  const group = groupOf(item.apiVersion);
  return [{ source: { type: 'object', group, kind: item.kind, namespace, name, pointer }, pem }];
}

/** Names the kinds that were refused: their certificates are missing from the entry. */
function shortfall({ inputs }: Context): Pick<SourceReply, 'shortfall'> {
  const gaps = Object.values(inputs)
    .flatMap(({ coverage }) => coverage.gaps)
    .filter(({ outcome }) => outcome !== 'skipped');
  if (gaps.length === 0) return {};
  const kinds = [...new Set(gaps.map(({ artifact }) => artifact.slice(artifact.lastIndexOf('/') + 1)))];
  const fix = gaps[0]?.fix;
  const reason = `without the certificates in ${kinds.join(', ')} objects: ${gaps[0]!.reason}`;
  return { shortfall: { outcome: 'partial', reason, ...(fix ? { fix } : {}) } };
}
