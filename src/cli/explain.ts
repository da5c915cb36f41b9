import { analyzers } from '../../analyzers/index.ts';
import { collectors } from '../../collectors/index.ts';
import { EXIT, UserError } from '../model/errors.ts';
import { packaged } from '../packaged.ts';

/** Prints the page of one collector or analyzer. */
export async function explain(id: string): Promise<number> {
  const folder = analyzers.some((unit) => unit.meta.id === id)
    ? 'analyzers'
    : collectors.some((unit) => unit.meta.id === id)
      ? 'collectors'
      : undefined;
  if (!folder)
    throw new UserError('unknown-id', `${id}: no collector or analyzer of that id`, {
      hint: '`kubecase list` prints the ids.',
    });
  process.stdout.write(packaged(`${folder}/${id}.md`));
  return EXIT.ok;
}
