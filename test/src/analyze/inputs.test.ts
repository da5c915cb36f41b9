import { describe, expect, it } from 'vitest';
import { allArtifacts, createInputs, requiredArtifacts } from '../../../src/analyze/inputs.ts';
import { apiServerVersion } from '../../../src/artifacts/api-server-version.ts';
import { services } from '../../../src/artifacts/network-resources.ts';
import { leases, nodes, pods } from '../../../src/artifacts/resources.ts';
import type { AnyAnalyzer } from '../../../src/model/analyzer.ts';
import {
  collectionRecord,
  defineDerived,
  type Needs,
  optional,
  samples,
} from '../../../src/model/artifact.ts';
import { ago, lease, node, pod } from '../../support/builders.ts';
import { inputsFrom } from '../../support/derived-value.ts';
import { type Given, storeOf } from '../../support/given.ts';

function gapsOf(needs: Needs, given: Given): string[] {
  const store = storeOf([{ needs } as unknown as AnyAnalyzer], given);
  return createInputs(store)
    .gaps(needs)
    .map((gap) => gap.artifact);
}

describe('a lookup', () => {
  it('finds what is there', () => {
    const { pods: collection } = inputsFrom({ pods }, { objects: [pod('web')] });

    expect(collection.lookup({ namespace: 'shop', name: 'web' })).toMatchObject({
      state: 'present',
      item: { metadata: { name: 'web' } },
    });
  });

  it('says absent only where everything was seen', () => {
    const rows = [
      { artifact: pods.id, scope: { type: 'namespace', namespace: 'shop' }, outcome: 'collected' },
    ] as const;
    const { pods: collection } = inputsFrom({ pods }, { objects: [pod('web')], rows });

    expect(collection.lookup({ namespace: 'shop', name: 'api' })).toEqual({ state: 'absent' });
    expect(collection.lookup({ namespace: 'kong', name: 'api' })).toMatchObject({
      state: 'unseen',
      gap: { artifact: pods.id },
    });
  });

  it('finds an object even where the rest was not seen', () => {
    const { pods: collection } = inputsFrom({ pods }, { objects: [pod('web')], forbidden: [pods] });

    expect(collection.lookup({ namespace: 'shop', name: 'web' }).state).toBe('present');
    expect(collection.lookup({ namespace: 'shop', name: 'api' }).state).toBe('unseen');
  });

  it('tells namespaces from objects without one', () => {
    const { nodes: collection } = inputsFrom({ nodes }, { objects: [node('a')] });

    expect(collection.lookup({ name: 'a' }).state).toBe('present');
    expect(collection.lookup({ namespace: 'shop', name: 'a' }).state).toBe('absent');
  });
});

describe('inputs', () => {
  it('hold of an object only the kept fields, and its identity', () => {
    const given = { objects: [{ ...pod('web'), secretField: 'x' }] };
    const [item] = inputsFrom({ pods }, given).pods.items;

    expect(item).toMatchObject({ kind: 'Pod', metadata: { name: 'web', namespace: 'shop' } });
    expect(item).not.toHaveProperty('secretField');
  });

  it('give one collection per sample, and the first where one is asked for', () => {
    const given = {
      objects: [lease('kube-scheduler', { spec: { renewTime: ago(90) } })],
      secondSample: [lease('kube-scheduler', { spec: { renewTime: ago(50) } })],
    };
    const inputs = inputsFrom({ all: samples(leases), one: leases }, given);

    expect(inputs.all.map((sample) => sample.items[0]?.spec?.renewTime)).toEqual([ago(90), ago(50)]);
    expect(inputs.one.items[0]?.spec?.renewTime).toBe(ago(90));
  });

  it('give one empty sample where there is none', () => {
    expect(inputsFrom({ all: samples(leases) }, {}).all.map((sample) => sample.items)).toEqual([[]]);
  });

  it('give documents with the rows that say why others are missing', () => {
    const rows = [
      { artifact: apiServerVersion.id, scope: { type: 'cluster' }, outcome: 'timed-out', reason: 'too slow' },
    ] as const;
    const { version } = inputsFrom({ version: apiServerVersion }, { rows });

    expect(version.items).toEqual([]);
    expect(version.rows.map((row) => row.reason)).toEqual(['too slow']);
  });

  it('give the record of the collection', () => {
    const { record } = inputsFrom(
      { record: collectionRecord },
      { complete: false, incompleteReason: 'interrupted', layouts: ['ours'] },
    );

    expect(record).toMatchObject({ complete: false, incompleteReason: 'interrupted', layouts: ['ours'] });
  });
});

describe('a derived value', () => {
  it('is computed once, whoever asks for it, and may rest on another', () => {
    let times = 0;
    const names = defineDerived({
      id: 'names',
      title: 'Names',
      needs: { pods },
      derive: (inputs) => {
        times += 1;
        return inputs.pods.items.map((item) => item.metadata.name);
      },
    });
    const count = defineDerived({
      id: 'count',
      title: 'Count',
      needs: { names },
      derive: (inputs) => inputs.names.length,
    });
    const store = storeOf([{ needs: { names, count } } as unknown as AnyAnalyzer], { objects: [pod('web')] });
    const inputs = createInputs(store);

    expect(inputs.build({ names, count })).toEqual({ names: ['web'], count: 1 });
    inputs.build({ count });
    expect(times).toBe(1);
  });
});

describe('the gaps of needs', () => {
  const derived = defineDerived({
    id: 'derived',
    title: 'Derived',
    needs: { nodes, services: optional(services) },
    derive: () => 1,
  });

  it('are those of required kinds, seen through derived values and samples', () => {
    const forbidden = [pods, nodes, services, leases];
    const needs = { pods: optional(pods), derived, leases: samples(leases), record: collectionRecord };

    expect(gapsOf(needs, { forbidden })).toEqual([nodes.id, leases.id]);
  });

  it('are named once, however often the kind is needed', () => {
    expect(gapsOf({ nodes, derived }, { forbidden: [nodes] })).toEqual([nodes.id]);
  });

  it('are none when all was seen', () => {
    expect(gapsOf({ pods, derived }, {})).toEqual([]);
  });

  it('count artifacts that only explain among those to read, not among those required', () => {
    const needs = { pods: optional(pods), derived };

    expect(requiredArtifacts(needs).map((artifact) => artifact.id)).toEqual([nodes.id]);
    expect(allArtifacts(needs).map((artifact) => artifact.id)).toEqual([
      pods.id,
      'derived',
      nodes.id,
      services.id,
    ]);
  });
});
