import { expect, it } from 'vitest';
import { type SecretItem, secrets } from '../../../src/artifacts/resources.ts';
import { secretUsers } from '../../../src/derive/secret-users.ts';
import { anyObject, pod, secret } from '../../support/builders.ts';
import { inputsFrom } from '../../support/derived-value.ts';
import { istiod } from '../../support/istio-builders.ts';

function uses(
  objects: readonly object[],
  namespace = 'shop',
  forbidden: readonly { id: string }[] = [],
): string {
  const kept = secret('tls', { metadata: { namespace } });
  const inputs = inputsFrom({ secrets, users: secretUsers }, { objects: [kept, ...objects], forbidden });
  return inputs.users.uses(inputs.secrets.items[0] as SecretItem);
}

it.each([
  ['a volume', pod('web', { spec: { volumes: [{ name: 'v', secret: { secretName: 'tls' } }] } }), 'shop'],
  [
    'an Ingress',
    anyObject('networking.k8s.io/v1', 'Ingress', 'web', 'shop', { spec: { tls: [{ secretName: 'tls' }] } }),
    'shop',
  ],
  [
    'a Gateway of another namespace',
    anyObject('gateway.networking.k8s.io/v1', 'Gateway', 'web', 'edge', {
      spec: { listeners: [{ name: 'a', tls: { certificateRefs: [{ name: 'tls', namespace: 'shop' }] } }] },
    }),
    'shop',
  ],
  [
    'a Gateway of Istio in its own namespace',
    anyObject('networking.istio.io/v1', 'Gateway', 'web', 'shop', {
      spec: { servers: [{ tls: { credentialName: 'tls' } }] },
    }),
    'shop',
  ],
  [
    'an issuer',
    anyObject('cert-manager.io/v1', 'Issuer', 'ca', 'shop', { spec: { ca: { secretName: 'tls' } } }),
    'shop',
  ],
  [
    'an issuer of the cluster',
    anyObject('cert-manager.io/v1', 'ClusterIssuer', 'ca', null, { spec: { ca: { secretName: 'tls' } } }),
    'cert-manager',
  ],
])('a Secret is used by %s', (_name, user, namespace) => {
  expect(uses([user], namespace)).toBe('yes');
});

it('a Secret nobody names is unused only where pods were seen', () => {
  expect(uses([])).toBe('no');
  expect(uses([], 'shop', [{ id: 'resources:core/Pod' }])).toBe('unknown');
});

it('finds what a Gateway of Istio names where its pods run', () => {
  const gateway = anyObject('networking.istio.io/v1', 'Gateway', 'web', 'apps', {
    spec: { servers: [{ tls: { credentialName: 'tls' } }] },
  });
  const proxy = { name: 'istio-proxy', image: 'istio/proxyv2:1.27.0', args: ['proxy', 'router'] };
  const pods = [pod('edge', { metadata: { namespace: 'edge' }, spec: { containers: [proxy] } })];

  expect(uses([gateway, ...pods], 'edge')).toBe('yes');
  expect(uses([gateway, ...pods], 'shop')).toBe('no');
});

it('does not say that nobody uses the root istiod reads by the API', () => {
  const own = secret('istio-ca-secret', { metadata: { namespace: 'istio-system' } });
  const given = (objects: readonly object[]) => {
    const inputs = inputsFrom({ secrets, users: secretUsers }, { objects: [own, ...objects] });
    return inputs.users.uses(inputs.secrets.items[0] as SecretItem);
  };

  expect(given(istiod().filter(({ kind }) => kind === 'Pod'))).toBe('unknown');
  expect(given([])).toBe('no');
});
