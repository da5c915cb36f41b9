import { analyzers } from '../../analyzers/index.ts';
import { collectors } from '../../collectors/index.ts';
import { isAlike } from '../derive/name-likeness.ts';
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
      hint: `${meant(id)}\`kubecase list\` prints the ids.`,
    });
  process.stdout.write(packaged(`${folder}/${id}.md`));
  return EXIT.ok;
}

/** Ids named as meant; more would be a list. */
const NAMED = 5;

/** Which ids may be meant: those of which a part, or the name behind the domain, is alike. */
function meant(id: string): string {
  const name = id.slice(id.lastIndexOf('/') + 1);
  const ids = [...analyzers, ...collectors].map(({ meta }) => meta.id);
  const alike = ids.filter((one) => isAlike(one, id) || isAlike(one.slice(one.indexOf('/') + 1), name));
  if (alike.length === 0 || alike.length > NAMED) return '';
  return `Meant may be ${alike.sort().join(', ')}; `;
}
