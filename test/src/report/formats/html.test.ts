import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { html } from '../../../../src/report/formats/html.ts';
import type { DataBlock } from '../../../../src/report/page/data-block.ts';
import { cause, finding, objectEvidence, podRef, report, reportOf } from '../../../support/report-builder.ts';
import { scenario } from '../../../support/report-scenario.ts';

const PAYLOADS = ['<script>alert(1)</script>', '</script><b>', '"><img src=x onerror=alert(1)>', "'=&{{x}}"];

function between(page: string, open: string, close: string): string {
  const start = page.indexOf(open) + open.length;
  return page.slice(start, page.indexOf(close, start));
}

function block(page: string): DataBlock {
  return JSON.parse(between(page, '<script type="application/json" id="data">', '</script>'));
}

describe('html', () => {
  it('keeps the order of the page', () => {
    const page = html(scenario());
    const ids = [...page.matchAll(/<section id="([a-z]+)"/g)].map(([, id]) => id);

    expect(ids).toEqual([
      'top',
      'unseen',
      'causes',
      'information',
      'checklists',
      'facts',
      'collection',
      'appendix',
    ]);
  });

  it('is the same bytes for the same report', () => {
    expect(html(scenario())).toBe(html(scenario()));
  });

  it('allows only its own style and script, by hash', () => {
    const page = html(scenario());
    const hash = (source: string) => `'sha256-${createHash('sha256').update(source).digest('base64')}'`;
    const policy = between(page, 'Content-Security-Policy" content="', '"').replaceAll('&#x27;', "'");

    expect(policy.split('; ')).toEqual(
      [
        "default-src 'none'",
        `style-src ${hash(between(page, '<style>', '</style>'))}`,
        `script-src ${hash(between(page, '<script>', '</script>'))}`,
        "base-uri 'none'",
        "form-action 'none'",
      ].map((directive) => directive.replaceAll('=', '&#x3D;')),
    );
  });

  it('names nothing that could be requested', () => {
    const page = html(scenario());

    expect(page).not.toMatch(/<(?:link|img|iframe|object|embed|base|form action)/);
    expect([...page.matchAll(/\s(?:href|src)="([^"]*)"/g)].filter(([, to]) => !to?.startsWith('#'))).toEqual(
      [],
    );
  });

  it('leads every internal link to an element that is there', () => {
    const page = html(scenario());
    const ids = new Set([...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id));

    const links = [...page.matchAll(/\shref="#([^"]+)"/g)].map(([, id]) => id);

    expect(links.filter((id) => !ids.has(id))).toEqual([]);
  });

  it('gives every element its own id', () => {
    const ids = [...html(scenario()).matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);

    expect(ids.length).toBe(new Set(ids).size);
  });

  it.each(PAYLOADS)('shows %j as text wherever the bundle may hold it', (payload) => {
    const hostile = hostileReport(payload);
    const page = html(hostile);
    const clean = html(hostileReport('plain text'));
    const tags = (source: string) =>
      source.match(/<\/?[a-z][a-z0-9]*/gi)?.filter((tag) => tag !== '<wbr') ?? [];

    expect(tags(page)).toEqual(tags(clean));
    expect(JSON.stringify(block(page).strings)).toContain(JSON.stringify(payload).slice(1, -1));
  });

  it('makes characters that reorder or hide text visible', () => {
    const page = html(hostileReport('a\u202eb\u200b'));

    expect(page).toContain('a\\u202eb\\u200b');
    expect(page.match(/.{0,40}[\u202e\u200b].{0,20}/g)).toBeNull();
  });

  it('says what was looked at when nothing was found', () => {
    const page = html(report());

    expect(page).toContain('Nothing found.');
    expect(page).toContain('Looked with 1 analyzer at 230 objects and 184,220 log lines.');
  });

  it('places every finding, also one the diagnosis left out', () => {
    const page = html(reportOf([finding('api-0'), finding('api-1')], { diagnosis: { causes: [] } }));

    expect(page).toContain('Other findings');
    expect([...page.matchAll(/<li data-i="(\d)"/g)].map(([, index]) => index)).toEqual(['0', '1']);
  });

  it('shows the excerpt with its line numbers and the mark', () => {
    const page = html(scenario());

    expect(page).toContain('<mark data-n="18220">2026-11-20T09:12:01.004Z level&#x3D;fatal');
    expect(page).toContain('412 more lines match, 2026-11-20 09:12:01 to 09:58:02 UTC');
  });

  it('says in words what was searched for something absent', () => {
    const page = html(scenario()).replaceAll('<wbr>', '');

    expect(page).toContain(
      'No <code>gw-cp</code> among Service objects in namespace <code>kong</code>: 6 items searched in ' +
        '<code>resources/core/services/kong.json</code>, as of 2026-11-20 09:58:01 UTC',
    );
  });

  it('fills the checklist with fine, wrong, unseen and inapplicable items, each with its word', () => {
    const states = [...html(scenario()).matchAll(/class="state state-([a-z-]+)".*?<\/svg>([a-z ]+)</g)];

    expect(states.map(([, name, word]) => `${name}: ${word}`)).toEqual([
      'fine: fine',
      'bad: wrong',
      'unseen: not seen',
      'not-applicable: not applicable',
    ]);
  });

  it('draws validity at the time of collection, in words too', () => {
    const page = html(scenario());

    expect(page).toContain('aria-label="9 d left of 365 d"');
    expect(page).toContain('aria-label="expired 3 d before collection"');
  });

  it('lists the first 200 of a group and states the count of all', () => {
    const symptoms = Array.from({ length: 450 }, (_, index) => finding(`api-${index}`));
    const root = finding('root');
    const many = reportOf([root, ...symptoms], {
      diagnosis: {
        causes: [
          cause(root, {
            symptoms: symptoms.map(({ id }) => id),
            reach: { findings: 450, objects: 451, namespaces: 1 },
          }),
        ],
      },
    });
    const page = html(many);

    expect(page.match(/<li data-i=/g)?.length).toBe(200);
    expect(page).toContain('The first 200 of 450 are listed here');
    expect(block(page).groups.s0?.length).toBe(450);
  });
});

