/*
 * Analyzes one input in a process of its own and prints how it ended: peaks of memory are those of this
 * input alone. `node test/security/measure.ts <input> [options as JSON]`.
 */
import { survive } from './survival.ts';

const [input = '', options = '{}'] = process.argv.slice(2);
const { report: _, ...survival } = await survive(input, JSON.parse(options));
process.stdout.write(`${JSON.stringify(survival)}\n`);
