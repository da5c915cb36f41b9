import { UserError } from '../model/errors.ts';

/** The error for an input that could be read and holds nothing to analyze; `text`: it is one text and no archive. */
export function noBundle(input: string, text: boolean): UserError {
  const what = text ? 'is neither gzip nor tar, zstd, xz or ZIP, and' : 'no bundle and';
  return new UserError('input-not-bundle', `${input}: ${what} no Kubernetes object is in it`, {
    hint: 'Give the .tar.gz made by `kubecase collect`, a support bundle, the folder one was unpacked to, a file of `kubectl get -o yaml`, or the console text of a run.',
  });
}
