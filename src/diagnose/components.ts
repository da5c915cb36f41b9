/**
 * Strongly connected components of a directed graph (Tarjan, with an own stack so that deep graphs do
 * not overflow the call stack): node → the first node of its component in the order given.
 */
export function components(
  nodes: readonly string[],
  edges: ReadonlyMap<string, readonly string[]>,
): Map<string, string> {
  const order = new Map(nodes.map((node, index) => [node, index]));
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const onPath = new Set<string>();
  const path: string[] = [];
  const leaders = new Map<string, string>();

  function enter(node: string): void {
    index.set(node, index.size);
    low.set(node, index.get(node) as number);
    path.push(node);
    onPath.add(node);
  }

  function leave(node: string): void {
    if (low.get(node) !== index.get(node)) return;
    const members = path.splice(path.lastIndexOf(node));
    for (const member of members) onPath.delete(member);
    const leader = members.reduce((a, b) => ((order.get(a) as number) <= (order.get(b) as number) ? a : b));
    for (const member of members) leaders.set(member, leader);
  }

  function lower(node: string, value: number): void {
    low.set(node, Math.min(low.get(node) as number, value));
  }

  for (const start of nodes) {
    if (index.has(start)) continue;
    enter(start);
    const work = [{ node: start, next: 0 }];
    for (let frame = work.at(-1); frame !== undefined; frame = work.at(-1)) {
      const target = (edges.get(frame.node) ?? [])[frame.next++];
      if (target === undefined) {
        work.pop();
        leave(frame.node);
        const parent = work.at(-1);
        if (parent) lower(parent.node, low.get(frame.node) as number);
      } else if (!index.has(target)) {
        enter(target);
        work.push({ node: target, next: 0 });
      } else if (onPath.has(target)) {
        lower(frame.node, index.get(target) as number);
      }
    }
  }
  return leaders;
}
