import { describe, expect, it } from 'vitest';
import { dataKeysOf } from '../../../src/derive/data-keys.ts';

describe('dataKeysOf', () => {
  it('joins the keys of all managers', () => {
    const managedFields = [
      { fieldsV1: { 'f:data': { '.': {}, 'f:b': {}, 'f:a.conf': {} }, 'f:type': {} } },
      { fieldsV1: { 'f:binaryData': { 'f:c': {} }, 'f:data': { 'f:b': {} } } },
      {},
    ];

    expect(dataKeysOf({ metadata: { managedFields } })).toEqual(['a.conf', 'b', 'c']);
  });

  it('is empty where nobody kept them', () => {
    expect(dataKeysOf({ metadata: {} })).toEqual([]);
  });
});
