import { InvalidArgumentError, Option } from 'commander';

/** One option as a table row: commander and the reference page are both made from it. */
export interface OptionRow {
  readonly flags: string;
  readonly description: string;
  readonly defaultValue?: unknown;
  readonly defaultText?: string;
  readonly choices?: readonly string[];
  readonly env?: string;
  readonly parse?: (value: string, previous: unknown) => unknown;
}

export const ONLY: OptionRow = {
  flags: '--only <globs>',
  description: 'only ids that match, e.g. `kong/*`; repeat or separate by commas',
  parse: splitList,
};
export const SKIP: OptionRow = {
  flags: '--skip <globs>',
  description: 'leave out ids that match',
  parse: splitList,
};

const NODE_COLLECT_OPTIONS: readonly OptionRow[] = [
  {
    flags: '--nodes',
    description:
      'read files, settings and logs of every node: creates a Job and a DaemonSet for a short time and runs a read-only script in its pods, which see the root of the node',
  },
  {
    flags: '--node-image <image>',
    description: 'image of those pods; any that has a shell, chroot, cat, mkdir, mktemp, rm and sleep',
    defaultValue: 'docker.io/library/busybox:1.37',
  },
  {
    flags: '--node-namespace <name>',
    description: 'namespace of those pods; it must allow host access (Pod Security `privileged`)',
    defaultValue: 'kube-system',
  },
];

export const COLLECT_OPTIONS: readonly OptionRow[] = [
  {
    flags: '--output-file <file>',
    description:
      'where the bundle goes (default: kubecase-<context>-<UTC time>.tar.gz in the current directory)',
  },
  {
    flags: '--kubeconfig <file>',
    description: 'kubeconfig to use (default: $KUBECONFIG, then ~/.kube/config)',
  },
  { flags: '--context <name>', description: 'context of the kubeconfig' },
  {
    flags: '-n, --namespace <names>',
    description: 'only these namespaces; repeat or separate by commas (default: all)',
    parse: splitList,
  },
  { flags: '-A, --all-namespaces', description: 'all namespaces; the default, said out loud' },
  {
    flags: '--since <duration>',
    description: 'only log lines newer than this, e.g. 90s, 45m, 6h, 2d',
    parse: parseDuration,
  },
  { flags: '--tail <lines>', description: 'only this many last lines of each log', parse: parseCount },
  {
    flags: '--max-log-size <size>',
    description: 'cap of one log; its head and tail are kept',
    defaultValue: 10 * 1024 * 1024,
    defaultText: '10Mi',
    parse: parseSize,
  },
  ONLY,
  SKIP,
  {
    flags: '--kong-admin-url <url>',
    description:
      'ask this Kong Admin API instead of port-forwarding; token from $KONG_ADMIN_TOKEN, never stored',
  },
  { flags: '--no-port-forward', description: 'open no port-forward (Kong status is then read by URL only)' },
  {
    flags: '--exec',
    description:
      'run read-only commands in containers (`etcdctl`), each with a deadline and a cap; needs `pods/exec`, which allows any command, hence the flag',
  },
  {
    flags: '--node-proxy',
    description:
      'read statistics and configuration of kubelets through the API server; needs `nodes/proxy`, which allows commands in every container of the node, hence the flag',
  },
  ...NODE_COLLECT_OPTIONS,
];

export const CLEANUP_OPTIONS: readonly OptionRow[] = [
  {
    flags: '--kubeconfig <file>',
    description: 'kubeconfig to use (default: $KUBECONFIG, then ~/.kube/config)',
  },
  { flags: '--context <name>', description: 'context of the kubeconfig' },
  {
    flags: '-n, --namespace <name>',
    description: 'where `collect --nodes` made its pods',
    defaultValue: 'kube-system',
  },
  { flags: '--dry-run', description: 'only say what would be removed' },
];

export const ANALYZE_OPTIONS: readonly OptionRow[] = [
  {
    flags: '-o, --output <format>',
    description: 'format of the report',
    choices: ['html', 'json', 'text'],
    defaultValue: 'html',
  },
  {
    flags: '--output-file <file>',
    description:
      'where the report goes; `-` is stdout (default: html to <bundle name>.html, others to stdout)',
  },
  ONLY,
  SKIP,
  {
    flags: '--fail-on <severity>',
    description: 'exit 1 when a finding is at least this severe',
    choices: ['critical', 'warning', 'info'],
  },
];

export const REPORT_OPTIONS: readonly OptionRow[] = ANALYZE_OPTIONS.slice(0, 2);

export const SERVE_OPTIONS: readonly OptionRow[] = [
  {
    flags: '--port <number>',
    description: 'port on 127.0.0.1',
    defaultValue: 0,
    defaultText: 'a free one',
    parse: parseCount,
  },
  {
    flags: '--kubeconfig-file <file>',
    description:
      'where the generated kubeconfig goes (default: <bundle name>.kubeconfig in the current directory)',
  },
];

export const DEMO_OPTIONS: readonly OptionRow[] = [
  { flags: '--directory <folder>', description: 'where bundle and report go', defaultValue: 'demo' },
  {
    flags: '--sample <name>',
    description: 'which shipped sample cluster to start',
    defaultValue: 'kong-data-plane-disconnected',
  },
];

/** Makes the commander option of a row. */
export function toOption(row: OptionRow): Option {
  const option = new Option(row.flags, row.description);
  if (row.defaultValue !== undefined) option.default(row.defaultValue, row.defaultText);
  if (row.choices) option.choices(row.choices);
  if (row.env) option.env(row.env);
  if (row.parse) option.argParser(row.parse);
  return option;
}

function splitList(value: string, previous: unknown): string[] {
  const parts = value.split(',').map((part) => part.trim());
  if (parts.includes('')) throw new InvalidArgumentError('Names are missing.');
  return [...((previous as string[] | undefined) ?? []), ...parts];
}

const DURATION_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 };

function parseDuration(value: string): number {
  const parts = [...value.matchAll(/(\d+)([smhd])/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== value) {
    throw new InvalidArgumentError('Not a duration: use e.g. 90s, 45m, 6h, 2d.');
  }
  return parts.reduce(
    (sum, part) => sum + Number(part[1]) * (DURATION_SECONDS[part[2] as string] as number),
    0,
  );
}

function parseCount(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError('Not a whole number.');
  return Number(value);
}

const SIZE_BYTES: Readonly<Record<string, number>> = { '': 1, Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3 };

function parseSize(value: string): number {
  const match = /^(\d{1,9})(Ki|Mi|Gi|)$/.exec(value);
  if (!match) throw new InvalidArgumentError('Not a size: use e.g. 512Ki, 10Mi, 1Gi.');
  return Number(match[1]) * (SIZE_BYTES[match[2] as string] as number);
}
