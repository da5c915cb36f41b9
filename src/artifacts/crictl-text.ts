import { textLines } from './text-sections.ts';

/** Columns of `crictl ps`; older versions lack the last two. */
const COLUMNS = [
  'CONTAINER',
  'IMAGE',
  'CREATED',
  'STATE',
  'NAME',
  'ATTEMPT',
  'POD ID',
  'POD',
  'NAMESPACE',
] as const;
const HEADER = /^CONTAINER(?: ID)? +IMAGE +CREATED +STATE +NAME +ATTEMPT +POD ID/;

/**
 * The table of `crictl ps -a` as the body of a `node-containers` document; JSON stays as it is, and so does what is
 * neither, which the document's parser then refuses. The table has no times but `2 hours ago`, which are left out.
 */
export function containerListBody(bytes: Uint8Array): Uint8Array {
  const lines = textLines(bytes);
  const from = lines.findIndex((line) => HEADER.test(line));
  if (from < 0) return bytes;
  const read = cellsOf(lines[from]!.trimEnd());
  const containers: object[] = [];
  for (const line of lines.slice(from + 1)) {
    const cells = read(line);
    if (!/^[0-9a-f]{8,64}$/.test(cells.CONTAINER ?? '')) break;
    containers.push(containerOf(cells));
  }
  return new TextEncoder().encode(`${JSON.stringify({ containers })}\n`);
}

type Cells = Readonly<Partial<Record<(typeof COLUMNS)[number], string>>>;

/** Cells stand below the words of the header. */
function cellsOf(header: string): (line: string) => Cells {
  const starts = COLUMNS.flatMap((column) => {
    const at = column === 'CONTAINER' ? 0 : header.search(new RegExp(`(?<= {2})${column}(?= {2}|$)`));
    return at < 0 ? [] : [{ column, at }];
  });
  return (line) =>
    Object.fromEntries(
      starts.map(({ column, at }, index) => [column, line.slice(at, starts[index + 1]?.at).trim()]),
    );
}

function containerOf({
  CONTAINER: id,
  IMAGE: image,
  STATE,
  NAME: name,
  ATTEMPT,
  POD: pod,
  NAMESPACE,
}: Cells): object {
  const labels = {
    ...(pod ? { 'io.kubernetes.pod.name': pod } : {}),
    ...(NAMESPACE ? { 'io.kubernetes.pod.namespace': NAMESPACE } : {}),
  };
  const metadata = { name, attempt: Number(ATTEMPT) || 0 };
  return { id, metadata, image: { image }, state: `CONTAINER_${(STATE ?? '').toUpperCase()}`, labels };
}
