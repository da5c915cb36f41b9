/** Reasons of `Status` objects (apimachinery meta/v1 StatusReason) by HTTP status. */
const REASONS: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  415: 'UnsupportedMediaType',
  421: 'MisdirectedRequest',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** What of a request could not be found, as a `Status` names it. */
export interface ErrorDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
}

/** A request answered with an error; its message is shown by kubectl as it is. */
export class ApiError extends Error {
  readonly status: number;
  readonly details: ErrorDetails | undefined;

  constructor(status: number, message: string, details?: ErrorDetails) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.details = details;
  }
}

/** The `Status` object of an error. */
export function statusBody({ status, message, details }: ApiError): Readonly<Record<string, unknown>> {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: REASONS[status] ?? 'Unknown',
    ...(details === undefined ? {} : { details }),
    code: status,
  };
}

/** What a real API server says of a path or kind it does not know. */
export function unknownPath(): ApiError {
  return new ApiError(404, 'the server could not find the requested resource');
}

/** What a real API server says of a verb it does not offer here. */
export function methodNotAllowed(): ApiError {
  return new ApiError(
    405,
    'the server does not allow this method on the requested resource: a bundle is read-only',
  );
}
