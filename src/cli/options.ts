import { Option } from 'commander';
import { ENCRYPT, IDENTITY, KEY_FILE, OBFUSCATE, REDACT_RULES } from './consent-options.ts';
import { DEADLINE, LIMIT } from './limit-options.ts';
import { parseCount, parseDuration, parsePort, parseSize, splitList } from './option-values.ts';
import { RUN_LIMIT_OPTIONS } from './run-limit-options.ts';

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
  description: 'only ids that match, e.g. `kong/*`; repeat or separate by commas (default: all)',
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
  {
    flags: '-A, --all-namespaces',
    description: 'all namespaces; the default, said out loud; not together with `-n`',
  },
  {
    flags: '--since <duration>',
    description: 'only log lines newer than this, e.g. 90s, 45m, 6h, 2d (default: all)',
    parse: parseDuration,
  },
  {
    flags: '--tail <lines>',
    description: 'only this many last lines of each log (default: all)',
    parse: parseCount,
  },
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
  {
    flags: '--no-port-forward',
    description:
      'open no port-forward: what only listens in pods (Kong, etcd, istiod) is then read by URL or `--exec`, or not at all',
  },
  {
    flags: '--known-secrets',
    description:
      'read the values of Secrets first, in memory only, and remove them wherever they reappear; needs `list` on Secrets',
  },
  {
    flags: '--exec',
    description:
      'run read-only commands in containers (`etcdctl`, `du`, `curl`), each with a deadline and a cap; needs `pods/exec`, which allows any command, hence the flag',
  },
  {
    flags: '--node-proxy',
    description:
      'read statistics and configuration of kubelets through the API server; needs `nodes/proxy`, which allows commands in every container of the node, hence the flag',
  },
  ...NODE_COLLECT_OPTIONS,
  ...RUN_LIMIT_OPTIONS,
  REDACT_RULES,
  KEY_FILE,
  OBFUSCATE,
  ENCRYPT,
  {
    ...IDENTITY,
    description: 'file with the secret key that opens an encrypted bundle given with `--resume`',
  },
];

/** Flags of `collect` that decide which rights are needed. */
const RIGHTS_FLAGS: readonly string[] = [
  '--no-port-forward',
  '--exec',
  '--node-proxy',
  '--nodes',
  '--node-namespace <name>',
];

export const RBAC_OPTIONS: readonly OptionRow[] = [
  {
    flags: '-o, --output <format>',
    description: 'yaml, with a reason beside each right, or json',
    choices: ['yaml', 'json'],
    defaultValue: 'yaml',
  },
  {
    flags: '--offline',
    description: 'ask no cluster: the kinds of Kubernetes itself and those named with `--group`',
  },
  {
    flags: '--group <names>',
    description:
      'with `--offline`: further API groups (gateway.networking.k8s.io, configuration.konghq.com …) or single kinds as <plural>.<group>; repeat or separate by commas',
    parse: splitList,
  },
  {
    flags: '--kubeconfig <file>',
    description: 'kubeconfig to ask for kinds with (default: $KUBECONFIG, then ~/.kube/config)',
  },
  { flags: '--context <name>', description: 'context of the kubeconfig' },
  {
    flags: '-n, --namespace <names>',
    description: 'rights to these namespaces only, as for `collect -n`; repeat or separate by commas',
    parse: splitList,
  },
  ONLY,
  SKIP,
  ...COLLECT_OPTIONS.filter(({ flags }) => RIGHTS_FLAGS.includes(flags)),
  { flags: '--name <name>', description: 'name of every object printed', defaultValue: 'kubecase' },
  {
    flags: '--account-namespace <name>',
    description: 'namespace of the ServiceAccount',
    defaultValue: 'default',
  },
  { flags: '--user <name>', description: 'bind to this user in place of a ServiceAccount' },
  { flags: '--user-group <name>', description: 'bind to this group of users in place of a ServiceAccount' },
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
    description: 'exit 1 when a finding is at least this severe (default: never)',
    choices: ['critical', 'warning', 'info'],
  },
  IDENTITY,
  LIMIT,
  DEADLINE,
];

export const VERIFY_OPTIONS: readonly OptionRow[] = [IDENTITY, LIMIT];

export const REPORT_OPTIONS: readonly OptionRow[] = ANALYZE_OPTIONS.slice(0, 2);

export const SERVE_OPTIONS: readonly OptionRow[] = [
  {
    flags: '--port <number>',
    description: 'port on 127.0.0.1',
    defaultValue: 0,
    defaultText: 'a free one',
    parse: parsePort,
  },
  {
    flags: '--kubeconfig-file <file>',
    description:
      'where the generated kubeconfig goes (default: <bundle name>.kubeconfig in the current directory)',
  },
  {
    flags: '--no-cache',
    description: 'keep no copy of what a bundle of another tool is converted to',
  },
  IDENTITY,
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
