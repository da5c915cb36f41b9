import { describe, expect, it } from 'vitest';
import { text } from '../../../../src/report/formats/text.ts';
import { columnsOf } from '../../../../src/report/wrap-lines.ts';
import { cause, finding, podRef, report, reportOf } from '../../../support/report-builder.ts';
import { scenario } from '../../../support/report-scenario.ts';

const PLAIN = { color: false };
const COMMAND = /^ *(\$ |- \{|--)/;

describe('text', () => {
  it('keeps the order of the page: header, causes, what could not be seen', () => {
    const written = text(scenario(), PLAIN);
    const order = [
      'prod-eu',
      'Completeness',
      'Most likely causes',
      'worker-7',
      'gw-cp',
      'What could not be seen',
    ];

    const places = order.map((part) => written.indexOf(part));

    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it.each([
    [{ resourceVersion: '4711', lists: 59, apart: 0 }, 'all 59 lists of one moment'],
    [{ resourceVersion: '4711', lists: 57, apart: 2 }, '57 lists of one moment, 2 of others'],
    [
      { reason: 'no version was given', lists: 0, apart: 0 },
      'lists of different moments: no version was given',
    ],
  ])('says of which moment the lists are, where one was asked for: %o', (consistency, told) => {
    const bundles = report().bundles.map((bundle) => ({ ...bundle, consistency }));

    expect(text(report({ bundles }), PLAIN).replace(/\s+/g, ' ')).toContain(told);
    expect(text(report(), PLAIN)).not.toContain('moment');
  });

  it('says severity, confidence with its reason, since, reach and the first command', () => {
    const written = text(scenario(), PLAIN);

    expect(written).toContain('1  ◆ Critical  certain: the API object says so');
    expect(written).toContain('since 2026-11-20 08:46:12 UTC (1 h 12 min before collection); explains 4');
    expect(written).toContain('   $ kubectl describe node worker-7.eu-central-1.compute.internal\n');
  });

  it('stays within 80 columns, but for commands and rules, which are never broken', () => {
    const lines = text(scenario(), PLAIN).split('\n');

    expect(lines.filter((line) => columnsOf(line) > 80 && !COMMAND.test(line))).toEqual([]);
  });

  it('wraps to the width it is given', () => {
    const lines = text(scenario(), { color: false, width: 50 }).split('\n');

    expect(lines.filter((line) => columnsOf(line) > 50 && !COMMAND.test(line))).toEqual([]);
  });

  it('colours only when asked, and says the same', () => {
    const coloured = text(scenario(), { color: true });

    expect(coloured).toContain('\x1b[1;31m◆ Critical\x1b[0m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences under test.
    expect(coloured.replace(/\x1b\[[0-9;]*m/g, '')).toBe(text(scenario(), PLAIN));
  });

  it('sends no control character of the bundle to the terminal', () => {
    const subject = podRef('api\x1b]0;owned\x07');
    const hostile = reportOf(
      [finding('x', { subject, values: { pod: subject, container: 'a\x1b[2Jb\u202e', code: 1 } })],
      { cluster: { name: 'prod\x1b[31m\r\nfake' } },
    );

    // biome-ignore lint/suspicious/noControlCharactersInRegex: the characters under test.
    expect(text(hostile, PLAIN)).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  });

  it('says what was looked at when nothing was found', () => {
    const written = text(report(), PLAIN);

    expect(written).toContain('Nothing found.\nLooked with 1 analyzer at 230 objects and 184,220 log lines.');
    expect(written).toContain('Everything the analyzers asked for was in the bundle.');
  });

  it('says that a failed or unknown analyzer limits the result', () => {
    const results = (['unknown', 'error'] as const).map((status) => ({
      analyzerId: `node/${status}`,
      status,
      unseen: [],
      findings: 0,
      looked: {},
    }));
    const written = text(report({ results }), PLAIN);

    expect(written).toContain('1 analyzer could not tell, for lack of data.');
    expect(written).toContain('1 analyzer failed; the appendix says why.');
  });

  it('lists causes beyond the third in one line each', () => {
    const findings = [1, 2, 3, 4, 5].map((index) => finding(`api-${index}`));
    const written = text(reportOf(findings), PLAIN);

    expect(written.slice(written.indexOf('Further causes'))).toMatch(
      /4 {2}◆ Critical {2}Pod `api-4`[\s\S]*5 {2}◆/,
    );
  });

  it('shows the step without a command when a name would break out of it', () => {
    const subject = podRef('api;reboot');
    const broken = finding('x', { subject, values: { pod: subject, container: 'app', code: 1 } });
    const written = text(reportOf([broken], { diagnosis: { causes: [cause(broken)] } }), PLAIN);

    expect(written).toContain('Read the last lines the container wrote before it exited.');
    expect(written).not.toContain('$ kubectl');
  });
});
