/** The plan as data made readable; where its text is silent the reading says so. */
import type { Router } from 'express';
import type { VNode } from 'preact';
import type { ChainedAction, ObligationRule, Plan } from '../../domain/plan.js';
import type { Deps } from '../../usecases/deps.js';
import { planVersions } from '../../usecases/plan-versions.js';
import { areaOf, loadedPlan } from '../../usecases/plans.js';
import { notFound } from '../../usecases/failure.js';
import { Chip } from '../parts/level.js';
import { Layout } from '../parts/layout.js';
import { levelName, ruleText } from '../parts/plan-words.js';
import { Clause, Say, usePage } from '../parts/say.js';
import type { Sessions } from '../sessions.js';
import type { Texts } from '../texts/index.js';
import { plainPage } from '../web/form.js';
import { areaIdOf, type Page } from '../web/page.js';

export function planPages(router: Router, deps: Deps, sessions: Sessions): void {
  plainPage(router, deps, sessions, '/plan', async (page) => {
    const versions = await planVersions(deps);
    const current = (await areaOf(deps, areaIdOf(page))).digest;
    const wanted = (name: string) => {
      const value = page.request.query[name];
      if (typeof value !== 'string' || value === '') return null;
      const found = versions.find((v) => v.digest.startsWith(value));
      if (!found) throw notFound('plan');
      return found.digest;
    };
    const digest = wanted('version') ?? current;
    const other = wanted('with');
    const { plan } = await loadedPlan(deps, digest);
    const { t } = page;
    return (
      <Layout title={t.plan.title} planDigest={digest}>
        <h1>
          <Say text={plan.title} />
        </h1>
        <p class="meta">
          {t.plan.revision} {plan.revision} · {t.plan.inForce(plan.effectiveFrom, plan.effectiveUntil)} · <code>{digest.slice(0, 8)}</code>
        </p>
        {versions.length > 1 ? (
          <form method="get" action="/plan" class="row">
            <input type="hidden" name="version" value={digest.slice(0, 16)} />
            <label for="with">{t.plan.compare}</label>
            <select id="with" name="with">
              {versions
                .filter((v) => v.digest !== digest)
                .map((v) => (
                  <option key={v.digest} value={v.digest.slice(0, 16)} selected={v.digest === other}>
                    {page.tell(v.title)} {v.revision}
                  </option>
                ))}
            </select>
            <button>{t.plan.compare}</button>
          </form>
        ) : (
          <p class="muted">{t.plan.noOther}</p>
        )}
        {other ? <Compared page={page} left={plan} right={(await loadedPlan(deps, other)).plan} /> : <Whole plan={plan} />}
      </Layout>
    );
  });
}

