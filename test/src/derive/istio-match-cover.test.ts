import { expect, it } from 'vitest';
import { coversMatch } from '../../../src/derive/istio-match-cover.ts';

const prefix = (text: string) => ({ uri: { prefix: text } });
const exact = (text: string) => ({ uri: { exact: text } });

it.each([
  ['nothing asked for', {}, exact('/a')],
  ['an equal match by another name', { name: 'x', ...exact('/a') }, { name: 'y', ...exact('/a') }],
  ['a prefix', prefix('/a'), exact('/a/b')],
  ['a prefix of a prefix', prefix('/'), prefix('/a')],
  ['a prefix that ends inside a word', prefix('/a'), exact('/ab')],
  ['fewer conditions', prefix('/a'), { ...exact('/a'), method: { exact: 'GET' } }],
  ['every value', { uri: { regex: '.*' } }, exact('/a')],
  ['that a header is there', { headers: { user: {} } }, { headers: { user: { exact: 'x' }, b: {} } }],
  ['labels of the client', { sourceLabels: { a: '1' } }, { sourceLabels: { a: '1', b: '2' } }],
  ['more gateways', { gateways: ['a', 'b'] }, { gateways: ['a'] }],
  ['a wildcard of server names', { sniHosts: ['*.example'] }, { sniHosts: ['a.example', '*.b.example'] }],
  ['any case', { ...exact('/a'), ignoreUriCase: true }, { ...exact('/a'), ignoreUriCase: true }],
  ['the same networks', { destinationSubnets: ['10.0.0.0/8'] }, { destinationSubnets: ['10.0.0.0/8'] }],
])('is covered: %s', (_, earlier, later) => {
  expect(coversMatch(earlier, later)).toBe(true);
});

it.each([
  ['a longer prefix', prefix('/a/b'), prefix('/a')],
  ['an exact path by its prefix', exact('/a'), prefix('/a')],
  ['more conditions', { ...exact('/a'), port: 80 }, exact('/a')],
  ['another port', { port: 80 }, { port: 81 }],
  ['an expression', { uri: { regex: '/a.*' } }, exact('/ab')],
  ['a header not asked for', { headers: { user: {} } }, exact('/a')],
  ['other clients', { sourceLabels: { a: '1' } }, { sourceLabels: { a: '2' } }],
  ['one of the gateways', { gateways: ['a'] }, { gateways: ['a', 'b'] }],
  ['all gateways', { gateways: ['a'] }, {}],
  ['the wildcard by one of its names', { sniHosts: ['a.example'] }, { sniHosts: ['*.example'] }],
  ['any case by one case', exact('/a'), { ...exact('/a'), ignoreUriCase: true }],
  ['one case by any case, told apart to be sure', { ...exact('/a'), ignoreUriCase: true }, exact('/a')],
  ['what is not to be there', { withoutHeaders: { a: {} } }, {}],
  ['a condition of a later version', { futureField: { x: 1 } } as object, exact('/a')],
])('is not covered: %s', (_, earlier, later) => {
  expect(coversMatch(earlier, later)).toBe(false);
});
