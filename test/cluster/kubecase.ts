import { execFile } from 'node:child_process';
import { access, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Manifest } from '../../src/bundle/manifest.ts';
import type { Report } from '../../src/model/report.ts';
import type { CommandResult } from './control-plane.ts';

/** The published program: what `npm run build` leaves. */
export const PROGRAM = join(import.meta.dirname, '../../dist/kubecase.js');

/**
 * Runs the published program in a folder, with nothing of the caller's environment but PATH; through another
 * program where one is given.
 */
export async function kubecase(
  args: readonly string[],
  cwd: string,
  through: readonly string[] = [],
): Promise<CommandResult> {
  await access(PROGRAM).catch(() => {
    throw new Error('dist/kubecase.js is missing: run `npm run build` first');
  });
  // The folder is also where anything temporary would lie.
  const env = { PATH: process.env.PATH, HOME: cwd, TMPDIR: cwd, NO_COLOR: '1' };
  const [program = process.execPath, ...before] = [...through, process.execPath];
  return new Promise((resolve) => {
    const options = { cwd, env, maxBuffer: 256 * 1024 * 1024 };
    execFile(program, [...before, PROGRAM, ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ stdout, stderr, code });
    });
  });
}

/** A bundle as any tar leaves it in a folder. */
export interface UnpackedBundle {
  readonly dir: string;
  readonly manifest: Manifest;
  /** Items of all lists of an artifact, e.g. `resources:apps/Deployment`, of one sample. */
  items(artifact: string, sample?: number): Promise<BundleItem[]>;
  text(path: string): Promise<string>;
  /** Every file, path below `dir` → content. */
  files(): Promise<Map<string, string>>;
}

/** A Kubernetes object of a bundle. */
export interface BundleItem {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/** Unpacks a bundle with the system's tar into a new folder. */
export async function unpack(bundle: string, dir: string): Promise<UnpackedBundle> {
  await mkdir(dir, { recursive: true });
  await promisify(execFile)('tar', ['xzf', bundle, '-C', dir]);
  const text = (path: string): Promise<string> => readFile(join(dir, path), 'utf8');
  const manifest = JSON.parse(await text('manifest.json')) as Manifest;
  return {
    dir,
    manifest,
    text,
    items: async (artifact, sample = 0) => {
      const entries = manifest.entries.filter(
        (entry) => entry.artifact === artifact && entry.sample === sample,
      );
      const lists = await Promise.all(entries.map(async ({ path }) => JSON.parse(await text(path))));
      return lists.flatMap((list: { items: BundleItem[] }) => list.items);
    },
    files: async () => {
      const paths = await readdir(dir, { recursive: true, withFileTypes: true });
      const files = paths.filter((entry) => entry.isFile());
      return new Map(
        await Promise.all(
          files.map(async (entry): Promise<[string, string]> => {
            const path = join(entry.parentPath, entry.name);
            return [path.slice(dir.length + 1), await readFile(path, 'latin1')];
          }),
        ),
      );
    },
  };
}

/** The JSON report of a bundle. */
export async function analyze(bundle: string, cwd: string): Promise<{ report: Report; code: number }> {
  const { stdout, stderr, code } = await kubecase(['analyze', bundle, '-o', 'json'], cwd);
  if (stdout === '') throw new Error(`analyze printed no report, code ${code}: ${stderr}`);
  return { report: JSON.parse(stdout) as Report, code };
}

/** Names (`<namespace>/<name>`, or `<name>`) of what one analyzer accuses, each once and sorted. */
export function subjectsOf(report: Report, analyzerId: string): string[] {
  const names = report.findings
    .filter((finding) => finding.analyzerId === analyzerId)
    .map(({ subject }) => {
      if ('external' in subject) return `${subject.external}:${subject.name}`;
      return subject.namespace === undefined ? subject.name : `${subject.namespace}/${subject.name}`;
    });
  return [...new Set(names)].sort();
}

/** Status of each analyzer by id. */
export function statuses(report: Report): Record<string, string> {
  return Object.fromEntries(report.results.map((result) => [result.analyzerId, result.status]));
}
