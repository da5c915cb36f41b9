import { type CertificateFacts, parseBase64Certificates } from '../artifacts/x509.ts';
import { defineDerived } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { type ObjectRef, subjectKey } from '../model/subject.ts';
import { type ChainVerdict, judgeChain } from './certificate-chain.ts';
import { certificateInventory } from './certificate-inventory.ts';
import { coversHost } from './certificate-names.ts';
import type { PlacedCertificate } from './certificate-places.ts';
import { objectGraph } from './object-graph.ts';
import { podCertificates } from './pod-certificates.ts';

/** What the API server would say to the certificate a Service's pods serve. */
export type ServingVerdict =
  | { readonly state: 'fine'; readonly leaf: PlacedCertificate }
  /** No Secret that could hold it is in the bundle, or which of several it is cannot be told. */
  | { readonly state: 'unseen'; readonly reason: string }
  /** The one with the right name is signed by nobody who is trusted. */
  | {
      readonly state: 'notTrusted';
      readonly leaf: PlacedCertificate;
      readonly verdict: Exclude<ChainVerdict, 'verified'>;
      readonly mounted: boolean;
    }
  /** The one that is trusted has another name. */
  | { readonly state: 'otherName'; readonly leaf: PlacedCertificate; readonly host: string }
  /** Trusted and rightly named, but not made for servers. */
  | { readonly state: 'otherUse'; readonly leaf: PlacedCertificate };

/** Certificates by the Service that serves them. */
export interface ServingCertificates {
  judge(service: ObjectRef, trusted: readonly CertificateFacts[]): ServingVerdict;
}

/** Keys under which a Secret holds the certificate of a server. */
const SERVED_KEYS = new Set(
  ['tls.crt', 'cert', 'cert.pem', 'server.crt', 'cert-chain.pem'].map((key) => `/data/${key}`),
);
/** Pods behind one Service that are asked for their Secrets: replicas mount the same ones. */
const PODS_ASKED = 20;

/** Which certificates Services serve to the API server: as their pods were asked, else as far as Secrets tell. */
export const servingCertificates = defineDerived({
  id: 'serving-certificates',
  title: 'Certificates of Services',
  needs: { inventory: certificateInventory, graph: objectGraph, served: podCertificates },
  derive({ inventory, graph, served }): ServingCertificates {
    const bySecret = new Map<string, PlacedCertificate[]>();
    const byNamespace = new Map<string | undefined, PlacedCertificate[]>();
    for (const one of inventory) {
      if (one.in !== 'secret' || one.position !== 0 || !SERVED_KEYS.has(one.pointer)) continue;
      getOrCreate(bySecret, subjectKey(one.subject), () => []).push(one);
      if ('external' in one.subject) continue;
      getOrCreate(byNamespace, one.subject.namespace, () => []).push(one);
    }
    const byService = new Map<string, PlacedCertificate[]>();
    for (const { services, leaf } of served)
      for (const service of services) getOrCreate(byService, subjectKey(service), () => []).push(leaf);
    return {
      judge(service, trusted) {
        const pods = graph.podsOf(subjectKey(service)).slice(0, PODS_ASKED);
        const secrets = new Set(pods.flatMap((pod) => graph.uses(pod)));
        const mounted = [...secrets].flatMap((secret) => bySecret.get(secret) ?? []);
        const host = hostOf(service);
        const shown = byService.get(subjectKey(service));
        if (shown) return judgeServed(shown.map(storedIn(mounted)), host, trusted);
        // Operators read their Secrets through the API: a name of its own gives a certificate away.
        const named = (byNamespace.get(service.namespace) ?? []).filter((one) => coversHost(one.facts, host));
        return judgeCandidates({ mounted, named, host }, trusted);
      },
    };
  },
});

/** The name the API server calls a Service by, and expects in its certificate. */
export function hostOf({ name, namespace }: ObjectRef): string {
  return `${name}.${namespace ?? 'default'}.svc`;
}

/** The certificates of a `caBundle` field. */
export function trustedBy(caBundle: string | undefined): CertificateFacts[] {
  return parseBase64Certificates(caBundle ?? '').flatMap(({ facts }) => (facts ? [facts] : []));
}

/** Whether a certificate may be served: it names no usage, or this one. */
export function mayServe({ usages }: CertificateFacts): boolean {
  return usages.length === 0 || usages.includes('serverAuth') || usages.includes('any');
}

/** What is served as it lies in a mounted Secret is told by the Secret: there it is to be mended. */
function storedIn(mounted: readonly PlacedCertificate[]) {
  return (leaf: PlacedCertificate): PlacedCertificate =>
    mounted.find((one) => one.facts.fingerprint === leaf.facts.fingerprint) ?? leaf;
}

/** Every replica is called in turn: the first that would be turned away decides. */
function judgeServed(
  leaves: readonly PlacedCertificate[],
  host: string,
  trusted: readonly CertificateFacts[],
): ServingVerdict {
  let fine: ServingVerdict | undefined;
  for (const leaf of leaves) {
    const verdict = judgeChain(leaf.together, trusted);
    if (verdict !== 'verified') return { state: 'notTrusted', leaf, verdict, mounted: true };
    if (!coversHost(leaf.facts, host)) return { state: 'otherName', leaf, host };
    if (!mayServe(leaf.facts)) return { state: 'otherUse', leaf };
    fine ??= { state: 'fine', leaf };
  }
  return fine ?? { state: 'unseen', reason: `no pod behind ${host} was asked` };
}

interface Candidates {
  readonly mounted: readonly PlacedCertificate[];
  readonly named: readonly PlacedCertificate[];
  readonly host: string;
}

function judgeCandidates(
  { mounted, named, host }: Candidates,
  trusted: readonly CertificateFacts[],
): ServingVerdict {
  const all = [...new Map([...mounted, ...named].map((one) => [one.facts.fingerprint, one])).values()];
  const verdicts = all.map((leaf) => ({ leaf, verdict: judgeChain(leaf.together, trusted) }));
  const verified = verdicts.filter((one) => one.verdict === 'verified').map((one) => one.leaf);
  const covering = verified.filter((leaf) => coversHost(leaf.facts, host));
  const usable = covering.find((leaf) => mayServe(leaf.facts));
  if (usable) return { state: 'fine', leaf: usable };
  if (covering[0]) return { state: 'otherUse', leaf: covering[0] };
  if (verified[0]) return { state: 'otherName', leaf: verified[0], host };
  const prints = new Set(mounted.map((one) => one.facts.fingerprint));
  const candidates = verdicts
    .filter(({ leaf }) => coversHost(leaf.facts, host))
    .sort(
      (a, b) => Number(prints.has(b.leaf.facts.fingerprint)) - Number(prints.has(a.leaf.facts.fingerprint)),
    );
  const [first] = candidates;
  if (!first || first.verdict === 'verified')
    return { state: 'unseen', reason: `no Secret in the bundle holds a certificate for ${host}` };
  return {
    state: 'notTrusted',
    leaf: first.leaf,
    verdict: first.verdict,
    mounted: prints.has(first.leaf.facts.fingerprint),
  };
}
