import { faultScenario, SHOP } from '../base-cluster.ts';
import { proxyLog } from '../istio-proxies.ts';
import { meshShop } from '../mesh-shop.ts';
import { ago, DAY, logOf, MINUTE, objectOf } from '../object.ts';
import type { Scenario } from '../scenario.ts';

/** The routes were written so long before the collection. */
const WRITTEN = 25 * MINUTE;
/** A pod of the web front, whose proxy sends the requests. */
const CLIENT = 'web-7d4b8c6f9d-5p2mk';

/**
 * A VirtualService splits the requests for the API between the subsets `v1` and `v2`, and the DestinationRule
 * that is to define them was never applied: Envoy knows no such cluster and answers 503 itself.
 */
export async function istioSubsetMissing(): Promise<Scenario> {
  const destination = (subset: string) => ({ host: 'api', port: { number: 80 }, subset });
  const split = [
    { destination: destination('v1'), weight: 90 },
    { destination: destination('v2'), weight: 10 },
  ];
  const route = objectOf(
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      namespace: SHOP,
      name: 'api',
      age: WRITTEN,
    },
    { spec: { hosts: ['api'], http: [{ name: 'split', route: split }] } },
  );
  return faultScenario(
    'istio-subset-missing',
    await meshShop({
      plane: { accessLog: true },
      objects: [route],
      proxyLogs: { [CLIENT]: `${proxyLog(9 * DAY)}${refusedRequests()}` },
    }),
  );
}

/** Envoy's own answers: flag `NC`, no cluster and no upstream. */
function refusedRequests(): string {
  const ages = Array.from({ length: 24 }, (_, index) => WRITTEN - 20 - index * 60);
  return logOf(
    ages.map((age, index) => {
      const id = `6c1d2f7e-0b4a-9c3e-8d21-${String(index).padStart(12, '0')}`;
      const line =
        `[${ago(age).replace('Z', '.120Z')}] "GET /v2/products HTTP/1.1" 503 NC cluster_not_found - "-" 0 0 0 - "-" ` +
        `"okhttp/4.12.0" "${id}" "api.shop.svc" "-" - - 10.102.91.30:80 10.244.1.14:4${1200 + index} - split`;
      return [age, line] as const;
    }),
  );
}
