/** Real phrases of Kubernetes, etcd, Kong and Envoy logs; the rest of the literals is made of the two lists below. */
const PHRASES: readonly string[] = [
  'certificate verify failed',
  'x509: certificate has expired or is not yet valid',
  'x509: certificate signed by unknown authority',
  'context deadline exceeded',
  'connection refused',
  'i/o timeout',
  'no such host',
  'apply request took too long',
  'took too long to execute',
  'leader changed',
  'lost leader',
  'failed to send out heartbeat on time',
  'slow fdatasync',
  'database space exceeded',
  'error retrieving resource lock',
  'failed to renew lease',
  'leaderelection lost',
  'PLEG is not healthy',
  'failed to pull image',
  'ImagePullBackOff',
  'Back-off restarting failed container',
  'OOMKilled',
  'out of memory: Killed process',
  'memory cgroup out of memory',
  'no space left on device',
  'disk quota exceeded',
  'too many open files',
  'failed calling webhook',
  'the server could not find the requested resource',
  'etcdserver: request timed out',
  'rpc error: code = Unavailable',
  'rpc error: code = DeadlineExceeded',
  'StreamAggregatedResources gRPC config stream closed',
  'upstream prematurely closed connection',
  'upstream connect error or disconnect/reset before headers',
  'could not get dns metadata',
  'failed to connect to the control plane',
  'unable to connect to the control plane',
  'wrong node version',
  'unable to update running config',
  'network plugin is not ready',
  'cni plugin not initialized',
  'failed to create pod sandbox',
  'MountVolume.SetUp failed for volume',
  'Unable to attach or mount volumes',
  'panic: runtime error',
  'invalid memory address or nil pointer dereference',
  'Liveness probe failed',
  'Readiness probe failed',
  'TLS handshake error',
];

const ACTIONS: readonly string[] = [
  'failed to',
  'unable to',
  'cannot',
  'error while trying to',
  'timed out waiting to',
];
const OBJECTS: readonly string[] = (
  'sync endpoint|update node status|list *v1.Pod|watch *v1.ConfigMap|renew certificate|mount secret|' +
  'allocate address|attach disk|resolve upstream|dial backend|bind listener|load plugin|read kubeconfig|' +
  'decode object|patch finalizers|delete sandbox|start container|kill container|create shim|open socket|' +
  'write snapshot|compact revision|join member|elect leader|parse manifest|evaluate policy|refresh token|' +
  'reload config|export metrics|rotate log|garbage collect image|evict pod|drain queue|lock mutex|' +
  'set hostname|configure route|program iptables|probe port|validate schema|apply quota|scale replica|' +
  'reconcile gateway|push listener|accept cluster|connect stream|verify signature|flush cache|' +
  'fetch token review|negotiate protocol|restore backup'
).split('|');

/** Three hundred different literals, all of eight bytes or more. */
export function literals(): readonly string[] {
  const made = ACTIONS.flatMap((action) => OBJECTS.map((object) => `${action} ${object}`));
  return [...PHRASES, ...made].slice(0, 300);
}

/** A small deterministic generator (mulberry32), so that every run scans the same bytes. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const QUIET: readonly string[] = [
  'Starting reconcile of workload',
  'Successfully assigned pod to node',
  'Caches are synced for shared informer',
  'SyncLoop UPDATE source api',
  'Observed a change in the endpoint slice',
  'Finished defragmenting directory, revision compacted',
  'Updated allocation of pod on node, nothing to do',
  'Reusing connection of the pool for request',
];

interface Source {
  readonly next: () => number;
  seconds: number;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function clock(source: Source): string {
  source.seconds += source.next() * 0.02;
  const total = Math.floor(source.seconds);
  const micros = pad(Math.floor((source.seconds % 1) * 1e6), 6);
  return `${pad(Math.floor(total / 3600) % 24, 2)}:${pad(Math.floor(total / 60) % 60, 2)}:${pad(total % 60, 2)}.${micros}`;
}

function name(source: Source): string {
  const hash = Math.floor(source.next() * 2 ** 40).toString(36);
  return `team-${Math.floor(source.next() * 90)}/app-${Math.floor(source.next() * 900)}-${hash.slice(0, 9)}-${hash.slice(-5)}`;
}

/** One line: 60 % klog, 20 % JSON, 20 % proxy access log, in the lengths real ones have. */
function line(source: Source, message: string): string {
  const kind = source.next();
  const time = clock(source);
  if (kind < 0.6) {
    const at = `${Math.floor(source.next() * 9000)} file_${Math.floor(source.next() * 40)}.go:${Math.floor(source.next() * 900)}`;
    return `I0102 ${time} ${at}] "${message}" pod="${name(source)}" podUID="${Math.floor(source.next() * 2 ** 48).toString(16)}" node="worker-${Math.floor(source.next() * 300)}" elapsed="${(source.next() * 90).toFixed(3)}ms" resourceVersion="${Math.floor(source.next() * 1e9)}"\n`;
  }
  if (kind < 0.8) {
    return `{"level":"info","ts":"2026-01-02T${time}Z","logger":"controller.${Math.floor(source.next() * 40)}","caller":"etcdserver/util.go:${Math.floor(source.next() * 900)}","msg":"${message}","object":"${name(source)}","reconcileID":"${Math.floor(source.next() * 2 ** 50).toString(16)}","took":"${(source.next() * 400).toFixed(2)}ms","size":${Math.floor(source.next() * 1e6)}}\n`;
  }
  return `10.${Math.floor(source.next() * 255)}.${Math.floor(source.next() * 255)}.7 - - [02/Jan/2026:${time.slice(0, 8)} +0000] "GET /api/v1/${name(source)}?page=${Math.floor(source.next() * 99)} HTTP/1.1" 200 ${Math.floor(source.next() * 1e5)} "-" "${message}" upstream: ${(source.next() * 2).toFixed(3)}\n`;
}

/** About `bytes` bytes of log lines, `hitShare` of them holding one of the literals; the same for the same seed. */
export function logBlock(bytes: number, hitShare: number, seed: number): Buffer {
  const source: Source = { next: random(seed), seconds: seed };
  const needles = literals();
  const parts: string[] = [];
  let length = 0;
  while (length < bytes) {
    const hit = source.next() < hitShare;
    const from = hit ? needles : QUIET;
    // Few messages make up most of a noisy log: with the cube, a tenth of them makes half of the hits.
    const text = line(source, from[Math.floor(source.next() ** 3 * from.length)] as string);
    parts.push(text);
    length += text.length;
  }
  return Buffer.from(parts.join(''));
}