function hostileReport(payload: string) {
  const subject = { ...podRef(`name${payload}`, `namespace${payload}`), kind: `Kind${payload}` };
  const one = finding('x', {
    subject,
    fingerprint: 'abc',
    values: { pod: subject, container: payload, code: 1 },
    confidence: { level: 'likely', reason: payload },
    evidence: [
      { ...objectEvidence(`path${payload}`), excerpt: { lines: [payload], mark: 0 } } as never,
      {
        type: 'absent',
        artifact: `resources:core/${payload}`,
        name: payload,
        scope: { type: 'namespace', namespace: payload },
        searched: { entries: [payload], items: 1 },
      },
    ],
  });
  const info = { ...one, id: 'i', severity: 'info', fingerprint: 'def' } as const;
  const gap = {
    artifact: `artifact${payload}`,
    scope: { type: 'endpoint', endpoint: payload },
    outcome: 'error',
    reason: payload,
    fix: { flag: payload },
    analyzers: [payload],
  } as const;
  return reportOf([one, info], {
    cluster: { name: payload, version: payload, flavour: payload },
    bundles: [{ ...(report().bundles[0] as never as object), name: payload, createdBy: payload } as never],
    collection: { ...report().collection, rows: [gap], redactions: { [payload]: 1 } },
    unseen: [gap],
    checklists: [
      {
        id: 'kong-data-plane',
        title: payload,
        total: 1,
        tables: [
          {
            subject,
            rows: [
              {
                analyzerId: 'a/b',
                checkId: payload,
                subject,
                state: 'unseen',
                values: {},
                reason: payload,
                evidence: one.evidence,
              },
            ],
          },
        ],
      },
    ],
    facts: [
      {
        id: 'f',
        title: payload,
        columns: [{ id: 'c', title: payload, tag: 'text' }],
        rows: [[payload], [subject]],
      },
    ],
  });
}
