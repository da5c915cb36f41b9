/** When upstream ended the support of a minor version. */
export interface SupportEnd {
  /** `1.30`, `3.4`. */
  readonly minor: string;
  /** ISO date. */
  readonly end: string;
}

/** When the tables were made; versions released later are not in them. */
export const SUPPORT_AS_OF = '2026-09-15';

function ends(table: Readonly<Record<string, string>>): readonly SupportEnd[] {
  return Object.entries(table).map(([minor, end]) => ({ minor, end }));
}

/** https://kubernetes.io/releases/patch-releases/ and data/releases/eol.yaml of kubernetes/website. */
const KUBERNETES = ends({
  '1.16': '2020-09-02',
  '1.17': '2021-01-13',
  '1.18': '2021-06-18',
  '1.19': '2021-10-28',
  '1.20': '2022-02-28',
  '1.21': '2022-06-28',
  '1.22': '2022-12-08',
  '1.23': '2023-02-28',
  '1.24': '2023-07-28',
  '1.25': '2023-10-28',
  '1.26': '2024-02-28',
  '1.27': '2024-07-16',
  '1.28': '2024-10-22',
  '1.29': '2025-02-28',
  '1.30': '2025-07-15',
  '1.31': '2025-11-11',
  '1.32': '2026-02-28',
  '1.33': '2026-06-28',
  '1.34': '2026-10-27',
  '1.35': '2027-02-28',
  '1.36': '2027-06-28',
});
/** https://github.com/containerd/containerd/blob/main/RELEASES.md; the month of 1.7 is given without a day. */
const CONTAINERD = ends({
  '1.2': '2020-10-15',
  '1.3': '2021-03-04',
  '1.4': '2022-03-03',
  '1.5': '2023-02-28',
  '1.6': '2025-08-23',
  '1.7': '2026-09-30',
  '2.0': '2025-11-07',
  '2.1': '2026-05-05',
  '2.2': '2026-11-06',
});
/** https://etcd.io/docs/latest/op-guide/versioning/: a version ends when the second after it is released. */
const ETCD = ends({ '3.2': '2019-08-30', '3.3': '2021-06-15', '3.4': '2025-05-15' });

const TABLES = { kubernetes: KUBERNETES, containerd: CONTAINERD, etcd: ETCD } as const;

/** When the support of the version of a product ends or ended; undefined when it is not in the table. */
export function supportEnd(product: keyof typeof TABLES, version: string): SupportEnd | undefined {
  const minor = /^v?(\d+\.\d+)\b/.exec(version)?.[1];
  return TABLES[product].find((one) => one.minor === minor);
}
