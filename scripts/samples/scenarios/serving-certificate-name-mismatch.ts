import { faultScenario, SHOP } from '../base-cluster.ts';
import { samplePem } from '../certificates.ts';
import { ingressController } from '../ingress-controller.ts';
import { DAY, logOf, objectOf } from '../object.ts';
import type { ApiObject, Scenario } from '../scenario.ts';

/** The Ingress was given its new host so long before the collection. */
const MOVED = 2 * DAY;

/**
 * The shop moved to another host name. Its Ingress offers the new one with the certificate of the old one, so
 * that every browser refuses the connection while all pods are well.
 */
export async function servingCertificateNameMismatch(): Promise<Scenario> {
  const controller = ingressController();
  return faultScenario('serving-certificate-name-mismatch', {
    objects: [...controller.objects, shopIngress(), await secret()],
    logs: controller.logs.map(([key]) => [
      key,
      logOf([
        [
          MOVED,
          'W0301 09:30:00.184020       7 controller.go:1334] Unexpected error validating SSL certificate "shop/shop-tls" for server "store.example": x509: certificate is valid for shop.example, www.shop.example, not store.example',
        ],
      ]),
    ]),
  });
}

function shopIngress(): ApiObject {
  const backend = { service: { name: 'web', port: { number: 80 } } };
  return objectOf(
    { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', namespace: SHOP, name: 'shop', age: 9 * DAY },
    {
      spec: {
        ingressClassName: 'nginx',
        tls: [{ hosts: ['store.example'], secretName: 'shop-tls' }],
        rules: [{ host: 'store.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
      },
      status: { loadBalancer: { ingress: [{ ip: '192.0.2.21' }] } },
    },
  );
}

async function secret(): Promise<ApiObject> {
  const pem = await samplePem({
    name: 'shop.example',
    issuer: 'Example Internal CA',
    names: ['shop.example', 'www.shop.example'],
    notBefore: '2026-01-20T00:00:00Z',
    notAfter: '2027-02-21T00:00:00Z',
  });
  return objectOf(
    { kind: 'Secret', namespace: SHOP, name: 'shop-tls', age: 40 * DAY },
    {
      type: 'kubernetes.io/tls',
      data: {
        'tls.crt': Buffer.from(pem).toString('base64'),
        'tls.key': Buffer.from('the key, which no bundle ever holds').toString('base64'),
      },
    },
  );
}
