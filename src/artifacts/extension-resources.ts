import type {
  V1APIService,
  V1CertificateSigningRequest,
  V1CustomResourceDefinition,
  V1MutatingWebhookConfiguration,
  V1ValidatingWebhookConfiguration,
} from '@kubernetes/client-node';
import { type ItemOf, resources } from '../model/artifact.ts';
import { CONDITIONS } from './resources.ts';

// Kinds by which the API server is extended or asked for certificates: they name Services and hold CA bundles.

/** Annotations by which cert-manager and OpenShift are asked to fill in a CA bundle. */
const CA_INJECTION = {
  'cert-manager.io/inject-ca-from': true,
  'cert-manager.io/inject-ca-from-secret': true,
  'cert-manager.io/inject-apiserver-ca': true,
  'service.beta.openshift.io/inject-cabundle': true,
} as const;

export const apiServices = resources<V1APIService>()(
  'apiregistration.k8s.io',
  'APIService',
  {
    metadata: { annotations: CA_INJECTION },
    spec: {
      service: { name: true, namespace: true, port: true },
      caBundle: true,
      group: true,
      version: true,
      insecureSkipTLSVerify: true,
    },
    status: { conditions: CONDITIONS },
  },
  { namespaced: false },
);
export type ApiServiceItem = ItemOf<typeof apiServices>;

const WEBHOOK = {
  name: true,
  failurePolicy: true,
  matchPolicy: true,
  timeoutSeconds: true,
  admissionReviewVersions: true,
  rules: true,
  namespaceSelector: true,
  objectSelector: true,
  clientConfig: {
    url: true,
    caBundle: true,
    service: { name: true, namespace: true, path: true, port: true },
  },
} as const;

export const validatingWebhookConfigurations = resources<V1ValidatingWebhookConfiguration>()(
  'admissionregistration.k8s.io',
  'ValidatingWebhookConfiguration',
  { metadata: { annotations: CA_INJECTION }, webhooks: WEBHOOK },
  { namespaced: false },
);
export type ValidatingWebhookConfigurationItem = ItemOf<typeof validatingWebhookConfigurations>;

export const mutatingWebhookConfigurations = resources<V1MutatingWebhookConfiguration>()(
  'admissionregistration.k8s.io',
  'MutatingWebhookConfiguration',
  { metadata: { annotations: CA_INJECTION }, webhooks: WEBHOOK },
  { namespaced: false },
);
export type MutatingWebhookConfigurationItem = ItemOf<typeof mutatingWebhookConfigurations>;

export const certificateSigningRequests = resources<V1CertificateSigningRequest>()(
  'certificates.k8s.io',
  'CertificateSigningRequest',
  {
    spec: { signerName: true, username: true, usages: true, expirationSeconds: true },
    status: { certificate: true, conditions: CONDITIONS },
  },
  { namespaced: false },
);
export type CertificateSigningRequestItem = ItemOf<typeof certificateSigningRequests>;

export const customResourceDefinitions = resources<V1CustomResourceDefinition>()(
  'apiextensions.k8s.io',
  'CustomResourceDefinition',
  {
    metadata: { annotations: CA_INJECTION },
    spec: {
      group: true,
      names: { kind: true, plural: true },
      scope: true,
      conversion: {
        strategy: true,
        webhook: { clientConfig: { caBundle: true, service: { name: true, namespace: true, port: true } } },
      },
      versions: { name: true, served: true, storage: true },
    },
    status: { conditions: CONDITIONS, storedVersions: true },
  },
  { namespaced: false },
);
export type CustomResourceDefinitionItem = ItemOf<typeof customResourceDefinitions>;
