import { faultScenario, SHOP } from '../base-cluster.ts';
import { ingressController } from '../ingress-controller.ts';
import { DAY, HOUR, type LogEntry, logOf, MINUTE, objectOf } from '../object.ts';
import { from } from '../pod-events.ts';
import type { ApiObject, Scenario } from '../scenario.ts';

/** The Ingress was changed so long before the collection. */
const CHANGED = 3 * HOUR;

/** One path of the shop's Ingress leads to a Service that does not exist. */
export async function ingressBackendMissing(): Promise<Scenario> {
  const ingress = shopIngress();
  const controller = ingressController();
  return faultScenario('ingress-backend-missing', {
    objects: [
      ...controller.objects,
      ingress,
      from('nginx-ingress-controller', ingress, {
        type: 'Normal',
        reason: 'Sync',
        message: 'Scheduled for sync',
        age: 12 * MINUTE,
        first: CHANGED,
        count: 3,
      }),
    ],
    logs: controller.logs.map(
      ([key]): LogEntry => [
        key,
        logOf([
          [CHANGED, missing('06:30:00.184020')],
          [12 * MINUTE, missing('09:18:00.184020')],
          [
            30,
            '10.244.1.1 - - [03/Mar/2026:09:29:30 +0000] "POST /checkout HTTP/2.0" 503 592 "-" "Mozilla/5.0" 512 0.000 [shop-checkout-80] [] - - - - 5f1c',
          ],
        ]),
      ],
    ),
  });
}

function missing(time: string): string {
  return `W0303 ${time}       7 controller.go:1126] Error obtaining Endpoints for Service "shop/checkout": no object matching key "shop/checkout" in local store`;
}

function shopIngress(): ApiObject {
  const path = (prefix: string, name: string) => ({
    path: prefix,
    pathType: 'Prefix',
    backend: { service: { name, port: { number: 80 } } },
  });
  return objectOf(
    { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', namespace: SHOP, name: 'shop', age: 9 * DAY },
    {
      spec: {
        ingressClassName: 'nginx',
        rules: [
          {
            host: 'shop.example',
            http: { paths: [path('/api', 'api'), path('/checkout', 'checkout'), path('/', 'web')] },
          },
        ],
      },
      status: { loadBalancer: { ingress: [{ ip: '192.0.2.21' }] } },
    },
  );
}
