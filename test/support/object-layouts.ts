import type { FakeCluster } from './fake-kube.ts';
import { type BundleFile, FOREIGN_BUNDLES } from './foreign-bundles.ts';
import { bugReportFiles } from './istio-bug-report.ts';
import { konvoyCluster } from './konvoy-archive.ts';
import { troubleshootFiles } from './troubleshoot-bundle.ts';

/** Every layout other tools put objects of a cluster into, and what each would have collected of one. */
export const OBJECT_LAYOUTS: Readonly<Record<string, (cluster: FakeCluster) => readonly BundleFile[]>> = {
  troubleshoot: troubleshootFiles,
  ...FOREIGN_BUNDLES,
  konvoy: (cluster) =>
    konvoyCluster(cluster).map(([path, text]) => [`bundles/cluster-data/${path}`, text] as const),
  'istio-bug-report': (cluster) => Object.entries(bugReportFiles(cluster)),
};
