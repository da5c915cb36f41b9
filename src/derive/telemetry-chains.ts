import { type PodItem, pods } from '../artifacts/resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { type ObjectRef, subjectKey } from '../model/subject.ts';
import { hasEnded } from './pod-readiness.ts';
import { podOwner } from './pod-siblings.ts';

/** What flows through a chain. */
export type Telemetry = 'logs' | 'metrics';

/** The places of a chain in the order data flows. */
export type TelemetryRole = 'shipper' | 'aggregator' | 'store' | 'viewer';

/** The pods of one workload that stand at one place of a chain. */
export interface TelemetryLink {
  readonly role: TelemetryRole;
  /** The program, as its makers write it: `Fluent Bit`, `Elasticsearch`. */
  readonly program: string;
  readonly owner: ObjectRef;
  /** Never empty. Each with the name of the container that runs the program. */
  readonly pods: readonly { readonly pod: PodItem; readonly container: string }[];
}

/** The programs of one namespace through which logs or metrics reach those who look at them. */
export interface TelemetryChain {
  readonly kind: Telemetry;
  readonly namespace: string;
  readonly links: readonly TelemetryLink[];
}

interface Program {
  readonly kind: Telemetry;
  readonly role: TelemetryRole;
  readonly program: string;
  readonly image: RegExp;
}

/** By the last part of the image's path: registries and mirrors differ. Exporters and curators are none of these. */
const PROGRAMS: readonly Program[] = [
  { kind: 'logs', role: 'shipper', program: 'Fluent Bit', image: /(?:^|\/)(?:aws-for-)?fluent-bit[:@]/ },
  { kind: 'logs', role: 'aggregator', program: 'Fluentd', image: /(?:^|\/)fluentd(?:-[a-z-]+)?[:@]/ },
  { kind: 'logs', role: 'store', program: 'Elasticsearch', image: /(?:^|\/)elasticsearch(?:-oss)?[:@]/ },
  { kind: 'logs', role: 'store', program: 'OpenSearch', image: /(?:^|\/)opensearch[:@]/ },
  { kind: 'logs', role: 'store', program: 'Loki', image: /(?:^|\/)loki[:@]/ },
  { kind: 'logs', role: 'viewer', program: 'Kibana', image: /(?:^|\/)kibana(?:-oss)?[:@]/ },
  {
    kind: 'logs',
    role: 'viewer',
    program: 'OpenSearch Dashboards',
    image: /(?:^|\/)opensearch-dashboards[:@]/,
  },
  { kind: 'metrics', role: 'store', program: 'Prometheus', image: /(?:^|\/)prometheus[:@]/ },
  {
    kind: 'metrics',
    role: 'viewer',
    program: 'Grafana',
    image: /(?:^|\/)grafana(?:-oss|-enterprise)?[:@]/,
  },
];

/** Chains of logging and metrics, found by the images of pods: charts differ in names and labels. */
export const telemetryChains = defineDerived({
  id: 'telemetry-chains',
  title: 'Chains of logs and metrics',
  needs: { pods: optional(pods) },
  derive({ pods: collection }): readonly TelemetryChain[] {
    const known = new Map<string, Program | undefined>();
    const programOf = (image: string): Program | undefined =>
      getOrCreate(known, image, () => PROGRAMS.find((one) => one.image.test(image)));
    const chains = new Map<string, Map<string, LinkInMaking>>();
    for (const pod of collection.items) {
      for (const { name, image = '' } of pod.spec?.containers ?? []) {
        const program = programOf(image);
        if (!program || !stands(pod)) continue;
        const { namespace = '' } = pod.metadata;
        const links = getOrCreate(
          chains,
          `${program.kind} ${namespace}`,
          () => new Map<string, LinkInMaking>(),
        );
        const owner = podOwner(pod);
        const { role, program: title } = program;
        const key = `${title} ${subjectKey(owner)}`;
        getOrCreate(links, key, () => ({ role, program: title, owner, pods: [] })).pods.push({
          pod,
          container: name,
        });
      }
    }
    return [...chains].map(([key, links]) => {
      const [kind, namespace = ''] = key.split(' ');
      return { kind: kind as Telemetry, namespace, links: [...links.values()] };
    });
  },
});

type LinkInMaking = Omit<TelemetryLink, 'pods'> & {
  readonly pods: { readonly pod: PodItem; readonly container: string }[];
};

/** Pods of Jobs (curators, index templates) and pods that have ended are no part of a chain. */
function stands(pod: PodItem): boolean {
  if (hasEnded(pod) || pod.metadata.deletionTimestamp) return false;
  return !pod.metadata.ownerReferences?.some(({ kind }) => kind === 'Job');
}
