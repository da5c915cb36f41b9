import { listIn, objectIn, parseJsonObject, stringIn } from '../artifacts/json-bytes.ts';
import { ETCD_FILES } from '../layouts/must-gather-documents.ts';

/**
 * The files of `etcd_info/` from an etcd-status document of ours; undefined when one of the answers is not in it, or
 * etcdctl printed an error: the files have no place for what it says of members that do not answer. An answer that
 * holds all endpoints goes before that of the member alone.
 */
export function etcdFiles(
  document: Buffer,
): readonly (readonly [path: string, content: Buffer])[] | undefined {
  const runs = listIn(parseJsonObject(document).etcdctl).map(objectIn);
  if (runs.some(({ stderr, error }) => stringIn(stderr) || stringIn(error))) return undefined;
  const files = ETCD_FILES.map(([file, command]) => {
    const answers = runs.filter((run) => {
      const own = stringIn(run.command) ?? '';
      return (own === command || own.startsWith(`${command} `)) && (stringIn(run.stdout) ?? '') !== '';
    });
    const [answer] = answers.sort((a, b) => reach(b.command) - reach(a.command));
    return [`etcd_info/${file}`, Buffer.from(stringIn(answer?.stdout) ?? '')] as const;
  });
  return files.every(([, content]) => content.length > 0) ? files : undefined;
}

function reach(command: unknown): number {
  return stringIn(command)?.includes('--cluster') ? 1 : 0;
}
