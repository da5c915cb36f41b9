import { describe, expect, it } from 'vitest';
import { openApi, openApiBytes, openApiPath } from '../../../src/artifacts/openapi.ts';
import { redactDocument } from '../../../src/redact/document.ts';

const SECRET_SCHEMA = {
  components: {
    schemas: {
      'io.k8s.api.core.v1.Secret': {
        type: 'object',
        properties: {
          kind: { type: 'string', enum: ['Secret'] },
          data: { type: 'object', description: 'Data contains the secret data.' },
          binaryData: { type: 'object', description: 'BinaryData contains the binary data.' },
          password: { type: 'string', description: 'Password to log in with.' },
          properties: { type: 'object', properties: { token: { type: 'string' } } },
        },
      },
    },
  },
  paths: { '/api/v1/secrets': { get: { 'x-kubernetes-action': 'list' } } },
};

describe('openApi', () => {
  it('gives back the document that was stored, though its fields are named like secrets', () => {
    const path = '/openapi/v3/api/v1';
    const stored = Buffer.from(openApiBytes({ path, document: SECRET_SCHEMA }));

    const redacted = redactDocument(stored, openApi.contentType).bytes;

    expect(openApi.parse(redacted)).toEqual({ path, document: SECRET_SCHEMA });
  });

  it('gives back the value a schema has for a field, unless the field is named like a secret', () => {
    const field = (value: string) => ({ type: 'string', default: value, example: value });
    const of = (password: string) => ({
      properties: {
        password: field(password),
        colour: field('blue'),
        count: { type: 'integer', default: 3 },
      },
    });
    const stored = Buffer.from(openApiBytes({ path: '/x', document: of('z8zcXotAH7R6BEisTV78') }));

    const { bytes } = redactDocument(stored, openApi.contentType);

    expect(openApi.parse(bytes).document).toEqual(of('[REDACTED:named-value]'));
  });

  it('leaves alone what is called properties and is no map of schemas', () => {
    const odd = { properties: null, items: [{ properties: 'text' }], deep: { properties: {} } };

    expect(openApi.parse(openApiBytes({ path: '/x', document: odd })).document).toEqual(odd);
  });

  it('survives a schema nested without end', () => {
    let deep: object = { properties: { a: { type: 'string' } } };
    for (let level = 0; level < 1000; level++) deep = { items: deep };

    expect(openApi.parse(openApiBytes({ path: '/x', document: deep })).document).toEqual(deep);
  });
});

describe('openApiPath', () => {
  it('is where the server has the document of a group version', () => {
    expect(openApiPath({ group: '', version: 'v1' })).toBe('/openapi/v3/api/v1');
    expect(openApiPath({ group: 'apps', version: 'v1' })).toBe('/openapi/v3/apis/apps/v1');
  });
});
