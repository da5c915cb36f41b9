import { EXIT } from '../model/errors.ts';
import { packaged } from '../packaged.ts';

/** Packaged path of the script `collect --nodes` runs. */
export const NODE_SCRIPT = 'collectors/node/files.sh';

/** Prints that script, for whoever may not create pods but may log in to a node. */
export async function nodeScript(): Promise<number> {
  process.stdout.write(packaged(NODE_SCRIPT));
  return EXIT.ok;
}
