import { pods } from '../../src/artifacts/resources.ts';
import { istioControlPlanes } from '../../src/derive/istio-control-planes.ts';
import { istioProxyLog, proxyLogState } from '../../src/derive/istio-proxy-log.ts';
import {
  istioRoots,
  type NamespaceRoot,
  type SigningRoot,
  sharesRoot,
} from '../../src/derive/istio-roots.ts';
import { type IstioProxy, istioSidecars } from '../../src/derive/istio-sidecars.ts';
import { isReady } from '../../src/derive/pod-readiness.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** A failed request for a certificate counts while it is at most this old: the agent tries again within a minute. */
const LATELY_SECONDS = 900;
/** Copies that have to agree before one that differs is the odd one. */
const MAJORITY = 3;

const DIFFERS = {
  effect: 'certificate-invalid',
  explains: [
    { effect: 'data-plane-not-connected', via: ['same-object', 'same-namespace'] },
    { effect: 'connection-failing', via: ['same-object', 'same-namespace'] },
  ],
} as const;

const needs = {
  pods,
  planes: istioControlPlanes,
  sidecars: istioSidecars,
  roots: istioRoots,
  log: optional(istioProxyLog),
};

export const trustBroken = defineAnalyzer({
  meta: {
    id: 'istio/trust-broken',
    title: 'Trust between Istio proxies broken',
    description:
      'Namespaces whose root certificate is not that of the control plane, a CA that was given and is not used, and ready proxies that no longer get certificates.',
    messages: {
      namespaceDiffers: {
        ...DIFFERS,
        severity: ['warning', 'info'],
        confidence: { level: 'certain', reason: 'the fingerprints of the root certificates were compared' },
        text: '{holder:object} holds a root certificate that {reference:object} does not: {count:count} proxies of its namespace do not trust the control plane, nor the proxies of others.',
        remedy: [
          {
            text: 'istiod writes these ConfigMaps: see that it is the only control plane that writes here and that it runs. One that was deleted is written again.',
            argv: ['kubectl', 'delete', 'configmap', '{holder.name}', '-n', '{holder.namespace}'],
          },
          {
            text: 'Then restart the proxies of the namespace; for a change of the root without outage both roots have to be distributed first.',
          },
        ],
      },
      notAdopted: {
        ...DIFFERS,
        severity: 'warning',
        confidence: { level: 'certain', reason: 'the fingerprints of the root certificates were compared' },
        text: '{secret:object} holds the CA istiod is to use, but all {count:count} namespaces have the root istiod made itself: the CA was given after istiod began.',
        remedy: [
          {
            text: 'Restart istiod, then the workloads, so that all get certificates of the new CA; until the last one is restarted the two halves do not trust each other unless the roots are combined first.',
            argv: ['kubectl', 'get', 'pods', '-n', '{secret.namespace}', '-l', 'app=istiod'],
          },
        ],
      },
      renewalFailing: {
        severity: 'warning',
        confidence: {
          level: 'certain',
          reason: 'the log of the proxy says so, and no later line says otherwise',
        },
        text: 'The Istio proxy of {pod:object} is ready, but asks for a new certificate in vain, last {last:time} (`{detail:text}`): mutual TLS fails when the one it has ends, at most a day after it was issued unless configured otherwise.',
        remedy: [
          {
            text: 'Read the log of istiod for the same time; `Unauthenticated` is a refused ServiceAccount token, `Unavailable` a connection that cannot be made.',
            argv: [
              'kubectl',
              'logs',
              '{pod.name}',
              '-n',
              '{pod.namespace}',
              '-c',
              'istio-proxy',
              '--tail=100',
            ],
          },
        ],
        effect: 'certificate-invalid',
        explains: [{ effect: 'connection-failing', via: ['same-object'] }],
        groupBy: ['detail'],
      },
    },
    checks: {
      root: {
        item: 'Namespace has the root certificate of its Istio control plane',
        expected: 'a common root',
        found: 'a common root',
      },
      renewed: {
        item: 'Istio proxy gets certificates',
        expected: 'no failed request',
        found: 'no failed request',
      },
    },
    references: [
      'https://istio.io/latest/docs/tasks/security/cert-management/plugin-ca-cert/',
      'istio/istio security/pkg/nodeagent/cache/secretcache.go, pilot/pkg/bootstrap/istio_ca.go',
    ],
  },
  needs,
  appliesTo({ planes, sidecars, pods: { coverage } }) {
    if (planes.planes.length > 0 || sidecars.proxies.length > 0) return true;
    if (!coverage.complete) return { applies: 'unseen', gaps: coverage.gaps };
    return { applies: false, reason: 'no pod runs Istio' };
  },
  analyze(inputs, context) {
    judgeRoots(inputs, context);
    for (const proxy of inputs.sidecars.proxies) judgeRenewal(proxy, inputs, context);
    return undefined;
  },
});

