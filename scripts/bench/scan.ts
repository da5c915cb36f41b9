import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileMatcher, type Matcher } from '../../src/scan/matcher.ts';
import type { SectionResult } from '../../src/scan/section-result.ts';
import { createSectionScan } from '../../src/scan/section-scan.ts';
import { literals, logBlock } from './scan-corpus.ts';

const MIB = 1024 * 1024;
const ROUNDS = 5;

/** One way to count the lines that hold a literal. */
interface Method {
  readonly name: string;
  /** Reads and searches the file once; the number of matching lines, undefined if the tool is not there. */
  run(): number | undefined;
}

function writeLog(file: string, megabytes: number, hitShare: number): void {
  const descriptor = openSync(file, 'w');
  for (let block = 0; block * 16 < megabytes; block++) {
    writeSync(descriptor, logBlock(16 * MIB, hitShare, block + 1));
  }
  closeSync(descriptor);
}

/** Scans a file read in chunks of 1 MiB into one buffer. */
function scanFile(matcher: Matcher, file: string): SectionResult {
  const section = createSectionScan(matcher, { keepTail: true });
  const chunk = Buffer.allocUnsafeSlow(MIB);
  const descriptor = openSync(file, 'r');
  for (let read = readSync(descriptor, chunk); read > 0; read = readSync(descriptor, chunk)) {
    section.push(chunk.subarray(0, read));
  }
  closeSync(descriptor);
  return section.end();
}

function tool(command: string, args: readonly string[]): Method {
  return {
    name: command,
    run() {
      const { status, stdout } = spawnSync(command, args, {
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C' },
      });
      return status === 0 ? Number(stdout) : undefined;
    },
  };
}

/** Median milliseconds of each method, in rounds that take turns; undefined if it cannot run. */
function race(methods: readonly Method[]): Map<string, number | undefined> {
  const times = new Map<string, number[]>(methods.map((method) => [method.name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const method of methods) {
      const start = process.hrtime.bigint();
      if (method.run() !== undefined)
        times.get(method.name)!.push(Number(process.hrtime.bigint() - start) / 1e6);
    }
  }
  return new Map([...times].map(([name, all]) => [name, all.sort((a, b) => a - b)[all.length >> 1]]));
}

function benchLog(file: string, needles: string, hitShare: number): void {
  writeLog(file, 300, hitShare);
  const each = compileMatcher(literals().map((literal) => ({ id: literal, any: [literal] })));
  const any = compileMatcher([{ id: 'any', any: literals() }]);
  const rg = tool('rg', ['-cF', '-f', needles, file]);
  const grep = tool('grep', ['-cF', '-f', needles, file]);
  const ours: Method = {
    name: 'kubecase',
    run: () => scanFile(each, file).patterns.reduce((sum, pattern) => sum + pattern.count, 0),
  };
  const counts = [scanFile(any, file).patterns[0]?.count, rg.run(), grep.run()].filter(
    (count) => count !== undefined,
  );
  const times = race([ours, rg, grep]);
  const size = statSync(file).size;
  const own = times.get('kubecase')!;
  console.log(`\n${(size / 1e6).toFixed(0)} MB, ${(hitShare * 100).toFixed(2)} % of the lines match:`);
  console.log(
    `  matching lines: ${counts.join(', ')}${new Set(counts).size === 1 ? ' (equal)' : ' (DIFFERENT)'}`,
  );
  for (const [name, time] of times) {
    if (time === undefined) console.log(`  ${name.padEnd(10)} not there`);
    else {
      const speed = (size / 1e3 / time).toFixed(0).padStart(6);
      console.log(
        `  ${name.padEnd(10)} ${speed} MB/s   kubecase takes ${(own / time).toFixed(2)} of its time`,
      );
    }
  }
  if (new Set(counts).size > 1) process.exitCode = 1;
}

/** Compares the scanner with rg and grep on generated logs with 300 literals. */
export function benchScan(): void {
  const folder = mkdtempSync(join(tmpdir(), 'kubecase-bench-scan-'));
  try {
    const needles = join(folder, 'literals');
    writeFileSync(needles, `${literals().join('\n')}\n`);
    for (const hitShare of [0.0075, 0.31]) benchLog(join(folder, 'log'), needles, hitShare);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.main) benchScan();
