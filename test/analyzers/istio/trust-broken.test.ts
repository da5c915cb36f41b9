import { trustBroken } from '../../../analyzers/istio/trust-broken.ts';
import { configMaps, pods, secrets } from '../../../src/artifacts/resources.ts';
import { anyObject, pod } from '../../support/builders.ts';
import { base64 } from '../../support/certificates.ts';
import { issueCa } from '../../support/issued-certificates.ts';
import { istiod, istioSettings, meshPod, proxyLogOf } from '../../support/istio-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const one = (await issueCa('cluster.local')).pem;
const other = (await issueCa('cluster.local')).pem;
const root = (namespace: string, pem: string) =>
  istioSettings('istio-ca-root-cert', { 'root-cert.pem': pem }, namespace);
const secret = (name: string, data: Record<string, string>) =>
  anyObject('v1', 'Secret', name, 'istio-system', {
    data: Object.fromEntries(Object.entries(data).map(([key, pem]) => [key, base64(pem)])),
  });
const own = (pem: string) => secret('istio-ca-secret', { 'ca-cert.pem': pem });
const given = (pem: string) => secret('cacerts', { 'root-cert.pem': pem, 'ca-cert.pem': pem });
const mesh = (...objects: readonly { kind: string }[]) =>
  [...istiod(), ...objects].filter(({ kind }) => kind !== 'EndpointSlice');
const FAILED =
  'error\tcache\tresource:default failed to sign: create certificate: rpc error: code = Unauthenticated desc = request authenticate failure';
const ISSUED = 'info\tcache\tgenerated new workload certificate\tlatency=38ms ttl=23h59m59s';
const SHOP = 'ConfigMap/shop/istio-ca-root-cert';

testAnalyzer(trustBroken, {
  silent: [
    { name: 'no Istio', given: { objects: [pod('web')] }, status: 'not-applicable' },
    {
      name: 'one root everywhere',
      given: { objects: mesh(own(one), root('shop', one), root('default', one), meshPod('web')) },
    },
    {
      name: 'a change of the root under way: both are there',
      given: { objects: mesh(given(one + other), root('shop', one), root('default', other + one)) },
    },
    {
      name: 'a CA that was given and is used, beside the one istiod had made before',
      given: { objects: mesh(given(one), own(other), root('shop', one)) },
    },
    {
      name: 'another CA signs, as istio-csr, and the one istiod had made was left behind',
      given: { objects: mesh(own(other), root('shop', one), root('default', one), meshPod('web')) },
    },
    {
      name: 'two meshes, each with a root of its own',
      given: {
        objects: mesh(
          ...istiod({ namespace: 'mesh-b' }),
          given(one),
          anyObject('v1', 'Secret', 'istio-ca-secret', 'mesh-b', { data: { 'ca-cert.pem': base64(other) } }),
          root('shop', one),
          root('basket', other),
          meshPod('web'),
          meshPod('basket', { namespace: 'basket' }),
        ),
      },
    },
    {
      name: 'a copy that differs in a namespace without proxies',
      given: { objects: mesh(own(one), root('shop', other), root('default', one)) },
      info: [{ message: 'namespaceDiffers', subject: SHOP, severity: 'info', values: { count: 0 } }],
    },
    {
      name: 'two copies that differ, and nothing says which is right',
      given: {
        objects: mesh(root('shop', other), root('default', one), meshPod('web')),
      },
    },
    {
      name: 'a failed request and a certificate since then',
      given: { objects: mesh(meshPod('web')), logs: [proxyLogOf('web', [FAILED, ISSUED])] },
    },
    {
      name: 'a proxy that is not ready, which is told elsewhere',
      given: {
        objects: mesh(meshPod('web', { proxyStatus: { ready: false } })),
        logs: [proxyLogOf('web', [FAILED])],
      },
    },
  ],
  reports: [
    {
      name: 'a namespace of another control plane',
      given: { objects: mesh(own(one), root('shop', other), root('default', one), meshPod('web')) },
      expect: [
        {
          message: 'namespaceDiffers',
          subject: SHOP,
          severity: 'warning',
          confidence: 'certain',
          values: { count: 1 },
        },
      ],
    },
    {
      name: 'the odd one out, where no Secret holds a root, as with istio-csr',
      given: {
        objects: mesh(root('shop', other), root('a', one), root('b', one), root('c', one), meshPod('web')),
      },
      expect: [{ message: 'namespaceDiffers', subject: SHOP, severity: 'warning', confidence: 'likely' }],
    },
    {
      name: 'a CA was given to an istiod that had begun',
      given: { objects: mesh(given(one), own(other), root('shop', other), root('default', other)) },
      expect: [{ message: 'notAdopted', subject: 'Secret/istio-system/cacerts', values: { count: 2 } }],
    },
    {
      name: 'a ready proxy gets no new certificate',
      given: { objects: mesh(meshPod('web')), logs: [proxyLogOf('web', [ISSUED, FAILED])] },
      expect: [
        {
          message: 'renewalFailing',
          subject: 'Pod/shop/web',
          values: { detail: 'Unauthenticated: request authenticate failure' },
        },
      ],
    },
  ],
  unknown: [
    {
      name: 'the Secrets were refused: which root is right is not known',
      given: {
        objects: mesh(root('shop', other), root('a', one), root('b', one), root('c', one), meshPod('web')),
        forbidden: [secrets],
      },
      reason: /not allowed/,
    },
    {
      name: 'ConfigMaps were refused',
      given: { objects: mesh(), forbidden: [configMaps] },
      reason: /not allowed/,
    },
    { name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ },
  ],
});
