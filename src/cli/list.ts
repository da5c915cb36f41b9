import { analyzers } from '../../analyzers/index.ts';
import { collectors } from '../../collectors/index.ts';
import { EXIT, UserError } from '../model/errors.ts';

/** Prints ids and titles of collectors, analyzers, or both. */
export async function list(what: string | undefined): Promise<number> {
  if (what !== undefined && what !== 'collectors' && what !== 'analyzers') {
    throw new UserError('unknown-list', `list ${what}: say collectors or analyzers`);
  }
  if (what !== 'analyzers') printUnits('Collectors', collectors);
  if (what !== 'collectors') printUnits('Analyzers', analyzers);
  return EXIT.ok;
}

function printUnits(
  title: string,
  units: readonly { readonly meta: { readonly id: string; readonly title: string } }[],
): void {
  const width = Math.max(0, ...units.map((unit) => unit.meta.id.length));
  const lines = units.map((unit) => `  ${unit.meta.id.padEnd(width)}  ${unit.meta.title}`);
  process.stdout.write(`${title}\n${lines.join('\n')}\n`);
}
