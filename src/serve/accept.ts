import { ApiError } from './api-error.ts';

/** The form a client wants objects in. */
export type Form =
  | { readonly as: 'objects' }
  /** Rows as `kubectl get` prints them, in `meta.k8s.io/<version>`. */
  | { readonly as: 'table'; readonly version: 'v1' | 'v1beta1' }
  /** Type and metadata only. */
  | { readonly as: 'metadata'; readonly version: 'v1' | 'v1beta1' };

/** Reads an `Accept` header: the first form in it that is offered. Throws ApiError 406 when none is. */
export function acceptedForm(accept: string | undefined): Form {
  if (accept === undefined || accept.trim() === '') return { as: 'objects' };
  for (const part of accept.split(',')) {
    const [type = '', ...parameters] = part.split(';').map((text) => text.trim());
    if (!['application/json', 'application/*', '*/*'].includes(type)) continue;
    const fields = new Map(parameters.map((text) => text.split('=', 2) as [string, string]));
    const as = fields.get('as');
    if (as === undefined) return { as: 'objects' };
    const version = fields.get('v');
    if (fields.get('g') !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) continue;
    if (as === 'Table') return { as: 'table', version };
    if (as === 'PartialObjectMetadataList' || as === 'PartialObjectMetadata')
      return { as: 'metadata', version };
  }
  throw new ApiError(406, 'only the following media types are accepted: application/json');
}
