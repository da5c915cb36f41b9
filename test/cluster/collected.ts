import { join } from 'node:path';
import { expect } from 'vitest';
import type { CoverageRow } from '../../src/model/coverage.ts';
import { scopeKey } from '../../src/model/scope.ts';
import { type CliOptions, type CliResult, expectNoStack, runCli } from '../support/run-cli.ts';
import { type UnpackedBundle, unpack } from './kubecase.ts';
import { nameOf } from './kubectl-lists.ts';

/** A bundle as one run of `collect` left it. */
export interface Collected {
  readonly run: CliResult;
  readonly file: string;
  readonly bundle: UnpackedBundle;
  readonly rows: readonly CoverageRow[];
  /** Rows of an artifact that are not `collected`. */
  missed(artifact: string): CoverageRow[];
  /** Rows of what was wanted and is not there, for any reason but that there is nothing. */
  lost(): string[];
}

/** Runs `collect` from source and unpacks its bundle; a stack trace fails the test. */
export async function collect(
  dir: string,
  name: string,
  { args = [], kubeconfig, ...cli }: { kubeconfig: string; args?: readonly string[] } & CliOptions,
): Promise<Collected> {
  const file = join(dir, `${name}.tar.gz`);
  const command = ['collect', '--kubeconfig', kubeconfig, '--output-file', file, ...args];
  const run = await runCli(command, { cwd: dir, ...cli });
  expectNoStack(run);
  const bundle = await unpack(file, join(dir, name));
  const rows = bundle.manifest.coverage;
  return {
    run,
    file,
    bundle,
    rows,
    missed: (artifact) => rows.filter((row) => row.artifact === artifact && row.outcome !== 'collected'),
    lost: () =>
      rows
        .filter(({ outcome }) => !['collected', 'not-found', 'skipped'].includes(outcome))
        .map(({ artifact, scope, outcome }) => `${outcome} ${artifact} ${scopeKey(scope)}`)
        .sort(),
  };
}

/** Kinds whose objects come and go by themselves, or are made by the collection. */
const UNSTEADY: ReadonlySet<string> = new Set(['resources:core/Event', 'resources:events.k8s.io/Event']);

/** Names of the objects of every kind but one, by artifact, for comparing two bundles. */
export async function namesIn(
  { bundle }: Collected,
  except: (artifact: string) => boolean = () => false,
): Promise<Map<string, string[]>> {
  const artifacts = new Set(bundle.manifest.entries.map(({ artifact }) => artifact));
  const names = new Map<string, string[]>();
  for (const artifact of [...artifacts].sort()) {
    if (!artifact.startsWith('resources:') || UNSTEADY.has(artifact) || except(artifact)) continue;
    names.set(artifact, (await bundle.items(artifact)).map(nameOf).sort());
  }
  return names;
}

/** Asserts that a bundle holds all objects another one holds, those of one artifact aside. */
export async function expectSameObjects(one: Collected, whole: Collected, except = ''): Promise<void> {
  const isExcept = (artifact: string): boolean => artifact === except;
  const held = await namesIn(one, isExcept);
  expect(Object.fromEntries(held)).toEqual(Object.fromEntries(await namesIn(whole, isExcept)));
  expect(held.size).toBeGreaterThan(20);
}

/** Paths of the logs of a bundle, sorted. */
export function logsOf({ bundle }: Collected): string[] {
  return bundle.manifest.entries
    .filter(({ artifact }) => artifact === 'logs')
    .map(({ path }) => path)
    .sort();
}
