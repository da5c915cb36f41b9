import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { UserError } from '../model/errors.ts';

/** What a kubeconfig for a served bundle says. */
export interface ServedKubeconfig {
  /** Name of the context. */
  readonly context: string;
  readonly server: string;
  /** PEM. */
  readonly authority: string;
  readonly token: string;
}

/** Name of the user in every kubeconfig of ours: a file without it is never overwritten. */
const USER = 'kubecase-serve';

/** The kubeconfig as JSON, which every reader of YAML takes. */
export function kubeconfigText({ context, server, authority, token }: ServedKubeconfig): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: context,
        cluster: { server, 'certificate-authority-data': Buffer.from(authority).toString('base64') },
      },
    ],
    users: [{ name: USER, user: { token } }],
    contexts: [{ name: context, context: { cluster: context, user: USER } }],
    'current-context': context,
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

/**
 * Writes a kubeconfig that only its owner can read, whole or not at all. Throws UserError when it cannot be
 * written, or when another kubeconfig lies there.
 */
export async function writeKubeconfig(file: string, text: string): Promise<void> {
  const present = await readFile(file, 'utf8').catch(() => undefined);
  if (present !== undefined && !present.includes(`"${USER}"`)) {
    throw new UserError('output-exists', `${file}: is there already and was not made by \`kubecase serve\``, {
      hint: 'Give another place with --kubeconfig-file.',
    });
  }
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx' });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new UserError('output-unwritable', `${file}: cannot be written (${code})`, {
      hint: 'Give another place with --kubeconfig-file.',
      cause: error,
    });
  }
}
