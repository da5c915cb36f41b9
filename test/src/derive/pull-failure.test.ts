import { describe, expect, it } from 'vitest';
import { readPullError } from '../../../src/derive/pull-failure.ts';

const IMAGE = 'registry.example/shop/app:1';
const PULL = `failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": `;

function failureOf(message: string, image = IMAGE) {
  return readPullError(message, image).failure;
}

describe('a pull error', () => {
  it('of a name that is not resolved is read from the waiting message of Kubernetes 1.36', () => {
    const message =
      'Back-off pulling image "registry.invalid/none:1": ErrImagePull: failed to pull and unpack image "registry.invalid/none:1": failed to resolve reference "registry.invalid/none:1": failed to do request: Head "https://registry.invalid/v2/none/manifests/1": dial tcp: lookup registry.invalid on 10.255.255.53:53: dial udp 10.255.255.53:53: connect: network is unreachable';

    expect(readPullError(message, 'registry.invalid/none:1')).toEqual({
      failure: 'nameNotResolved',
      host: 'registry.invalid',
      detail:
        'Head "https://registry.invalid/v2/none/manifests/1": dial tcp: lookup registry.invalid on 10.255.255.53:53: dial udp 10.255.255.53:53: connect: network is unreachable',
    });
  });

  it.each([
    ['nameNotResolved', 'dial tcp: lookup registry.example: Temporary failure in name resolution'],
    [
      'nameNotResolved',
      'dial tcp: lookup registry.example on 10.96.0.10:53: read udp 10.0.0.7:5353: i/o timeout',
    ],
    [
      'unreachable',
      'failed to do request: Head "https://registry.example/v2/shop/app/manifests/1": dial tcp 192.0.2.7:443: i/o timeout',
    ],
    ['unreachable', 'dial tcp 192.0.2.7:443: connect: connection refused'],
    ['unreachable', 'net/http: TLS handshake timeout'],
    [
      'failing',
      'unexpected status from HEAD request to https://registry.example/v2/shop/app/manifests/1: 502 Bad Gateway',
    ],
    [
      'certificateRejected',
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    ],
    ['plainHttp', 'http: server gave HTTP response to HTTPS client'],
    [
      'rateLimited',
      '429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit.',
    ],
    [
      'missingOrDenied',
      'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    ],
    [
      'accessDenied',
      'failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://registry.example/token?scope=x: 403 Forbidden',
    ],
    ['accessDenied', 'unauthorized: authentication required'],
    ['accessDenied', 'no basic auth credentials'],
    ['notFound', `${IMAGE}: not found`],
    ['notFound', 'reading manifest 1 in registry.example/shop/app: manifest unknown'],
    ['noSuchPlatform', 'no match for platform in manifest: not found'],
    ['noSuchPlatform', 'no matching manifest for linux/arm64/v8 in the manifest list entries'],
    [
      'diskFull',
      'write /var/lib/containerd/io.containerd.content.v1.content/ingest/1/data: no space left on device',
    ],
    [
      'runtimeNotAnswering',
      'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused"',
    ],
    ['signatureRejected', 'SignatureValidationFailed: image is not signed'],
  ])('is %s', (failure, words) => {
    expect(failureOf(PULL + words)).toBe(failure);
  });

  it('without a cause has no class', () => {
    expect(failureOf(`Back-off pulling image "${IMAGE}"`)).toBeUndefined();
  });

  it('is not judged by words in the name of the image', () => {
    const image = 'registry.example/unauthorized/x509:no-such-host';

    expect(failureOf(`failed to resolve reference "${image}": ${image}: not found`, image)).toBe('notFound');
    expect(failureOf(`Back-off pulling image "${image}"`, image)).toBeUndefined();
  });

  it('of a mirror names the mirror and not the registry', () => {
    const message =
      'unexpected status from HEAD request to https://mirror.example/v2/library/nginx/manifests/1?ns=docker.io: 403 Forbidden';

    expect(readPullError(message, 'nginx:1')).toMatchObject({
      failure: 'mirrorRefuses',
      host: 'mirror.example',
    });
  });

  it('of a token service is no mirror', () => {
    const message =
      'unexpected status from GET request to https://auth.docker.io/token?service=x: 401 Unauthorized';

    expect(readPullError(message, 'shop/app:1')).toMatchObject({
      failure: 'accessDenied',
      host: 'docker.io',
    });
  });
});