function Section({ id, title, children }: { id: string; title: string; children: VNode | VNode[] }) {
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

const ACTIONS: readonly ChainedAction[] = ['publish', 'raise', 'lower', 'lift', 'relay', 'correct', 'evaluate'];

function Whole({ plan }: { plan: Plan }) {
  const { t, tell } = usePage();
  return (
    <>
      <Section id="levels" title={t.plan.levels}>
        <Table
          head={[t.common.level, t.plan.predicate, t.plan.response, t.plan.share]}
          rows={plan.levels.map((l) => [
            <Chip plan={plan} level={l.id} />,
            <ul>
              {l.predicates.map((p) => (
                <li key={p.id}>
                  <Say text={p.text} /> <Clause of={p.clause} />
                </li>
              ))}
            </ul>,
            <>
              <Say text={l.response.name} /> <Clause of={l.response.clause} />
            </>,
            <>{`≥ ${l.reductionSharePercent}%`}</>,
          ])}
        />
      </Section>
      <Section id="chains" title={t.plan.chains}>
        <Table
          head={['', ...plan.levels.map((l) => tell(l.name))]}
          rows={ACTIONS.map((action) => [<>{t.action[action]}</>, ...plan.levels.map((l) => <>{chainText(t, plan, action, l.id)}</>)])}
        />
      </Section>
      <Section id="deadlines" title={t.plan.deadlines}>
        <Table head={[t.plan.duty, t.plan.owner, t.plan.trigger, t.common.target, t.common.due, t.episodes.why]} rows={plan.obligations.map((o) => dutyCells(t, o))} />
      </Section>
      <Section id="measures" title={t.plan.measures}>
        <Table
          head={[t.common.level, t.plan.item, t.office.kind, t.episodes.why, t.common.unit]}
          rows={plan.measures.map((m) => [<Chip plan={plan} level={m.level} />, <Say text={m.text} />, <>{t.unit.kinds[m.kind]}</>, <Clause of={m.clause} />, <Units plan={plan} ids={m.units} />])}
        />
      </Section>
      <Section id="units" title={t.plan.units}>
        <Table
          head={[t.common.unit, t.plan.duties, t.episodes.why]}
          rows={plan.units.map((u) => [
            <Say text={u.name} />,
            u.dutyListed ? (
              <ul>
                {u.duties.map((d, i) => (
                  <li key={i}>
                    <Say text={d} />
                  </li>
                ))}
              </ul>
            ) : (
              <>{t.plan.notListed}</>
            ),
            <Clause of={u.clause} />,
          ])}
        />
      </Section>
      <Section id="readings" title={t.plan.readings}>
        <Table
          head={['', t.episodes.why, t.plan.question, t.plan.answer]}
          rows={plan.readings.map((r) => [
            <>{r.id}</>,
            <Clause of={r.clause} />,
            <Say text={r.question} />,
            <>
              <Say text={r.answer} />
              <br />
              <span class="muted">{t.common.silent}</span>
            </>,
          ])}
        />
      </Section>
    </>
  );
}

function Table({ head, rows }: { head: readonly string[]; rows: readonly (readonly VNode[])[] }) {
  const { t } = usePage();
  // On a phone each row is a stack, its cells under their own heads.
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={head.filter((h) => h !== '').join(t.common.comma)}>
      <table class="stacked">
        <thead>
          <tr>
            {head.map((h, i) => (h === '' ? <td key={i} /> : <th scope="col" key={i}>{h}</th>))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, i) => (
            <tr key={i}>
              {cells.map((cell, j) => {
                const title = head[j] ? (
                  <span class="head" aria-hidden="true">
                    {head[j]}
                  </span>
                ) : null;
                return j === 0 ? (
                  <th scope="row" key={j}>
                    {cell}
                  </th>
                ) : (
                  <td key={j}>
                    {title}
                    {cell}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Units({ plan, ids }: { plan: Plan; ids: readonly string[] }) {
  return <>{unitNames(usePage(), plan, ids)}</>;
}

function unitNames({ t, tell }: Page, plan: Plan, ids: readonly string[]): string {
  return ids.map((id) => tell(plan.units.find((u) => u.id === id)?.shortName ?? { zh: id, en: id })).join(t.common.comma);
}

function chainText(t: Texts, plan: Plan, action: ChainedAction, level: string): string {
  const chain = plan.chains[action][level];
  if (!chain || chain.steps.length === 0) return t.plan.noApproval;
  return chain.steps.map((s) => `${t.role[s.role]}${s.act === 'review' ? t.plan.review : t.plan.approve}`).join(' → ');
}

function dutyCells(t: Texts, o: ObligationRule): VNode[] {
  return [
    <Say text={o.title} />,
    <>{'role' in o.owner ? t.role[o.owner.role] : t.plan.owners[o.owner.units]}</>,
    <>{o.triggers.map((x) => t.plan.triggers[x]).join(t.common.comma)}</>,
    <>{o.target ? ruleText(t, o.target) : '—'}</>,
    <>{o.due ? ruleText(t, o.due) : t.common.silent}</>,
    <Clause of={o.clause} />,
  ];
}

interface Item {
  /** By which the two versions are laid side by side. */
  readonly key: string;
  readonly name: string;
  readonly value: string;
}

/** Two versions item by item; only what differs, with what is equal counted. */
function Compared({ page, left, right }: { page: Page; left: Plan; right: Plan }) {
  const { t } = page;
  const [a, b] = [itemsOf(page, left), itemsOf(page, right)];
  const keys = [...new Set([...a, ...b].map((i) => i.key))];
  const rows = keys.map((key) => {
    const [was, is] = [a, b].map((items) => items.find((i) => i.key === key));
    return { key, name: is?.name ?? was?.name, was: was?.value ?? '', is: is?.value ?? '' };
  });
  const differing = rows.filter((r) => r.was !== r.is);
  return (
    <section class="card" aria-labelledby="compared">
      <h2 id="compared">{t.plan.comparing(`${page.tell(left.title)} ${left.revision}`, `${page.tell(right.title)} ${right.revision}`)}</h2>
      <p>
        {t.plan.different} {differing.length}
        {t.common.comma}
        {t.plan.same} {rows.length - differing.length}
      </p>
      <div class="scroll" tabIndex={0} role="region" aria-labelledby="compared">
        <table>
          <thead>
            <tr>
              <th scope="col">{t.plan.item}</th>
              <th scope="col">{left.revision}</th>
              <th scope="col">{right.revision}</th>
            </tr>
          </thead>
          <tbody>
            {differing.map((r) => (
              <tr key={r.key}>
                <th scope="row">{r.name}</th>
                <td>{r.was === '' ? t.common.none : r.was}</td>
                <td>{r.is === '' ? t.common.none : r.is}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function itemsOf(page: Page, plan: Plan): Item[] {
  const { t, tell } = page;
  const dot = ' · ';
  return [
    ...plan.levels.flatMap((l) => [
      { key: `level ${l.id}`, name: tell(l.name), value: [tell(l.name), tell(l.response.name), `${l.reductionSharePercent}%`].join(dot) },
      ...l.predicates.map((p) => ({ key: `predicate ${p.id}`, name: [tell(l.name), t.plan.predicate].join(dot), value: [tell(p.text), t.common.clause(p.clause)].join(dot) })),
      ...ACTIONS.map((action) => ({ key: `${action} ${l.id}`, name: [t.action[action], tell(l.name)].join(dot), value: chainText(t, plan, action, l.id) })),
    ]),
    ...Object.entries(plan.settings).map(([name, value]) => ({ key: `setting ${name}`, name: t.plan.settings.names[name] ?? name, value: settingText(page, plan, name, value) })),
    ...plan.obligations.map((o) => ({ key: `duty ${o.kind}`, name: [t.plan.duty, tell(o.title)].join(dot), value: [tell(o.title), o.target && ruleText(t, o.target), o.due && ruleText(t, o.due), t.common.clause(o.clause)].filter((x) => x).join(dot) })),
    ...plan.units.map((u) => ({ key: `unit ${u.id}`, name: tell(u.shortName), value: [tell(u.name), u.duties.map(tell).join('；')].join(dot) })),
    ...plan.measures.map((m) => ({ key: `measure ${m.id}`, name: [t.office.measure, levelName(page, plan, m.level), t.common.clause(m.clause)].join(dot), value: [tell(m.text), unitNames(page, plan, m.units)].join(dot) })),
    ...plan.readings.map((r) => ({ key: r.id, name: [r.id, tell(r.question)].join(dot), value: tell(r.answer) })),
  ];
}

/** A setting's value as people say it: never a key, never JSON. */
function settingText(page: Page, plan: Plan, name: string, value: unknown): string {
  const { t, tell } = page;
  const { choices, parts, yes, no, hour } = t.plan.settings;
  if (value === null || value === undefined) return t.common.none;
  if (typeof value === 'boolean') return value ? yes : no;
  if (typeof value === 'number') return name === 'forecastHours' ? hour(value) : String(value);
  if (typeof value === 'string') {
    const level = plan.levels.find((l) => l.id === value);
    return level ? tell(level.name) : (choices[value] ?? (t.role as Readonly<Record<string, string>>)[value] ?? value);
  }
  if (Array.isArray(value)) return value.map((one: unknown) => settingText(page, plan, name, one)).join(t.common.comma);
  // Stored, its members have no order: that of the words.
  const of = value as Readonly<Record<string, unknown>>;
  return Object.entries(parts)
    .flatMap(([part, named]) => (part in of ? [`${named} ${settingText(page, plan, part, of[part])}`] : []))
    .join(t.common.semicolon);
}
