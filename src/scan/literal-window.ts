/** Size of the tables indexed by a block hash. */
export const HASH_SIZE = 0x10000;

/** Hash of three consecutive bytes. The scan loop repeats this expression. */
export function blockHash(a: number, b: number, c: number): number {
  return ((a << 8) ^ (b << 4) ^ c) & 0xffff;
}

/**
 * Lines in the shapes logs have (klog, JSON, access logs, logfmt, kubelet timestamps), made up. Blocks that
 * are frequent here are frequent in logs: windows of literals avoid them.
 */
const TYPICAL_LINES = `2026-01-02T03:04:05.123456789Z stderr F I0102 03:04:05.123456       1 reflector.go:351] "Caches populated" type="*v1.Pod" reflector="k8s.io/client-go/informers/factory.go:160"
I0102 03:04:05.678901    1234 kubelet.go:2443] "SyncLoop (PLEG): event for pod" pod="kube-system/coredns-7db6d8ff4d-x2v9z" event={"ID":"0a1b2c3d-4e5f-6789-abcd-ef0123456789","Type":"ContainerStarted"}
W0102 03:04:06.234567       1 controller.go:612] "Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version and try again" node="worker-12" err="not found"
E0102 03:04:07.345678    1234 pod_workers.go:1298] "Error syncing pod, skipping" err="failed to start container in the namespace" podUID="5f6e7d8c-9b0a-4321-8765-43210fedcba9" elapsed="12.345ms" resourceVersion="123456789"
{"level":"info","ts":"2026-01-02T03:04:05.123Z","caller":"mvcc/index.go:214","msg":"compact tree index","revision":123456,"took":"1.234567ms","request":"header:<ID:12345 >","size":1024,"hash":987654321}
{"level":"error","ts":"2026-01-02T03:04:06Z","logger":"controller.service","msg":"Reconciler error","controller":"endpoint","object":{"name":"app","namespace":"default"},"reconcileID":"abcdef01-2345-6789","error":"context canceled","stacktrace":"sigs.k8s.io/controller-runtime/pkg/internal/controller.(*Controller).processNextWorkItem"}
10.0.12.34 - - [02/Jan/2026:03:04:05 +0000] "GET /api/v1/namespaces/default/services?limit=500&timeout=30s HTTP/1.1" 200 5120 "-" "kube-probe/1.31 (linux/amd64) Mozilla/5.0"
[2026-01-02T03:04:05.123Z] "POST /v1/orders/12345 HTTP/2" 503 - via_upstream - "-" 123 456 78 77 "10.1.2.3" "curl/8.5.0" "inbound|8080||" 127.0.0.6:12345 10.2.3.4:8080 outbound_.80_._.web.default.svc.cluster.local default
2026/01/02 03:04:05 [notice] 1270#0: *345 [lua] init.lua:300: handler(): request completed, client: 10.1.2.3, server: kong, request: "GET /status HTTP/1.1", host: "localhost:8100"
time="2026-01-02T03:04:05.123456789Z" level=info msg="created container with id and process from the image" container=busybox module=containerd
ts=2026-01-02T03:04:05.123Z caller=main.go:567 level=warn component=server msg="connection to the server closed, waiting for response status" duration=1.5s key=value
	at java.base/java.lang.Thread.run(Thread.java:840) [INFO ] main org.springframework.context.support - started application in 12.3 seconds (process running for 13)
`;

/** How often blocks occur, from a sample of what will be scanned. */
export interface BlockFrequency {
  /** Share of blocks that are, or are likely to be, these three bytes. */
  of(a: number, b: number, c: number): number;
}

/** Counts blocks; a block the sample lacks is taken as likely as its rarer pair of bytes, scaled down. */
export function blockFrequency(sample: Uint8Array = Buffer.from(TYPICAL_LINES)): BlockFrequency {
  const blocks = new Uint32Array(HASH_SIZE);
  const pairs = new Uint32Array(0x10000);
  for (let at = 2; at < sample.length; at++) {
    const [a, b, c] = [sample[at - 2]!, sample[at - 1]!, sample[at]!];
    blocks[blockHash(a, b, c)]! += 1;
    pairs[(a << 8) | b]! += 1;
  }
  const total = Math.max(1, sample.length);
  return {
    of(a, b, c) {
      const pair = Math.min(pairs[(a << 8) | b]!, pairs[(b << 8) | c]!);
      return (blocks[blockHash(a, b, c)]! + pair * PAIR_WEIGHT + FLOOR_WEIGHT) / total;
    },
  };
}

/** A twentieth: about how many blocks continue one pair of bytes in log text. */
const PAIR_WEIGHT = 0.05;
const FLOOR_WEIGHT = 0.002;
/** Comparing literals at a possible match costs about as much as this many lost bytes of jump. */
const VERIFY_WEIGHT = 12;

/** The shift table, and for each literal where its window begins. */
export interface Windows {
  /** Bytes to jump, by block hash; 0 where a window may end. */
  readonly shift: Uint8Array;
  readonly starts: Int32Array;
  /** Length of every window. */
  readonly size: number;
}

/**
 * Chooses in each literal the window that costs the scan least: rare blocks, or blocks another window
 * already pays for. Short literals have little choice and go first.
 */
export function chooseWindows(literals: readonly Uint8Array[], frequency: BlockFrequency): Windows {
  const size = Math.min(WINDOW_MAX, ...literals.map((literal) => literal.length));
  const shift = new Uint8Array(HASH_SIZE).fill(size - 2);
  const starts = new Int32Array(literals.length);
  const order = [...literals.keys()].sort((x, y) => literals[x]!.length - literals[y]!.length || x - y);
  for (const index of order) {
    const literal = literals[index]!;
    let cheapest = Number.POSITIVE_INFINITY;
    for (let start = 0; start + size <= literal.length; start++) {
      const cost = windowCost(literal.subarray(start, start + size), shift, frequency);
      if (cost >= cheapest) continue;
      cheapest = cost;
      starts[index] = start;
    }
    addWindow(literal.subarray(starts[index]!, starts[index]! + size), shift);
  }
  return { shift, starts, size };
}

/** Longer windows jump further, but leave longer literals fewer rare blocks to choose from. */
const WINDOW_MAX = 16;

function windowCost(window: Uint8Array, shift: Uint8Array, frequency: BlockFrequency): number {
  let cost = 0;
  for (let end = 2; end < window.length; end++) {
    const [a, b, c] = [window[end - 2]!, window[end - 1]!, window[end]!];
    const jump = window.length - 1 - end;
    const lost = Math.max(0, shift[blockHash(a, b, c)]! - jump);
    cost += frequency.of(a, b, c) * (lost + (jump === 0 ? VERIFY_WEIGHT : 0));
  }
  return cost;
}

function addWindow(window: Uint8Array, shift: Uint8Array): void {
  for (let end = 2; end < window.length; end++) {
    const hash = blockHash(window[end - 2]!, window[end - 1]!, window[end]!);
    shift[hash] = Math.min(shift[hash]!, window.length - 1 - end);
  }
}
