/** A host as configuration writes it, read as the name of a Service. */
export interface ServiceAddress {
  readonly name: string;
  readonly namespace: string;
  /** The port behind the host, when one was given. */
  readonly port?: number;
  /**
   * How far the form of the host tells that a Service is meant: `full` ends in `.svc` or the cluster's
   * domain, `qualified` is `name.namespace` (which may as well be a domain of the world), `bare` is one label.
   */
  readonly form: 'full' | 'qualified' | 'bare';
  /** The pod of a headless Service that is named before it: `db-0` in `db-0.db.shop.svc`. */
  readonly pod?: string;
}

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * The Service a host names for a pod of this namespace; a port behind a colon is read along. Undefined for
 * addresses, for `localhost` and for names of other domains.
 */
export function parseServiceAddress(
  host: string,
  namespace: string,
  clusterDomain = 'cluster.local',
): ServiceAddress | undefined {
  const [, rawName = '', rawPort] = /^([^:/[\]]+?)\.?(?::(\d{1,5}))?$/.exec(host.trim()) ?? [];
  const whole = rawName.toLowerCase();
  const port = rawPort === undefined ? {} : { port: Number(rawPort) };
  if (whole === '' || whole === 'localhost' || /^[\d.]+$/.test(whole)) return undefined;
  const suffix = `.svc.${clusterDomain.toLowerCase()}`;
  const isFull = whole.endsWith(suffix) || whole.endsWith('.svc');
  const labels = (isFull ? whole.slice(0, whole.lastIndexOf('.svc')) : whole).split('.');
  if (labels.some((label) => !LABEL.test(label))) return undefined;
  const [first = '', second, third] = labels;
  if (second === undefined) return isFull ? undefined : { name: first, namespace, form: 'bare', ...port };
  if (third === undefined) {
    return { name: first, namespace: second, form: isFull ? 'full' : 'qualified', ...port };
  }
  if (!isFull || labels.length > 3) return undefined;
  return { name: second, namespace: third, form: 'full', pod: first, ...port };
}
