import type { ValueImport } from './imports.ts';
import type { Violation } from './source-tree.ts';

/** One row of the table in docs/architecture.md. */
export interface Layer {
  /** Path prefixes of the layer; its modules may import each other. */
  readonly folders: readonly string[];
  /** Path prefixes, packages and `node:` modules (`node:*`: all) it may import at run time. */
  readonly may: readonly string[];
  /** May be imported with `import()` only. */
  readonly lazily?: readonly string[];
  /** What to do instead. */
  readonly instead: string;
}

/** The layers. The first whose folder holds a file is its layer; a file below src/ without a layer is refused. */
export const LAYER_TABLE: readonly Layer[] = [
  {
    folders: ['src/model/'],
    may: [],
    instead: 'the model holds types and identity functions; move what needs more to the layer that uses it',
  },
  {
    folders: ['src/artifacts/'],
    may: ['src/model/', 'node:crypto', 'js-yaml'],
    instead: 'an artifact parses the bytes it is given; whoever reads files or the network hands them over',
  },
  {
    folders: ['src/derive/'],
    may: ['src/model/', 'src/artifacts/'],
    instead: 'a derived value is a pure function of artifacts; name what it lacks in its needs',
  },
  {
    folders: ['analyzers/index.ts', 'collectors/index.ts'],
    may: ['analyzers/', 'collectors/'],
    instead: 'the indexes are generated; run `npm run gen`',
  },
  {
    folders: ['analyzers/'],
    may: ['src/model/', 'src/artifacts/', 'src/derive/'],
    instead:
      'name what it lacks in `needs`; what two analyzers share belongs to src/derive, not to one of them',
  },
  {
    folders: ['collectors/'],
    may: ['src/model/', 'src/artifacts/'],
    instead: 'use what `collect` is handed: kube to read, bundle.add to write',
  },
  {
    folders: ['src/kube/'],
    may: ['src/model/', '@kubernetes/client-node', 'undici', 'ws', 'node:*'],
    instead: 'the cluster side knows the model only; its caller writes the bundle',
  },
  {
    folders: ['src/redact/'],
    may: ['src/model/', 'js-yaml', 'node:crypto'],
    instead: 'redaction is pure: bytes in, bytes out; its caller reads and writes them',
  },
  {
    folders: ['src/bundle/', 'src/layouts/'],
    may: [
      'src/model/',
      'src/artifacts/',
      'src/redact/',
      'node:*',
      'tar',
      'archiver',
      'age-encryption',
      'js-yaml',
      'xz-decompress',
      'yauzl',
    ],
    instead: 'bundles know entries and artifacts only; the engines join them with the rest',
  },
  {
    folders: ['src/scan/'],
    may: ['src/model/'],
    instead: 'the matcher is pure, over chunks; its caller feeds it',
  },
  {
    folders: ['src/collect/'],
    may: ['src/model/', 'src/artifacts/', 'src/bundle/', 'src/redact/', 'node:*'],
    lazily: ['src/kube/'],
    instead:
      'take it as an argument from src/cli; src/kube is loaded with import(), since it is slow to load',
  },
  {
    folders: ['src/analyze/'],
    may: [
      'src/model/',
      'src/artifacts/',
      'src/derive/',
      'src/bundle/',
      'src/layouts/',
      'src/scan/',
      'src/redact/',
      'js-yaml',
      'node:*',
    ],
    instead: 'take it as an argument from src/cli; analysis works offline on a bundle',
  },
  {
    folders: ['src/diagnose/'],
    may: ['src/model/', 'src/artifacts/', 'src/derive/'],
    instead: 'diagnosis is a pure function of findings and the object graph',
  },
  {
    folders: ['src/report/'],
    may: ['src/model/', 'src/packaged.ts', 'handlebars', 'node:crypto'],
    instead: 'a format renders from the Report alone; put what it lacks into the Report',
  },
  {
    folders: ['src/serve/'],
    may: [
      'src/model/',
      'src/artifacts/',
      'src/bundle/',
      'src/redact/',
      '@peculiar/x509',
      'reflect-metadata',
      'node:*',
    ],
    instead: 'serve answers from a bundle, never from a cluster',
  },
  {
    folders: ['src/analysis.ts'],
    may: ['src/model/', 'src/analyze/', 'src/diagnose/', 'src/report/build-report.ts', 'src/version.ts'],
    instead: 'here the steps of `analyze` are strung together; a step of its own belongs to its layer',
  },
  {
    folders: ['report-templates/'],
    may: ['report-templates/'],
    instead: 'the script of the page runs in a browser from one file',
  },
  {
    folders: ['src/packaged.ts'],
    may: ['node:fs', 'node:path', 'node:url'],
    instead: 'packaged files are found and read here, nothing else',
  },
  {
    folders: ['src/version.ts'],
    may: ['package.json'],
    instead: 'the version comes from package.json and nowhere else',
  },
  {
    folders: ['src/cli/'],
    may: ['src/', 'analyzers/index.ts', 'collectors/index.ts', 'commander', 'node:*'],
    instead: 'a command joins the parts; what needs a library belongs to the part that knows the matter',
  },
];

/** Layers: each file imports at run time only what its layer may. */
export function layerViolations(
  paths: Iterable<string>,
  imports: readonly ValueImport[],
  table: readonly Layer[] = LAYER_TABLE,
): Violation[] {
  const violations: Violation[] = [];
  for (const path of paths) {
    if (!path.startsWith('src/') || !path.endsWith('.ts') || layerOf(path, table)) continue;
    violations.push({ path, message: 'belongs to no layer; put it into a folder of the layer table' });
  }
  for (const { from, to, dynamic } of imports) {
    const layer = layerOf(from, table);
    if (!layer || isAllowed(layer, to, dynamic)) continue;
    const how = dynamic ? 'may not import()' : 'may not import';
    violations.push({ path: from, message: `${how} ${to} at run time: ${layer.instead}` });
  }
  return violations;
}

function layerOf(path: string, table: readonly Layer[]): Layer | undefined {
  return table.find((layer) => layer.folders.some((folder) => path.startsWith(folder)));
}

function isAllowed(layer: Layer, to: string, dynamic: boolean): boolean {
  // Units are apart from each other: analyzers and collectors never import their neighbours.
  const own = layer.folders.some((folder) => folder.startsWith('src/') && to.startsWith(folder));
  if (own) return true;
  return [...layer.may, ...(dynamic ? (layer.lazily ?? []) : [])].some((allowed) => {
    if (allowed === 'node:*') return to.startsWith('node:');
    return allowed.endsWith('/') ? to.startsWith(allowed) : to === allowed;
  });
}

/** Groups of modules that import each other at run time, each sorted, as one violation of its first module. */
export function cycleViolations(imports: readonly ValueImport[]): Violation[] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports) {
    const known = targets.get(from);
    if (known) known.push(to);
    else targets.set(from, [to]);
  }
  const reported = new Set<string>();
  const violations: Violation[] = [];
  for (const start of [...targets.keys()].sort()) {
    if (reported.has(start)) continue;
    const reach = reachable(start, targets);
    if (!reach.has(start)) continue;
    const group = [...reach].filter((other) => reachable(other, targets).has(start)).sort();
    for (const member of group) reported.add(member);
    violations.push({
      path: start,
      message: `is in an import cycle (${group.join(', ')}): move what both need to a third file`,
    });
  }
  return violations;
}

function reachable(start: string, targets: ReadonlyMap<string, readonly string[]>): Set<string> {
  const seen = new Set<string>();
  const open = [...(targets.get(start) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(targets.get(next) ?? []));
  }
  return seen;
}
