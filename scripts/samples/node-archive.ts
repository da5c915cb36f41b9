import { ago, DAY, type Parts, TIME } from './object.ts';

/** Files of one node as the script of `kubecase node-script` writes them, reduced to what a sample needs. */
export interface NodeArchive {
  readonly node: string;
  /** By id of the artifact; in place of what a healthy node has, or beside it. */
  readonly documents?: Readonly<Record<string, string>>;
  /** Lines of the journal by unit, oldest first. */
  readonly logs?: Readonly<Record<string, readonly JournalLine[]>>;
}

/** A line of the journal: its age in seconds, who wrote it, and its text. */
export type JournalLine = readonly [age: number, from: string, text: string];

/** Artifacts that are not plain text. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  'node-certificates': 'pem',
  'node-containers': 'json',
  'node-kubelet-config': 'yaml',
  'node-manifests': 'yaml',
};

/** The entries of an archive: path → content. */
export function archiveFiles({ node, documents = {}, logs = {} }: NodeArchive): Map<string, Buffer> {
  const all = { ...healthyDocuments(node), ...documents };
  const rows = [...Object.keys(all), ...Object.keys(logs).map((unit) => `logs/${unit}`)];
  const head = { format: 'kubecase-node-archive', formatVersion: 1, node, time: TIME, root: 'own' };
  const files = [
    ['node-archive.json', `${JSON.stringify(head)}\n`],
    ...Object.entries(all).map(([id, text]) => [
      `documents/${id}/_node/${node}.${EXTENSIONS[id] ?? 'txt'}`,
      text,
    ]),
    ...Object.entries(logs).map(([unit, lines]) => [
      `logs/_node/${node}/${unit}.log`,
      journalOf(node, lines),
    ]),
    ['coverage.tsv', [`#node\t${node}`, ...rows.map((row) => `${row}\tcollected\t`), ''].join('\n')],
  ] as const;
  return new Map(files.map(([path, text]) => [path as string, Buffer.from(text as string)]));
}

/** As `journalctl -o short-iso-precise --utc` writes it, with the zone as Z. */
function journalOf(node: string, lines: readonly JournalLine[]): string {
  return lines
    .map(([age, from, text]) => `${ago(age).replace('Z', '.184020Z')} ${node} ${from}: ${text}\n`)
    .join('');
}

/** Units of a node by what `systemctl show` says of them. */
export function services(changes: Readonly<Record<string, Parts>> = {}): string {
  const units = ['kubelet.service', 'containerd.service', 'chrony.service'];
  const running = {
    LoadState: 'loaded',
    UnitFileState: 'enabled',
    ActiveState: 'active',
    SubState: 'running',
    Result: 'success',
    NRestarts: 0,
    ExecMainStatus: 0,
    StateChangeTimestamp: systemdTime(12 * DAY),
  };
  return units
    .map((unit) => Object.entries({ Id: unit, ...running, ...changes[unit] }))
    .map((fields) => fields.map(([key, value]) => `${key}=${value}\n`).join(''))
    .join('\n');
}

/** A time as systemd writes it in UTC. */
export function systemdTime(age: number): string {
  const [date, time] = ago(age).replace('Z', '').split('T');
  const day = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][new Date(ago(age)).getUTCDay()];
  return `${day} ${date} ${time} UTC`;
}

/** The root and the boot file system of a node, by `df`: KiB used and free, inodes used and free. */
export function filesystems(root: {
  readonly used: number;
  readonly free: number;
  readonly inodesUsed: number;
  readonly inodesFree: number;
}): string {
  const { used, free, inodesUsed, inodesFree } = root;
  const share = (part: number, rest: number) => `${Math.ceil((100 * part) / (part + rest))}%`;
  return [
    'Filesystem     Type  1024-blocks     Used Available Capacity Mounted on',
    `/dev/vda1      ext4  ${used + free} ${used} ${free} ${share(used, free)} /`,
    '/dev/vda15     vfat       126678    11840    114838      10% /boot/efi',
    'Filesystem      Inodes  IUsed   IFree IUse% Mounted on',
    `/dev/vda1      ${inodesUsed + inodesFree} ${inodesUsed} ${inodesFree} ${share(inodesUsed, inodesFree)} /`,
    '==> mounts <==',
    '/dev/vda1 / ext4 rw,relatime,errors=remount-ro 0 0',
    '/dev/vda15 /boot/efi vfat rw,relatime,umask=0077 0 0',
    '',
  ].join('\n');
}

/** What `timedatectl` and `chronyc tracking` say of a clock; seconds slow are those behind the time servers. */
export function clock({ synchronized = true, slow = 0.000_012 } = {}): string {
  return [
    `               Local time: ${systemdTime(0)}`,
    `           Universal time: ${systemdTime(0)}`,
    '                Time zone: Etc/UTC (UTC, +0000)',
    `System clock synchronized: ${synchronized ? 'yes' : 'no'}`,
    '              NTP service: active',
    '          RTC in local TZ: no',
    ...(synchronized
      ? [
          'Reference ID    : 0A000035 (10.0.0.53)',
          `System time     : ${slow.toFixed(9)} seconds slow of NTP time`,
        ]
      : []),
    `Leap status     : ${synchronized ? 'Normal' : 'Not synchronised'}`,
    '',
  ].join('\n');
}

const SYSCTL = [
  'net.ipv4.ip_forward = 1',
  'net.bridge.bridge-nf-call-iptables = 1',
  'net.bridge.bridge-nf-call-ip6tables = 1',
  'fs.inotify.max_user_watches = 524288',
  'fs.inotify.max_user_instances = 8192',
  'vm.overcommit_memory = 1',
  'kernel.panic = 10',
  'kernel.panic_on_oops = 1',
];

function healthyDocuments(node: string): Record<string, string> {
  return {
    'node-system': [
      '==> os-release <==',
      'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"',
      'ID=debian',
      'VERSION_ID="13"',
      '==> uname <==',
      `Linux ${node} 6.12.57 #1 SMP PREEMPT_DYNAMIC Debian 6.12.57-1 (2025-11-05) x86_64 GNU/Linux`,
      '==> uptime <==',
      `${12 * DAY}.18 3801600.77`,
      '==> nproc <==',
      '4',
      '==> meminfo <==',
      'MemTotal:       16374596 kB',
      '',
    ].join('\n'),
    'node-services': services(),
    'node-filesystems': filesystems({
      used: 31_420_080,
      free: 64_811_204,
      inodesUsed: 412_090,
      inodesFree: 5_998_118,
    }),
    'node-time': clock(),
    'node-kernel-settings': [
      '==> sysctl <==',
      ...SYSCTL,
      '==> modules <==',
      'br_netfilter 36864 0 - Live 0x0000000000000000',
      'overlay 217088 14 - Live 0x0000000000000000',
      '==> swaps <==',
      'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority',
      '==> cgroup <==',
      'cgroup2fs',
      '',
    ].join('\n'),
  };
}
