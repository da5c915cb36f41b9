import { certificates } from '../artifacts/certificates.ts';
import {
  apiServices,
  certificateSigningRequests,
  customResourceDefinitions,
  mutatingWebhookConfigurations,
  validatingWebhookConfigurations,
} from '../artifacts/extension-resources.ts';
import { nodeCertificates } from '../artifacts/node-certificates.ts';
import { configMaps, type SecretItem, secrets } from '../artifacts/resources.ts';
import { parseBase64Certificates, parseCertificates } from '../artifacts/x509.ts';
import { defineDerived, type Inputs, optional } from '../model/artifact.ts';
import { subjectKey, subjectOf } from '../model/subject.ts';
import {
  encodedFields,
  type PlacedCertificate,
  placeOfFile,
  placeOfSource,
  publishedCa,
  spread,
} from './certificate-places.ts';
import { withHeldSignatures } from './held-signatures.ts';
import { secretUsers } from './secret-users.ts';

/** Keys of ConfigMaps that hold CA bundles the cluster itself publishes (facts: control-plane-and-nodes.md §6.1). */
const CONFIG_MAP_KEYS = [
  'ca.crt',
  'client-ca-file',
  'requestheader-client-ca-file',
  'root-cert.pem',
] as const;
const SECRET_KEYS = [
  'tls.crt',
  'ca.crt',
  'cert.pem',
  'cluster.crt',
  'cert',
  'ca',
  'ca.pem',
  'ca-cert.pem',
  'cert-chain.pem',
  'root-cert.pem',
  'server.crt',
] as const;
/** Each holds a copy of the cluster's CA; before 1.24 every ServiceAccount had one. */
const TOKEN_TYPE = 'kubernetes.io/service-account-token';

const needs = {
  secrets,
  configMaps: optional(configMaps),
  documents: optional(certificates),
  validating: optional(validatingWebhookConfigurations),
  mutating: optional(mutatingWebhookConfigurations),
  apiServices: optional(apiServices),
  definitions: optional(customResourceDefinitions),
  requests: optional(certificateSigningRequests),
  files: optional(nodeCertificates),
  users: secretUsers,
};

/**
 * Public certificates where they are kept, and what the API server serves; copies in other namespaces' ConfigMaps
 * once. What pods serve is `podCertificates`.
 */
export const storedCertificates = defineDerived({
  id: 'stored-certificates',
  title: 'Stored certificates',
  needs,
  derive(inputs): readonly PlacedCertificate[] {
    const objects = [...ofSecrets(inputs), ...ofConfigMaps(inputs), ...ofFields(inputs)];
    const placed = [...objects, ...ofDocuments(inputs, objects), ...ofFiles(inputs)];
    return withHeldSignatures(placed, inputs.documents.items);
  },
});

function ofSecrets({ secrets: collection, users }: Inputs<typeof needs>): PlacedCertificate[] {
  const tokenCas = new Set<string>();
  return collection.items.flatMap((secret) =>
    SECRET_KEYS.flatMap((key) => {
      const value = secret.data?.[key];
      if (!value) return [];
      if (secret.type === TOKEN_TYPE) {
        if (tokenCas.has(value)) return [];
        tokenCas.add(value);
      }
      return spread(parseBase64Certificates(value), {
        in: 'secret',
        subject: subjectOf(secret),
        place: `key ${key} of`,
        holder: secret,
        pointer: `/data/${key}`,
        used: users.uses(secret),
        controlPlane: false,
        ...keeperOf(secret),
      });
    }),
  );
}

function ofConfigMaps({ configMaps: collection }: Inputs<typeof needs>): PlacedCertificate[] {
  const placed: PlacedCertificate[] = [];
  const published = new Set<string>();
  for (const configMap of collection.items) {
    const where = {
      in: 'config-map',
      subject: subjectOf(configMap),
      holder: configMap,
      used: 'yes',
      controlPlane: configMap.metadata.name !== 'istio-ca-root-cert',
    } as const;
    const ca = publishedCa(configMap);
    if (ca !== '') {
      const place = 'kubeconfig in';
      placed.push(...spread(parseBase64Certificates(ca), { ...where, place, pointer: '/data/kubeconfig' }));
    }
    for (const key of CONFIG_MAP_KEYS) {
      const value = configMap.data?.[key];
      const copy = `${configMap.metadata.name} ${key} ${value}`;
      if (!value || published.has(copy)) continue;
      published.add(copy);
      placed.push(
        ...spread(parseCertificates(value), { ...where, place: `key ${key} of`, pointer: `/data/${key}` }),
      );
    }
  }
  return placed;
}

function ofFields(inputs: Inputs<typeof needs>): PlacedCertificate[] {
  const { validating, mutating, apiServices: services, definitions, requests } = inputs;
  const items = [
    ...validating.items,
    ...mutating.items,
    ...services.items,
    ...definitions.items,
    ...requests.items,
  ];
  return items.flatMap((item) =>
    encodedFields(item).flatMap(({ pointer, value }) => {
      const isRequest = item.kind === 'CertificateSigningRequest';
      return spread(parseBase64Certificates(value), {
        in: isRequest ? 'request' : 'bundle',
        subject: subjectOf(item),
        place: `field ${pointer} of`,
        holder: item,
        pointer,
        // What was issued once may have been replaced since; the holder shows it elsewhere.
        used: isRequest ? 'no' : 'yes',
        controlPlane: false,
      });
    }),
  );
}

/** The document repeats the fields of objects, for bundles that hold it but not the objects. */
function ofDocuments(
  { documents }: Inputs<typeof needs>,
  objects: readonly PlacedCertificate[],
): PlacedCertificate[] {
  const known = new Set(objects.map(({ subject, pointer }) => `${subjectKey(subject)} ${pointer}`));
  return documents.items.flatMap((document) =>
    document.value.certificates.flatMap(({ source, pem }, index) => {
      if (source.type === 'pod') return [];
      const where = placeOfSource(source);
      if (source.type === 'object' && known.has(`${subjectKey(where.subject)} ${source.pointer}`)) return [];
      return spread(parseCertificates(pem), {
        ...where,
        holder: document,
        pointer: `/certificates/${index}`,
      });
    }),
  );
}

function ofFiles({ files }: Inputs<typeof needs>): PlacedCertificate[] {
  return files.items.flatMap((document) => {
    const { scope, value } = document;
    if (scope.type !== 'node') return [];
    return value.flatMap(({ path, pem }, index) => {
      const where = {
        ...placeOfFile({ node: scope.node, path }),
        holder: document,
        pointer: `/${index}/pem`,
      };
      return pem === undefined ? [] : spread(parseCertificates(pem), where);
    });
  });
}

function keeperOf({ metadata: { namespace, annotations } }: SecretItem): Pick<PlacedCertificate, 'keeper'> {
  const name = annotations?.['cert-manager.io/certificate-name'];
  if (!name || namespace === undefined) return {};
  return { keeper: { group: 'cert-manager.io', kind: 'Certificate', namespace, name } };
}
