import { samplePem } from './certificates.ts';
import { type ClusterPart, DAY, eventAbout, logOf, MINUTE, objectOf } from './object.ts';
import { service } from './services.ts';
import { deployment, podsIn } from './workloads.ts';

const NAMESPACE = 'shop';

/** An ordinary application: a web front, an API behind it, a TLS Secret, configuration, a few events. */
export async function shop(): Promise<ClusterPart> {
  const web = deployment({
    namespace: NAMESPACE,
    name: 'web',
    hash: '7d4b8c6f9d',
    age: 9 * DAY,
    labels: { app: 'web' },
    container: {
      name: 'nginx',
      image: 'registry.example/shop/web:4.12.0',
      ports: [{ name: 'http', containerPort: 8080 }],
      envFrom: [{ configMapRef: { name: 'web' } }],
      readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 5 },
      volumeMounts: [{ name: 'tls', mountPath: '/etc/tls', readOnly: true }],
    },
    volumes: [{ name: 'tls', secret: { secretName: 'shop-tls' } }],
    replicas: [
      { suffix: '5p2mk', node: 'worker-1', ip: '10.244.1.14' },
      { suffix: 'hx8vn', node: 'worker-2', ip: '10.244.2.17' },
    ],
  });
  const api = deployment({
    namespace: NAMESPACE,
    name: 'api',
    hash: '5c9f7db84b',
    age: 9 * DAY,
    labels: { app: 'api' },
    container: {
      name: 'api',
      image: 'registry.example/shop/api:2.8.3',
      ports: [{ name: 'http', containerPort: 9000 }],
      env: [
        { name: 'DATABASE_PASSWORD', valueFrom: { secretKeyRef: { name: 'api-database', key: 'password' } } },
      ],
      resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '512Mi' } },
    },
    replicas: [{ suffix: 't6rqb', node: 'worker-2', ip: '10.244.2.23', restarted: 3 * DAY }],
  });
  const [webPod, otherWebPod] = podsIn(web);
  const [apiPod] = podsIn(api);
  const ports = (targetPort: number) => [{ name: 'http', port: 80, targetPort }];
  return {
    objects: [
      ...web,
      ...api,
      ...service({
        namespace: NAMESPACE,
        name: 'web',
        selector: { app: 'web' },
        clusterIP: '10.102.14.7',
        ports: ports(8080),
        pods: podsIn(web),
      }),
      ...service({
        namespace: NAMESPACE,
        name: 'api',
        selector: { app: 'api' },
        clusterIP: '10.102.91.30',
        ports: ports(9000),
        pods: podsIn(api),
      }),
      objectOf(
        { kind: 'ConfigMap', namespace: NAMESPACE, name: 'web' },
        { data: { API_URL: 'http://api.shop.svc', LOCALE: 'de-DE' } },
      ),
      await tlsSecret(),
      objectOf(
        { kind: 'Secret', namespace: NAMESPACE, name: 'api-database' },
        { type: 'Opaque', data: { password: encoded('correct horse') } },
      ),
      eventAbout(webPod!, {
        reason: 'Pulled',
        message: 'Container image "registry.example/shop/web:4.12.0" already present on machine',
        age: 52 * MINUTE,
        source: { component: 'kubelet', host: 'worker-1' },
        fieldPath: 'spec.containers{nginx}',
      }),
    ],
    logs: [
      [`${NAMESPACE}/${webPod!.metadata.name}/nginx`, accessLog('10.244.1.1')],
      [`${NAMESPACE}/${otherWebPod!.metadata.name}/nginx`, accessLog('10.244.2.1')],
      [
        `${NAMESPACE}/${apiPod!.metadata.name}/api`,
        logOf([
          [3 * DAY, '{"level":"info","msg":"listening","port":9000}'],
          [4 * MINUTE, '{"level":"info","msg":"catalogue refreshed","products":1841,"ms":412}'],
          [40, '{"level":"info","msg":"request","path":"/v2/products","status":200,"ms":9}'],
        ]),
      ],
      [
        `${NAMESPACE}/${apiPod!.metadata.name}/api/previous`,
        logOf([[3 * DAY + 2, '{"level":"info","msg":"shutting down","signal":"SIGTERM"}']]),
      ],
    ],
  };
}

async function tlsSecret() {
  const certificate = await samplePem({
    name: 'shop.example',
    issuer: 'Example Internal CA',
    names: ['shop.example', 'www.shop.example'],
    notBefore: '2026-01-20T00:00:00Z',
    notAfter: '2027-02-21T00:00:00Z',
  });
  return objectOf(
    { kind: 'Secret', namespace: NAMESPACE, name: 'shop-tls', age: 40 * DAY },
    {
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': encoded(certificate), 'tls.key': encoded('the key, which no bundle ever holds') },
    },
  );
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64');
}

function accessLog(client: string): string {
  return logOf(
    [180, 121, 64, 12].map((age, index) => {
      const path = ['/', '/assets/app.css', '/cart', '/ready'][index];
      return [age, `${client} - - "GET ${path} HTTP/1.1" 200 ${5120 - index * 700}`] as const;
    }),
  );
}
