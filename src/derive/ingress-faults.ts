import { type IngressClassItem, ingressClasses } from '../artifacts/gateway-resources.ts';
import { type IngressItem, type ServiceItem, services } from '../artifacts/network-resources.ts';
import { type SecretItem, secrets } from '../artifacts/resources.ts';
import type { Collection } from '../model/artifact.ts';
import { type ObjectRef, subjectOf } from '../model/subject.ts';
import type { RouteFault } from './route-fault.ts';

/** What an Ingress names. */
export interface IngressSurroundings {
  readonly services: Collection<ServiceItem>;
  readonly secrets: Collection<SecretItem>;
  readonly classes: Collection<IngressClassItem>;
}

/** A Service an Ingress sends requests to, and where it says so. */
interface Backend {
  readonly name: string;
  readonly port: { readonly name?: string; readonly number?: number } | undefined;
  readonly pointer: string;
}

type Doubt = NonNullable<Extract<RouteFault, { kind: 'fault' }>['doubt']>;

/** Names the controllers of GKE answer to without an IngressClass object. */
const CLASSES_WITHOUT_OBJECT = new Set(['gce', 'gce-internal']);
/** The port of an action that an annotation of the AWS controller describes: there is no such Service. */
const BY_ANNOTATION = 'use-annotation';
/** Kong's controller and others compare the name only; an address may also be left from before. */
const BY_NAME: Doubt = {
  level: 'possible',
  reason: 'the Ingress has an address: a controller took it by the name of the class, or did before',
};
/** Types that have fixed keys, none of which is a certificate's. */
const OTHER_TYPES =
  /^(kubernetes\.io\/(dockerconfigjson|dockercfg|service-account-token|basic-auth|ssh-auth)|bootstrap\.kubernetes\.io\/token|helm\.sh\/.*)$/;

/** What of an Ingress leads nowhere: Services, ports, certificates, its class. */
export function* ingressFaults(item: IngressItem, around: IngressSurroundings): Generator<RouteFault> {
  for (const backend of backendsOf(item)) yield* backendFault(item, backend, around.services);
  for (const [index, tls] of (item.spec?.tls ?? []).entries()) {
    const { secretName, hosts = [] } = tls;
    if (secretName) yield* secretFault(item, { secretName, hosts, index }, around.secrets);
  }
  yield* classFault(item, around.classes);
}

/** Each Service and port once: a hundred paths to one missing Service are one fault. */
function backendsOf({ spec }: IngressItem): Backend[] {
  const found = new Map<string, Backend>();
  function note(service: { name: string; port?: Backend['port'] } | undefined | null, pointer: string): void {
    if (!service || service.port?.name === BY_ANNOTATION) return;
    const { name, port } = service;
    const key = `${name}:${port?.name ?? port?.number ?? ''}`;
    if (!found.has(key)) found.set(key, { name, port, pointer });
  }
  note(spec?.defaultBackend?.service, '/spec/defaultBackend/service');
  for (const [rule, { http }] of (spec?.rules ?? []).entries()) {
    for (const [path, { backend }] of (http?.paths ?? []).entries())
      note(backend.service, `/spec/rules/${rule}/http/paths/${path}/backend/service`);
  }
  return [...found.values()];
}

function* backendFault(
  item: IngressItem,
  { name, port, pointer }: Backend,
  collection: Collection<ServiceItem>,
): Generator<RouteFault> {
  const { namespace } = item.metadata;
  const found = collection.lookup({ namespace, name });
  const service: ObjectRef = { group: '', kind: 'Service', namespace, name };
  const values = { route: subjectOf(item), service };
  if (found.state === 'unseen') {
    yield { kind: 'unseen', gap: found.gap };
  } else if (found.state === 'absent') {
    const absent = { artifact: services, namespace, name };
    yield {
      kind: 'fault',
      finding: { message: 'backendMissing', values },
      pointer,
      absent,
      related: [service],
    };
  } else if (found.item.spec?.type !== 'ExternalName' && port && !offers(found.item, port)) {
    const offered = (found.item.spec?.ports ?? []).map((one) =>
      one.name ? `${one.port} (${one.name})` : String(one.port),
    );
    const wanted = String(port.name ?? port.number);
    yield {
      kind: 'fault',
      finding: { message: 'portMissing', values: { ...values, port: wanted, offered } },
      pointer,
      shown: { item: found.item, pointer: '/spec/ports' },
      related: [service],
    };
  }
}

