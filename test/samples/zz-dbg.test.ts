import { it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { artifactsOf } from '../../src/analyze/analyze.ts';
import { readInputs } from '../../src/analyze/read-inputs.ts';
import { ORIGIN } from '../../src/model/origin.ts';
import { FOREIGN_BUNDLES } from '../support/foreign-bundles.ts';
import { clusterOf } from '../support/sample-cluster.ts';
import { writeTree } from '../support/unpack.ts';
import { temporaryFolder } from '../src/bundle/bundle-fixture.ts';
it('x', async () => {
  for (const dir of ['own', 'must-gather', 'kubectl-get']) {
    const cluster = await clusterOf('samples/container-runtime-down/bundle');
    const input = dir === 'own' ? 'samples/container-runtime-down/bundle' : writeTree(temporaryFolder(), FOREIGN_BUNDLES[dir]!(cluster));
    const { store } = await readInputs([input], artifactsOf(analyzers));
    for (const id of ['resources:core/Pod', 'resources:coordination.k8s.io/Lease', 'resources:core/Node']) {
      const items = store.resources.get(id)?.get(0) ?? [];
      console.log(dir, id, items.length, (items[0] as any)?.[ORIGIN]?.observation, id.endsWith('Lease') ? items.map((i: any) => i.spec?.renewTime).sort().at(-1) : '');
    }
    console.log(JSON.stringify((store.resources.get('resources:core/Pod')?.get(0) ?? []).filter((p) => p.metadata.deletionTimestamp).map((p) => p.metadata)));
  }
});
