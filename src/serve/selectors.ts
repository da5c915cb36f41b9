import { ApiError } from './api-error.ts';
import { textAt, textsAt, valueAt } from './json-path.ts';

/** Decides whether an object is wanted. */
export type Matcher = (object: unknown) => boolean;

const KEY = '[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?';
const VALUE = '[-A-Za-z0-9_.]*';
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const COMPARED = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*(${VALUE})$`);
const ORDERED = new RegExp(`^(${KEY})\\s*([<>])\\s*(-?\\d+)$`);
const EXISTS = new RegExp(`^(!?)\\s*(${KEY})$`);

/** Reads a label selector: equality, sets, existence and order (apimachinery labels). Throws ApiError 400. */
export function labelSelector(text: string): Matcher {
  const terms = splitOutside(text).map(labelTerm);
  return (object) => {
    const labels = textsAt(object, 'metadata', 'labels');
    return terms.every((term) => term(labels));
  };
}

type Labels = Readonly<Record<string, string>>;

function labelTerm(text: string): (labels: Labels) => boolean {
  const set = SET.exec(text);
  if (set) {
    const [, key = '', , operator, list = ''] = set;
    const values = new Set(list.split(',').map((value) => value.trim()));
    const isIn = (labels: Labels) => labels[key] !== undefined && values.has(labels[key]);
    return operator === 'in' ? isIn : (labels) => !isIn(labels);
  }
  const compared = COMPARED.exec(text);
  if (compared) {
    const [, key = '', , operator, value] = compared;
    // A label that is not there differs from every value.
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const ordered = ORDERED.exec(text);
  if (ordered) {
    const [, key = '', , operator, limit] = ordered;
    return (labels) => {
      if (!/^-?\d+$/.test(labels[key] ?? '')) return false;
      return operator === '>' ? Number(labels[key]) > Number(limit) : Number(labels[key]) < Number(limit);
    };
  }
  const exists = EXISTS.exec(text);
  if (!exists) throw new ApiError(400, `unable to parse requirement: ${JSON.stringify(text)}`);
  const [, not, key = ''] = exists;
  return (labels) => (labels[key] === undefined) === (not === '!');
}

/** Splits at commas that are in no parentheses. */
function splitOutside(text: string): string[] {
  return text
    .split(/,(?![^()]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== '');
}

/** Fields the API server selects by, beside name and namespace, by group and plural. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  '/pods': [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  '/events': [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  '/secrets': ['type'],
  '/nodes': ['spec.unschedulable'],
  '/namespaces': ['status.phase'],
  '/replicationcontrollers': ['status.replicas'],
  'apps/replicasets': ['status.replicas'],
  'batch/jobs': ['status.successful'],
  'certificates.k8s.io/certificatesigningrequests': ['spec.signerName'],
};

/** Reads a field selector for a resource (`<group>/<plural>`). Throws ApiError 400 for fields it does not select by. */
export function fieldSelector(text: string, resource: string): Matcher {
  const allowed = ['metadata.name', 'metadata.namespace', ...(FIELDS[resource] ?? [])];
  const terms = text
    .split(',')
    .filter((term) => term !== '')
    .map((term) => {
      const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(term);
      if (!match) throw new ApiError(400, `invalid selector: '${text}'; can't understand '${term}'`);
      const [, field = '', operator, value = ''] = match;
      if (!allowed.includes(field)) throw new ApiError(400, `field label not supported: ${field}`);
      return (object: unknown) => (fieldText(object, field) === value) === (operator !== '!=');
    });
  return (object) => terms.every((term) => term(object));
}

function fieldText(object: unknown, field: string): string {
  if (field === 'source')
    return textAt(object, 'source', 'component') || textAt(object, 'reportingComponent');
  if (field === 'status.successful') return textAt(object, 'status', 'succeeded') || '0';
  const path = field.split('.');
  const value = valueAt(object, ...path);
  if (value !== undefined) return textAt(object, ...path);
  return ['spec.unschedulable', 'spec.hostNetwork'].includes(field) ? 'false' : '';
}
