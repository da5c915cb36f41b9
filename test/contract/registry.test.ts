import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { collectors } from '../../collectors/index.ts';
import { messageViolations } from './rules/messages.ts';
import { literalViolations, needViolations, rbacViolations, tokenViolations } from './rules/registry.ts';
import { lines, readTree } from './rules/source-tree.ts';
import { leftoverViolations, unitViolations } from './rules/units.ts';
import { sampleDiscovery } from './sample-discovery.ts';

const tree = readTree(join(import.meta.dirname, '../..'));
const registry = { analyzers, collectors };

describe('the units', () => {
  it('are three files of one name, with the path as id', () => {
    expect(lines(unitViolations(tree, registry))).toEqual([]);
  });

  it('hold nothing the scaffold left to be filled in', () => {
    expect(lines(leftoverViolations(tree))).toEqual([]);
  });

  it('have messages and checks whose texts and names hold together', () => {
    expect(lines(messageViolations(analyzers))).toEqual([]);
  });

  it('need only what some collector produces', () => {
    expect(lines(needViolations(registry))).toEqual([]);
  });

  it('share one declaration of each artifact', () => {
    expect(lines(tokenViolations(registry))).toEqual([]);
  });

  it('search logs for literals that are long enough', () => {
    expect(lines(literalViolations(registry))).toEqual([]);
  });

  it('ask for enumerated rights to read, which cover what they list', () => {
    expect(lines(rbacViolations(collectors, sampleDiscovery))).toEqual([]);
  });
});
