import type { SameInput } from '../bundle/same-inputs.ts';
import { visibleText } from '../report/visible-text.ts';

/** Says on standard error which bundle was given twice, by the names the user gave. */
export function tellSame(inputs: readonly string[], { again, first }: SameInput): void {
  const [one, other] = [visibleText(inputs[again] ?? ''), visibleText(inputs[first] ?? '')];
  const said = one === other ? `${one} is given twice` : `${one} is the same bundle as ${other}`;
  process.stderr.write(`kubecase: ${said}: it is read once\n`);
}
