import { describe, expect, it } from 'vitest';
import { createObjectFaults, type Shape } from '../../../src/analyze/shape.ts';
import { OBJECT_SHAPES } from '../../../src/artifacts/object-shapes.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import type { SelectNode } from '../../../src/model/json.ts';

const THING: Shape = {
  'name!': 's',
  'weight!': 'n',
  'ready!': 'b',
  'parts!': [{ 'name!': 's', 'size!': 'n' }],
  'labels!': { '*': 's' },
  'port!': 'ns',
  'answer?': 's',
  note: 's',
  more: { 'list!': ['s'] },
  any: '*',
};

const whole = {
  name: 'a',
  weight: 1,
  ready: false,
  parts: [{ name: 'x', size: 2 }],
  labels: { app: 'web' },
  port: 80,
};

function faultIn(object: unknown, tree: SelectNode = true): string | undefined {
  const faults = createObjectFaults({ thing: JSON.stringify(THING) }, new Map([['thing', tree]]));
  return faults('thing', object as object);
}

function without(field: keyof typeof whole): object {
  const { [field]: _, ...rest } = whole;
  return rest;
}

describe('the fault of an object', () => {
  it.each([
    ['nothing is missing', whole],
    ['a field is there that nobody knows', { ...whole, other: [] }],
    ['an optional field is there', { ...whole, note: 'x', more: { list: ['a'] }, any: [{}] }],
    ['a number stands where a text may stand, too', { ...whole, port: 'http' }],
    ['a text is missing, which every client reads as empty', without('name')],
    ['a field is null that may be', { ...whole, answer: null }],
  ])('is none when %s', (_name, object) => {
    expect(faultIn(object)).toBeUndefined();
  });

  it.each([
    ['weight is missing', without('weight')],
    ['ready is missing', without('ready')],
    ['parts is missing', without('parts')],
    ['labels is missing', without('labels')],
    ['weight is missing', { ...whole, weight: null }],
    ['weight has a wrong type', { ...whole, weight: '1' }],
    ['name has a wrong type', { ...whole, name: {} }],
    ['port has a wrong type', { ...whole, port: true }],
    ['note has a wrong type', { ...whole, note: 7 }],
    ['parts is no list', { ...whole, parts: {} }],
    ['parts[1] is no object', { ...whole, parts: [whole.parts[0], null] }],
    ['parts[0].size is missing', { ...whole, parts: [{ name: 'x' }] }],
    ['labels is no object', { ...whole, labels: ['web'] }],
    ['labels.* has a wrong type', { ...whole, labels: { app: 'web', '<script>': 1 } }],
    ['more is no object', { ...whole, more: 'x' }],
    ['more.list is missing', { ...whole, more: {} }],
    [' is no object', []],
  ])('is said with its path, and without words of the bundle: %s', (fault, object) => {
    expect(faultIn(object)).toBe(fault);
  });

  it('is none for an empty list, map or text that Go writes as null, which is put right', () => {
    const object = { ...whole, name: null, parts: null, labels: { app: null }, note: null };

    expect(faultIn(object)).toBeUndefined();
    expect(object).toEqual({ ...whole, name: '', parts: [], labels: { app: '' } });
  });

  it('is not looked for in fields that are not kept, nor in kinds without a shape', () => {
    expect(faultIn({ name: 'a' }, { name: true })).toBeUndefined();
    expect(createObjectFaults({}, new Map())('thing', { name: 7 })).toBeUndefined();
  });

  it('is found in a Pod whose containers are missing', () => {
    const faults = createObjectFaults(OBJECT_SHAPES, new Map([[pods.id, { spec: pods.select }]]));
    const all = createObjectFaults(OBJECT_SHAPES, new Map());
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: {} };

    expect(all(pods.id, pod)).toBe('spec.containers is missing');
    expect(faults(pods.id, {})).toBeUndefined();
  });
});
