import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { redactItem } from '../../src/redact/document.ts';
import { createTextRedactor } from '../../src/redact/text.ts';

const LOG_BYTES = 128 * 1024 * 1024;
const CHUNK = 64 * 1024;
const PODS = 20_000;

/** Numbers that look random and are the same in every run (Numerical Recipes' generator). */
function createRandom(): (below: number) => number {
  let state = 1;
  return (below) => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state % below;
  };
}

/** Lines of a controller, a proxy, etcd and a failing client; about one in `rare` speaks of secrets. */
function makeLog(bytes: number, rare: number): Buffer {
  const random = createRandom();
  const ordinary = [
    () =>
      `I0115 10:12:13.${random(999_999)}       1 controller.go:${random(900)}] "Reconciling object" controller="deployment" namespace="ns-${random(50)}" name="web-${random(999)}" reconcileID="0f1e2d3c-${random(9999)}"`,
    () =>
      `10.0.${random(255)}.${random(255)} - - [15/Jan/2026:10:11:12 +0000] "GET /api/v1/items/${random(99_999)}?page=${random(10)} HTTP/1.1" 200 ${random(9999)} "https://example.com/shop/${random(99)}" "Mozilla/5.0 (X11; Linux x86_64)"`,
    () =>
      `{"level":"info","ts":"2026-01-15T10:11:12Z","logger":"etcd","caller":"etcdserver/server.go:${random(999)}","msg":"applied snapshot","index":${random(99_999)},"took":"${random(99)}ms"}`,
    () =>
      `E0115 10:11:12.5 1 reflector.go:${random(999)}] k8s.io/client-go/informers/factory.go:150: Failed to watch *v1.Pod: Get "https://10.96.0.1:443/api/v1/pods?watch=true": dial tcp 10.96.0.1:443: connect: connection refused`,
  ];
  const telling = [
    () =>
      `W0115 10:11:12.5 1 secret.go:${random(99)}] Couldn't get secret default/foo: secret "foo" not found`,
    () => `[info] login user=bob password=hunter${random(99)} from 10.0.0.${random(255)}`,
    () => `dial postgres://kong:pw${random(99)}@db:5432/kong: refused`,
  ];
  const lines: string[] = [];
  for (let size = 0; size < bytes; ) {
    const pick = random(rare) === 0 ? telling[random(telling.length)] : ordinary[random(ordinary.length)];
    const line = `2026-01-15T10:11:12.${100_000_000 + random(899_999_999)}Z ${pick?.()}\n`;
    lines.push(line);
    size += line.length;
  }
  return Buffer.from(lines.join(''), 'latin1');
}

function makePods(count: number): string[] {
  const random = createRandom();
  return Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `web-${index}`,
        namespace: `ns-${index % 50}`,
        uid: `0f1e2d3c-0000-4000-8000-${String(index).padStart(12, '0')}`,
        labels: { app: 'web', 'pod-template-hash': `5d9f8b6c5${index % 10}` },
        managedFields: [
          {
            manager: 'kubelet',
            operation: 'Update',
            fieldsV1: {
              'f:status': { 'f:conditions': { 'k:{"type":"Ready"}': { 'f:status': {} } }, 'f:podIP': {} },
            },
          },
        ],
      },
      spec: {
        containers: [
          {
            name: 'web',
            image: 'registry.example.com/shop/web:1.2.3',
            args: ['--listen=:8080', '--log-level=info'],
            env: [
              { name: 'DATABASE_HOST', value: 'db.shop.svc' },
              ...(random(5) === 0 ? [{ name: 'DATABASE_PASSWORD', value: `hunter${index}` }] : []),
              { name: 'API_TOKEN', valueFrom: { secretKeyRef: { name: 'api', key: 'token' } } },
            ],
            volumeMounts: [
              { name: 'kube-api-access-x', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
            ],
          },
        ],
        volumes: [
          {
            name: 'kube-api-access-x',
            projected: { sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }] },
          },
        ],
      },
      status: {
        phase: 'Running',
        conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
          type,
          status: 'True',
          lastTransitionTime: '2026-01-15T10:00:00Z',
        })),
        containerStatuses: [
          {
            name: 'web',
            ready: true,
            restartCount: 0,
            imageID: `registry.example.com/shop/web@sha256:${'ab12'.repeat(16)}`,
            state: { running: { startedAt: '2026-01-15T10:00:00Z' } },
          },
        ],
      },
    }),
  );
}

function seconds(run: () => void): number {
  const begun = performance.now();
  run();
  return (performance.now() - begun) / 1000;
}

function best(run: () => void): number {
  return Math.min(seconds(run), seconds(run), seconds(run));
}

function redactLog(log: Buffer): number {
  const redactor = createTextRedactor();
  let size = 0;
  for (let at = 0; at < log.length; at += CHUNK) size += redactor.push(log.subarray(at, at + CHUNK)).length;
  return size + redactor.end().length;
}

function benchLog(title: string, log: Buffer): void {
  const megabytes = log.length / 1e6;
  const gzip = seconds(() => {
    spawnSync('gzip', ['-6', '-c'], { input: log, stdio: ['pipe', 'ignore', 'inherit'] });
  });
  const redact = best(() => redactLog(log));
  const rate = (megabytes / redact).toFixed(0);
  console.log(`${title}: ${rate} MB/s, ${(redact / gzip).toFixed(2)} of gzip -6 (${gzip.toFixed(2)} s)`);
}

function benchPods(): void {
  const pods = makePods(PODS);
  const megabytes = pods.reduce((sum, pod) => sum + pod.length, 0) / 1e6;
  const plain = best(() => {
    for (const pod of pods) JSON.stringify(JSON.parse(pod));
  });
  const redact = best(() => {
    for (const pod of pods) redactItem(JSON.parse(pod), pod);
  });
  const rate = (megabytes / redact).toFixed(0);
  console.log(`pods, parse and redact: ${rate} MB/s, ${(redact / plain).toFixed(2)} of parse and stringify`);
}

benchLog('log, no line telling', makeLog(LOG_BYTES, 1_000_000_000));
benchLog('log, 1 line in 100 telling', makeLog(LOG_BYTES, 100));
benchLog('log, 1 line in 10 telling', makeLog(LOG_BYTES, 10));
benchPods();
