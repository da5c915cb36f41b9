import { ago } from './object.ts';

/** The head of a line of a Kubernetes component so many seconds before the collection. */
export function klog(level: 'I' | 'W' | 'E' | 'F', age: number, pid = 1043): string {
  const [date, time] = ago(age).replace('Z', '').split('T');
  return `${level}${date!.slice(5).replace('-', '')} ${time}.184020 ${String(pid).padStart(7)}`;
}
