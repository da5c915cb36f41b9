import type {
  V1APIService,
  V1CertificateSigningRequest,
  V1CustomResourceDefinition,
  V1MutatingWebhookConfiguration,
  V1ValidatingWebhookConfiguration,
} from '@kubernetes/client-node';
import { resources } from '../model/artifact.ts';
import { CONDITIONS } from './resources.ts';

// Kinds by which the API server is extended or asked for certificates: they name Services and hold CA bundles.

export const apiServices = resources<V1APIService>()(
  'apiregistration.k8s.io',
  'APIService',
  {
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

const WEBHOOK = {
  name: true,
  failurePolicy: true,
  matchPolicy: true,
  timeoutSeconds: true,
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
  { webhooks: WEBHOOK },
  { namespaced: false },
);

export const mutatingWebhookConfigurations = resources<V1MutatingWebhookConfiguration>()(
  'admissionregistration.k8s.io',
  'MutatingWebhookConfiguration',
  { webhooks: WEBHOOK },
  { namespaced: false },
);

export const certificateSigningRequests = resources<V1CertificateSigningRequest>()(
  'certificates.k8s.io',
  'CertificateSigningRequest',
  {
    spec: { signerName: true, username: true, usages: true, expirationSeconds: true },
    status: { certificate: true, conditions: CONDITIONS },
  },
  { namespaced: false },
);

export const customResourceDefinitions = resources<V1CustomResourceDefinition>()(
  'apiextensions.k8s.io',
  'CustomResourceDefinition',
  {
    spec: {
      group: true,
      names: { kind: true, plural: true },
      scope: true,
      conversion: {
        strategy: true,
        webhook: { clientConfig: { caBundle: true, service: { name: true, namespace: true } } },
      },
      versions: { name: true, served: true, storage: true },
    },
    status: { conditions: CONDITIONS, storedVersions: true },
  },
  { namespaced: false },
);
