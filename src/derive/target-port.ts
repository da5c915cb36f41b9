import type { PodItem } from '../artifacts/resources.ts';

type Container = NonNullable<PodItem['spec']>['containers'][number];

/** A port as a probe or a Service writes it, by number or by the name a container gives it. */
export function numberOf(port: string | number | undefined, { ports = [] }: Container): number | undefined {
  if (port === undefined) return undefined;
  if (/^\d+$/.test(String(port))) return Number(port);
  return ports.find((one) => one.name === port)?.containerPort;
}

/** A port of a pod by number, or by the name one of its containers gives it. */
export function numberIn(pod: PodItem, port: string | number | undefined): number | undefined {
  for (const container of pod.spec?.containers ?? []) {
    const found = numberOf(port, container);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The port of the pod behind a port of its Service. */
export function targetPortOf(
  { port, targetPort }: { readonly port: number; readonly targetPort?: unknown },
  pod: PodItem,
): number | undefined {
  return numberIn(pod, (targetPort ?? port) as string | number);
}
