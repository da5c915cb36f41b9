import { document } from '../model/artifact.ts';
import { listIn, numberIn, objectIn, parseJsonObject, stringIn } from './json-bytes.ts';
import { integerIn } from './text-sections.ts';

/** One container as the runtime of a node knows it. */
export interface NodeContainer {
  readonly id: string;
  /** Name of the container in its pod. */
  readonly name: string;
  /** How often it was started before. */
  readonly attempt: number;
  readonly namespace?: string;
  readonly pod?: string;
  readonly image?: string;
  readonly state: 'created' | 'running' | 'exited' | 'unknown';
  /** ISO 8601. */
  readonly createdAt?: string;
}

/** Containers of a node, scope node: the JSON object `crictl ps -a -o json` writes. */
export const nodeContainers = document<readonly NodeContainer[]>({
  id: 'node-containers',
  title: 'Containers of a node',
  contentType: 'json',
  rearranged: true,
  parse(bytes) {
    const reply = parseJsonObject(bytes);
    if (!Array.isArray(reply.containers)) throw new Error('a list of containers was expected');
    return listIn(reply.containers).map(readContainer);
  },
});

function readContainer(element: unknown): NodeContainer {
  const { id, metadata, image, state, createdAt, labels } = objectIn(element);
  const { name, attempt } = objectIn(metadata);
  const label = (key: string): string | undefined => stringIn(objectIn(labels)[`io.kubernetes.${key}`]);
  const [namespace, pod] = [label('pod.namespace'), label('pod.name')];
  const imageName = stringIn(objectIn(image).userSpecifiedImage) || stringIn(objectIn(image).image);
  const created = isoOfNanoseconds(stringIn(createdAt));
  return {
    id: stringIn(id) ?? '',
    name: stringIn(name) ?? label('container.name') ?? '',
    attempt: numberIn(attempt) ?? 0,
    ...(namespace === undefined ? {} : { namespace }),
    ...(pod === undefined ? {} : { pod }),
    ...(imageName === undefined ? {} : { image: imageName }),
    state: stateOf(stringIn(state)),
    ...(created === undefined ? {} : { createdAt: created }),
  };
}

/** CRI's `CONTAINER_RUNNING`. */
function stateOf(state: string | undefined): NodeContainer['state'] {
  const word = state?.replace(/^CONTAINER_/, '').toLowerCase();
  return word === 'created' || word === 'running' || word === 'exited' ? word : 'unknown';
}

/** CRI counts nanoseconds in a string, since the number is larger than JSON's are exact. */
function isoOfNanoseconds(text: string | undefined): string | undefined {
  const milliseconds = integerIn(text?.slice(0, -6));
  return milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();
}
