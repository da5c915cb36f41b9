import { load } from 'js-yaml';
import { document } from '../model/artifact.ts';
import { listIn, objectIn, stringIn } from './json-bytes.ts';
import { textLines } from './text-sections.ts';

/** A container of a static pod as its manifest names it. */
export interface ManifestContainer {
  readonly name: string;
  readonly image?: string;
  /** Command and arguments, one after the other. */
  readonly command: readonly string[];
}

/** One file in the folder of static pods. */
export interface NodeManifest {
  /** Path on the node. */
  readonly file: string;
  /** `Pod` unless the file holds something else. */
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly containers: readonly ManifestContainer[];
  /** Paths of the node that are mounted. */
  readonly hostPaths: readonly string[];
  /** Why the file cannot be read as a manifest. */
  readonly error?: string;
}

/**
 * Static pod manifests of a node, scope node: one YAML stream, each file a document that begins with the line
 * `---` and a comment that names it: `# Source: /etc/kubernetes/manifests/etcd.yaml`, then the file as it is.
 */
export const nodeManifests = document<readonly NodeManifest[]>({
  id: 'node-manifests',
  title: 'Static pod manifests of a node',
  contentType: 'yaml',
  rearranged: true,
  parse(bytes) {
    return splitFiles(textLines(bytes)).map(({ file, text }) => readManifest(file, text));
  },
});

function splitFiles(lines: readonly string[]): { file: string; text: string }[] {
  const files: { file: string; lines: string[] }[] = [];
  for (const line of lines) {
    const file = /^# Source: (\S+)\s*$/.exec(line)?.[1];
    if (file !== undefined) files.push({ file, lines: [] });
    else if (line.trimEnd() !== '---') files.at(-1)?.lines.push(line);
  }
  return files.map((one) => ({ file: one.file, text: one.lines.join('\n') }));
}

function readManifest(file: string, text: string): NodeManifest {
  const none = { file, containers: [], hostPaths: [] };
  const filled = text.split('\n').some((line) => !/^\s*(?:#|$)/.test(line));
  if (!filled) return { ...none, error: 'the file is empty' };
  try {
    return { ...none, ...readPod(objectIn(load(text))) };
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
    return { ...none, error: reason ?? 'it is not YAML' };
  }
}

function readPod(pod: Readonly<Record<string, unknown>>): Omit<NodeManifest, 'file'> {
  const { name, namespace } = objectIn(pod.metadata);
  const spec = objectIn(pod.spec);
  const fields = { kind: stringIn(pod.kind), name: stringIn(name), namespace: stringIn(namespace) };
  return {
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
    containers: listIn(spec.containers).map(readContainer),
    hostPaths: listIn(spec.volumes).flatMap(
      (volume) => stringIn(objectIn(objectIn(volume).hostPath).path) ?? [],
    ),
  };
}

function readContainer(element: unknown): ManifestContainer {
  const { name, image, command, args } = objectIn(element);
  const words = [...listIn(command), ...listIn(args)].flatMap((word) => stringIn(word) ?? []);
  const imageName = stringIn(image);
  return {
    name: stringIn(name) ?? '',
    ...(imageName === undefined ? {} : { image: imageName }),
    command: words,
  };
}
