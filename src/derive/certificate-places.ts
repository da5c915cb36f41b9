import type { CertificateSource } from '../artifacts/certificates.ts';
import type {
  ApiServiceItem,
  CertificateSigningRequestItem,
  CustomResourceDefinitionItem,
  MutatingWebhookConfigurationItem,
  ValidatingWebhookConfigurationItem,
} from '../artifacts/extension-resources.ts';
import type { CertificateFacts, ParsedCertificate } from '../artifacts/x509.ts';
import type { ResourceIdentity } from '../model/json.ts';
import type { ObjectRef, Subject } from '../model/subject.ts';

/** What kind of place a certificate lies in. */
export type CertificatePlace =
  | 'secret'
  | 'config-map'
  | 'kubeconfig'
  | 'served'
  /** A field of an object that says whom to trust: `caBundle`. */
  | 'bundle'
  /** What a CertificateSigningRequest was answered with. */
  | 'request'
  /** A file of a node. */
  | 'file'
  /** A port of a pod that was asked for it. */
  | 'pod';

/** One certificate in one place. */
export interface PlacedCertificate {
  readonly facts: CertificateFacts;
  readonly in: CertificatePlace;
  /** The Secret, ConfigMap or other object, the Node whose file it is, or the endpoint or pod that serves it. */
  readonly subject: Subject;
  /** How it lies in the subject, to be read before its name: `key tls.crt of`, `served by`. */
  readonly place: string;
  /** Path of the file, for those of nodes. */
  readonly path?: string;
  /** cert-manager's Certificate that keeps it. */
  readonly keeper?: ObjectRef;
  /** What holds the certificate, to be cited, and the pointer to the field in it. */
  readonly holder: object;
  readonly pointer: string;
  /** 0 is the leaf of a chain. */
  readonly position: number;
  /** All certificates of the place in order, this one included. */
  readonly together: readonly CertificateFacts[];
  /** Another certificate of the same place that is still valid longer: a rotated copy or another CA. */
  readonly siblings: readonly CertificateFacts[];
  /** Whether something uses it: certain for what is served or in the kubeconfig, by reference for Secrets. */
  readonly used: 'yes' | 'no' | 'unknown';
  /** Issued for the control plane itself: served by the API server, in the kubeconfig, or its published CAs. */
  readonly controlPlane: boolean;
}

/** A place before its certificates are spread out. */
export type Place = Omit<PlacedCertificate, 'facts' | 'position' | 'together' | 'siblings'>;

/** Every certificate of one place. */
export function spread(parsed: readonly ParsedCertificate[], where: Place): PlacedCertificate[] {
  const together = parsed.map((one) => one.facts).filter((facts) => facts !== undefined);
  return together.map((facts, position) => ({
    ...where,
    facts,
    position,
    together,
    siblings: together.filter(
      (other) =>
        other.isCa === facts.isCa &&
        other.fingerprint !== facts.fingerprint &&
        other.notAfter > facts.notAfter,
    ),
  }));
}

/** Where a certificate of the collection's own document lies. */
export function placeOfSource(source: CertificateSource): Omit<Place, 'holder' | 'pointer'> {
  switch (source.type) {
    case 'kubeconfig':
      return {
        in: 'kubeconfig',
        subject: { external: 'machine', name: 'kubeconfig of the collection' },
        place: source.field === 'client-certificate' ? 'client certificate in' : 'certificate authority in',
        used: 'yes',
        controlPlane: true,
      };
    case 'served':
      return {
        in: 'served',
        subject: { external: 'host', name: source.endpoint },
        place: 'served by',
        used: 'yes',
        controlPlane: true,
      };
    case 'file':
      return placeOfFile(source);
    case 'pod': {
      const { namespace, name, port, purpose } = source;
      return {
        in: 'pod',
        subject: { group: '', kind: 'Pod', namespace, name },
        place: `served at port ${port} of`,
        used: 'yes',
        controlPlane: purpose === 'etcd',
      };
    }
    case 'object': {
      const { group, kind, namespace, name, pointer } = source;
      return {
        in: kind === 'CertificateSigningRequest' ? 'request' : 'bundle',
        subject: { group, kind, ...(namespace === undefined ? {} : { namespace }), name },
        place: `field ${pointer} of`,
        // What was issued once may have been replaced since; the holder shows it elsewhere.
        used: kind === 'CertificateSigningRequest' ? 'no' : 'yes',
        controlPlane: kind === 'ConfigMap',
      };
    }
  }
}

/** Files of the control plane: kubeadm's, and those of k3s and RKE2 (facts: control-plane-and-nodes.md §6.2). */
const CONTROL_PLANE_FILE =
  /^\/etc\/kubernetes\/(?:pki\/|(?:admin|super-admin|controller-manager|scheduler)\.conf$)|\/rancher\/(?:k3s|rke2)\/server\/tls\//;
/** Earlier certificates the kubelet keeps beside its current one, and the self-signed one nobody verifies. */
const ROTATED_AWAY = /\/kubelet-(?:client|server)-\d{4}-|\/kubelet\.crt$/;

/** Where a certificate file of a node lies. */
export function placeOfFile({
  node,
  path,
}: {
  readonly node: string;
  readonly path: string;
}): Omit<Place, 'holder' | 'pointer'> {
  return {
    in: 'file',
    subject: { group: '', kind: 'Node', name: node },
    place: `file ${path} on`,
    path,
    used: ROTATED_AWAY.test(path) ? 'no' : 'yes',
    controlPlane: CONTROL_PLANE_FILE.test(path),
  };
}

/** A field of an object that holds PEM in base64. */
export interface EncodedField {
  readonly pointer: string;
  readonly value: string;
}

/** The CA bundles and issued certificates of objects that extend the API server or ask it for certificates. */
export function encodedFields(
  item:
    | ApiServiceItem
    | CertificateSigningRequestItem
    | CustomResourceDefinitionItem
    | MutatingWebhookConfigurationItem
    | ValidatingWebhookConfigurationItem,
): EncodedField[] {
  if ('webhooks' in item)
    return (item.webhooks ?? []).flatMap(({ clientConfig }, index) =>
      field(`/webhooks/${index}/clientConfig/caBundle`, clientConfig?.caBundle),
    );
  const { spec, status } = item as ApiServiceItem &
    CertificateSigningRequestItem &
    CustomResourceDefinitionItem;
  return [
    ...field('/status/certificate', status?.certificate),
    ...field('/spec/caBundle', spec?.caBundle),
    ...field(
      '/spec/conversion/webhook/clientConfig/caBundle',
      spec?.conversion?.webhook?.clientConfig?.caBundle,
    ),
  ];
}

function field(pointer: string, value: string | undefined): EncodedField[] {
  return value ? [{ pointer, value }] : [];
}

/** The base64 CA of the kubeconfig kubeadm publishes as ConfigMap kube-public/cluster-info. */
export function publishedCa(
  item: ResourceIdentity & { readonly data?: { readonly kubeconfig?: string } },
): string {
  if (item.metadata.namespace !== 'kube-public' || item.metadata.name !== 'cluster-info') return '';
  return /certificate-authority-data:\s*"?([A-Za-z0-9+/=]+)/.exec(item.data?.kubeconfig ?? '')?.[1] ?? '';
}