function offers({ spec }: ServiceItem, port: NonNullable<Backend['port']>): boolean {
  return (spec?.ports ?? []).some((one) =>
    port.name === undefined ? one.port === port.number : one.name === port.name,
  );
}

function* secretFault(
  item: IngressItem,
  { secretName, hosts, index }: { secretName: string; hosts: readonly string[]; index: number },
  collection: Collection<SecretItem>,
): Generator<RouteFault> {
  const { namespace } = item.metadata;
  // ingress-nginx and Traefik also take `namespace/name`.
  if (secretName.includes('/')) return;
  const found = collection.lookup({ namespace, name: secretName });
  const secret: ObjectRef = { group: '', kind: 'Secret', namespace, name: secretName };
  const route = subjectOf(item);
  const pointer = `/spec/tls/${index}`;
  if (found.state === 'unseen') {
    yield { kind: 'unseen', gap: found.gap };
  } else if (found.state === 'absent') {
    const finding = { message: 'secretMissing', values: { route, secret, hosts } } as const;
    const absent = { artifact: secrets, namespace, name: secretName };
    yield { kind: 'fault', finding, pointer, absent, related: [secret] };
  } else {
    const unfit = whyUnfit(found.item);
    if (!unfit) return;
    yield {
      kind: 'fault',
      finding: { message: 'secretUnfit', values: { route, secret, detail: unfit.detail } },
      pointer,
      shown: { item: found.item, pointer: '' },
      related: [secret],
      ...(unfit.doubt ? { doubt: unfit.doubt } : {}),
    };
  }
}

/** Why a Secret can hold no certificate. Keys that redaction removed are unknown and say nothing. */
function whyUnfit({ type = 'Opaque', data }: SecretItem): { detail: string; doubt?: Doubt } | undefined {
  if (OTHER_TYPES.test(type)) return { detail: `it is of type \`${type}\`` };
  if (type !== 'Opaque' || data === undefined || data['tls.crt'] !== undefined) return undefined;
  return {
    detail: 'it is of type `Opaque` and shows no key `tls.crt`',
    doubt: { level: 'likely', reason: 'keys of a Secret may have been removed before the bundle was made' },
  };
}

function* classFault(item: IngressItem, collection: Collection<IngressClassItem>): Generator<RouteFault> {
  const route = subjectOf(item);
  const name = item.spec?.ingressClassName;
  const annotation = item.metadata.annotations?.['kubernetes.io/ingress.class'];
  // An address is written by the controller that serves it.
  const isTaken = (item.status?.loadBalancer?.ingress?.length ?? 0) > 0;
  if (name !== undefined) {
    if (CLASSES_WITHOUT_OBJECT.has(name)) return;
    const found = collection.lookup({ name });
    const ref = { group: 'networking.k8s.io', kind: 'IngressClass', name };
    if (found.state === 'unseen') yield { kind: 'unseen', gap: found.gap };
    if (found.state !== 'absent') return;
    yield {
      kind: 'fault',
      finding: { message: 'classMissing', values: { route, class: ref } },
      pointer: '/spec/ingressClassName',
      absent: { artifact: ingressClasses, name },
      ...(isTaken ? { doubt: BY_NAME } : {}),
    };
    return;
  }
  // A controller may take Ingresses without a class.
  if (annotation !== undefined || isTaken || collection.coverage.covers(undefined) !== true) return;
  const isDefault = (one: IngressClassItem) =>
    one.metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true';
  if (collection.items.length === 0 || collection.items.some(isDefault)) return;
  const classes = collection.items.map((one) => one.metadata.name).sort();
  yield { kind: 'fault', finding: { message: 'classUnset', values: { route, classes } }, pointer: '/spec' };
}
