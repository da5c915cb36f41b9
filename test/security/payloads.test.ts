import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { html } from '../../src/report/formats/html.ts';
import { json } from '../../src/report/formats/json.ts';
import { text } from '../../src/report/formats/text.ts';
import { temporaryFolder } from '../src/bundle/bundle-fixture.ts';
import { PAYLOADS, payloadReport } from '../support/payloads.ts';

/** Every character that steers a terminal, hides, or turns the order round; line ends are the report's own. */
const STEERING = /(?!\n)[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;

function commandsOf(report: Report): string[] {
  return report.diagnosis.causes.flatMap(({ remedy }) =>
    remedy.flatMap(({ command }) => (command === undefined ? [] : [command])),
  );
}

/** The words a POSIX shell makes of a line, without running anything of it. */
function shellWords(line: string): string[] {
  const script = 'set -f; eval "set -- $1"; printf "%s\\n" "$@"';
  return execFileSync('sh', ['-c', script, 'sh', line], { encoding: 'utf8', env: {} })
    .split('\n')
    .slice(0, -1);
}

function isNameKubernetesRefuses(payload: string): boolean {
  return !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(payload);
}

describe('a report of a hostile bundle', () => {
  it.each(Object.entries(PAYLOADS))('is text and nothing else: %s', async (_name, payload) => {
    const report = await payloadReport(payload, temporaryFolder());
    const printed = text(report, { color: false });

    expect(report.findings.length).toBeGreaterThan(4);
    expect(printed).not.toMatch(STEERING);
    expect(JSON.parse(json(report))).toBeTypeOf('object');
    expect(json(report)).not.toMatch(STEERING);
    expect(html(report).match(/<(?:script|style|base|iframe|svg|img|meta)\b/gi)).toEqual(
      html(await payloadReport('plain-name', temporaryFolder())).match(
        /<(?:script|style|base|iframe|svg|img|meta)\b/gi,
      ),
    );
  });

  it.each(Object.entries(PAYLOADS))('has no command with it: %s', async (_name, payload) => {
    const report = await payloadReport(payload, temporaryFolder());

    expect(isNameKubernetesRefuses(payload)).toBe(true);
    expect(commandsOf(report).length).toBeGreaterThan(0);
    for (const command of commandsOf(report)) {
      expect(command).not.toContain(payload);
      expect(command).not.toContain('owned');
      expect(command).not.toContain('\n');
      expect(shellWords(command).length).toBeGreaterThan(1);
    }
  });
});