type Given = Inputs<typeof needs>;
type Context = AnalyzeContext<typeof trustBroken.meta.messages, NonNullable<typeof trustBroken.meta.checks>>;

function judgeRoots({ roots, sidecars }: Given, context: Context): void {
  const { namespaces, signing } = roots;
  const given = signing.find((one) => one.given);
  const own = signing.filter((one) => !one.given);
  const home = ({ item }: SigningRoot) => item.metadata.namespace;
  const isOwn = ({ fingerprints }: NamespaceRoot) =>
    own.some((one) => sharesRoot(one.fingerprints, fingerprints));
  // Each control plane goes by its own: two meshes in one cluster have two roots.
  const inUse = signing.filter(
    (one) => one.given || !signing.some((other) => other.given && home(other) === home(one)),
  );
  const isFine = ({ fingerprints }: NamespaceRoot) =>
    inUse.some((one) => sharesRoot(one.fingerprints, fingerprints));
  if (given && namespaces.length > 0 && namespaces.every((one) => !isFine(one) && isOwn(one))) {
    reportNotAdopted(given, namespaces, context);
    return;
  }
  // Where nobody trusts what the Secrets hold, another CA signs, as istio-csr, and they were left behind.
  const [reference] = namespaces.some(isFine) ? inUse : [];
  // Without knowing the Secrets most may be wrong and the odd one right.
  if (!reference && roots.gap) {
    for (const { item } of namespaces.slice(0, 1))
      context.looked({ check: 'root', unseen: roots.gap, subject: subjectOf(item) });
    return;
  }
  const common = reference ? undefined : majorityOf(namespaces);
  if (!reference && !common) return;
  const proxies = new Map<string, number>();
  for (const { pod } of sidecars.proxies) {
    const { namespace = '' } = pod.metadata;
    proxies.set(namespace, (proxies.get(namespace) ?? 0) + 1);
  }
  for (const root of namespaces) {
    const fine = common ? sharesRoot(common.fingerprints, root.fingerprints) : isFine(root);
    const subject = subjectOf(root.item);
    if (fine) {
      context.looked({ check: 'root', values: {}, subject });
      continue;
    }
    const count = proxies.get(root.item.metadata.namespace ?? '') ?? 0;
    const compared = reference ?? common!;
    context.report({
      message: 'namespaceDiffers',
      values: { holder: subject, reference: subjectOf(compared.item), count },
      subject,
      severity: count > 0 ? 'warning' : 'info',
      ...(reference
        ? {}
        : {
            confidence: {
              level: 'likely',
              reason:
                'it differs from what most namespaces hold; the Secret of the control plane was not seen',
            } as const,
          }),
      evidence: [
        context.at(root.item, '/data/root-cert.pem'),
        context.at(compared.item, reference ? reference.pointer : '/data/root-cert.pem'),
      ],
    });
  }
}

function reportNotAdopted(secret: SigningRoot, namespaces: readonly NamespaceRoot[], context: Context): void {
  const subject = subjectOf(secret.item);
  context.report({
    message: 'notAdopted',
    values: { secret: subject, count: namespaces.length },
    subject,
    evidence: [
      context.at(secret.item, secret.pointer),
      context.at(namespaces[0]!.item, '/data/root-cert.pem'),
    ],
  });
}

/** The copy more than half of the namespaces share a root with. */
function majorityOf(namespaces: readonly NamespaceRoot[]): NamespaceRoot | undefined {
  const shares = new Map<string, number>();
  for (const { fingerprints } of namespaces)
    for (const fingerprint of fingerprints) shares.set(fingerprint, (shares.get(fingerprint) ?? 0) + 1);
  const [most] = [...shares].sort(([, a], [, b]) => b - a);
  if (!most || most[1] < MAJORITY || most[1] * 2 <= namespaces.length) return undefined;
  return namespaces.find(({ fingerprints }) => fingerprints.has(most[0]));
}

/** A proxy that is not ready is told by istio/proxy-not-ready. */
function judgeRenewal(proxy: IstioProxy, { log }: Given, context: Context): void {
  const { pod, role } = proxy;
  if (role === 'ztunnel' || !isReady(pod)) return;
  const { renewal, seen } = proxyLogState(proxy, log);
  const subject = subjectOf(pod);
  const last = renewal?.hit.time;
  if (
    !renewal ||
    last === undefined ||
    isOlder(context.age(last, renewal.matches), LATELY_SECONDS) !== false
  ) {
    if (seen) context.looked({ check: 'renewed', values: {}, subject });
    return;
  }
  context.report({
    message: 'renewalFailing',
    values: { pod: subject, last, detail: renewal.detail },
    subject,
    evidence: [{ cite: 'matches', matches: renewal.matches, hit: renewal.hit }],
  });
}
