import { type ConfigMapItem, configMaps, pods, type SecretItem, secrets } from '../artifacts/resources.ts';
import { type ParsedCertificate, parseBase64Certificates, parseCertificates } from '../artifacts/x509.ts';
import { defineDerived, type Inputs, optional } from '../model/artifact.ts';
import type { Gap } from '../model/coverage.ts';
import { istioControlPlanes } from './istio-control-planes.ts';

/** The root certificates a namespace trusts, as istiod wrote them there. */
export interface NamespaceRoot {
  readonly item: ConfigMapItem;
  /** SHA-256 of each. */
  readonly fingerprints: ReadonlySet<string>;
}

/** What signs the certificates of a mesh: a Secret of the control plane's namespace. */
export interface SigningRoot {
  readonly item: SecretItem;
  /** `cacerts`: given from outside; `istio-ca-secret`: made by istiod itself. */
  readonly given: boolean;
  readonly pointer: string;
  readonly fingerprints: ReadonlySet<string>;
}

/** Roots of the mesh and where they lie. */
export interface IstioRoots {
  readonly namespaces: readonly NamespaceRoot[];
  /** The Secrets of all control planes; both kinds where both are there. */
  readonly signing: readonly SigningRoot[];
  /** Why a Secret of a control plane may have been missed. */
  readonly gap: Gap | undefined;
}

/** ConfigMap istiod writes into every namespace it serves. */
const PUBLISHED = 'istio-ca-root-cert';
const ROOT_KEY = 'root-cert.pem';
/** Where istiod is its own root, it has no other key. */
const OWN_KEY = 'ca-cert.pem';

const needs = { configMaps, pods, secrets: optional(secrets), planes: istioControlPlanes };

/** Root certificates of Istio in namespaces and in the control plane's Secrets. */
export const istioRoots = defineDerived({
  id: 'istio-roots',
  title: 'Istio root certificates',
  needs,
  derive(inputs): IstioRoots {
    const namespaces = inputs.configMaps.items.flatMap((item): NamespaceRoot[] => {
      if (item.metadata.name !== PUBLISHED) return [];
      const fingerprints = fingerprintsOf(parseCertificates(item.data?.[ROOT_KEY] ?? ''));
      return fingerprints.size > 0 ? [{ item, fingerprints }] : [];
    });
    return { namespaces, signing: signingRoots(inputs), gap: gapOf(inputs) };
  },
});

/** A control plane that was not seen may hold a root, and so may a Secret that was not. */
function gapOf({ pods: all, secrets: held, planes }: Inputs<typeof needs>): Gap | undefined {
  const [gap] = all.coverage.gaps;
  if (gap) return gap;
  const covered = planes.planes.map(({ namespace }) => held.coverage.covers(namespace));
  return covered.find((one) => one !== true) as Gap | undefined;
}

function signingRoots({ secrets: all, planes }: Inputs<typeof needs>): SigningRoot[] {
  const homes = new Set(planes.planes.map(({ namespace }) => namespace));
  return [...homes].flatMap((namespace) =>
    ['cacerts', 'istio-ca-secret'].flatMap((name): SigningRoot[] => {
      const found = all.lookup({ namespace, name });
      if (found.state !== 'present') return [];
      const key = found.item.data?.[ROOT_KEY] ? ROOT_KEY : OWN_KEY;
      const fingerprints = fingerprintsOf(parseBase64Certificates(found.item.data?.[key] ?? ''));
      if (fingerprints.size === 0) return [];
      return [{ item: found.item, given: name === 'cacerts', pointer: `/data/${key}`, fingerprints }];
    }),
  );
}

function fingerprintsOf(parsed: readonly ParsedCertificate[]): ReadonlySet<string> {
  return new Set(parsed.flatMap(({ facts }) => (facts ? [facts.fingerprint] : [])));
}

/** Whether two sets of roots have one in common: then each side trusts the other. */
export function sharesRoot(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  for (const fingerprint of one) if (other.has(fingerprint)) return true;
  return false;
}
