import { UserError } from '../model/errors.ts';

/**
 * The error for an input that could be read and holds nothing to analyze; `text`: it is one text and no archive,
 * `recognised`: what its files look like.
 */
export function noBundle(input: string, text: boolean, recognised = ''): UserError {
  const what = text ? 'is neither gzip nor tar, zstd, xz or ZIP, and' : 'no bundle and';
  const more = text || recognised === '' ? '' : `; ${recognised}`;
  return new UserError('input-not-bundle', `${input}: ${what} no Kubernetes object is in it${more}`, {
    hint: 'Give the .tar.gz made by `kubecase collect`, a support bundle, the folder one was unpacked to, a file of `kubectl get -o yaml`, or the console text of a run; archives inside archives as inputs of their own.',
  });
}
