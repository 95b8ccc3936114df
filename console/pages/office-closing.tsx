/** Tasks, what ends an episode before its time, and the evaluation with its numbers already counted. */
import type { Router } from 'express';
import { OFFICE_GROUPS } from '../../domain/plan.js';
import { HOUR_MS, nextWholeHourMs } from '../../domain/time.js';
import { actOnly, assignTask, closeTask, declareNotApplicable, newTask, withdrawEpisode, withdrawRequest, withReason } from '../../usecases/decisions.js';
import type { Deps } from '../../usecases/deps.js';
import { evaluationNumbers, newEvaluation, submitEvaluation } from '../../usecases/evaluation.js';
import { obligations } from '../../usecases/obligations.js';
import { Files, Input, Instant, Select, Words } from '../parts/fields.js';
import { Say } from '../parts/say.js';
import type { Sessions } from '../sessions.js';
import { formPage } from '../web/form.js';
import { callerOf, type Page } from '../web/page.js';
import { parsed } from '../web/parsed.js';
import { dayText, limitText } from '../web/time.js';
import { Numbers } from './evaluation-numbers.js';
import { officeAct } from './office-act.js';

const task = officeAct({
  path: 'task',
  useCase: 'assign-task',
  title: (t) => t.office.task,
  body: async ({ page, plan, state, entered }) => {
    const { t } = page;
    const late = await urgedAbout(page, state.id);
    return (
      <>
        <Select entered={entered} name="ownerId" label={t.office.taskOwner} options={[...plan.units.map((u) => ({ value: u.id, label: page.tell(u.name) })), ...OFFICE_GROUPS.map((group) => ({ value: group, label: t.role[group] }))]} initial={late?.unitId} required />
        <Input entered={entered} name="basis" label={t.office.basis} initial={late?.basis} required />
        <Words entered={entered} name="content" label={t.office.text} rows={4} initial={late?.content} required />
        <Instant entered={entered} name="targetAt" label={t.office.targetAt} required={false} />
        <Instant entered={entered} name="dueAt" label={t.office.dueAt} initial={late?.dueAtMs ?? null} required={false} />
      </>
    );
  },
  submit: ({ page, state, fields, caller, act }) => {
    const both = (name: string) => ({ zh: fields.text(name), en: fields.text(name) });
    return assignTask(
      page.deps,
      caller,
      state.id,
      parsed(newTask, { ownerId: fields.text('ownerId'), basis: both('basis'), content: both('content'), targetAt: fields.instant('targetAt') ?? null, dueAt: fields.instant('dueAt') ?? null, ...act }),
    );
  },
});

/** R31: a task about what a unit has not filed (`?about=`), written for whoever urges. */
async function urgedAbout(page: Page, episodeId: string) {
  const { t, tell, nowMs, lang } = page;
  const about = page.request.query['about'];
  if (typeof about !== 'string') return null;
  const late = (await obligations(page.deps, callerOf(page), episodeId)).obligations.find((o) => o.id === about);
  if (!late) return null;
  const day = /^\d{4}-\d\d-\d\d$/.test(late.ref) ? dayText(late.ref, nowMs, lang) : '';
  const limit = limitText(late.targetAtMs ?? late.dueAtMs ?? late.opensAtMs, nowMs, lang);
  return { unitId: late.ownerId, basis: t.common.clause(late.clause), content: t.office.urgeText({ what: `${tell(late.title)}${day === '' ? '' : ` ${day}`}`, limit }), dueAtMs: nextWholeHourMs(nowMs) + HOUR_MS };
}

const taskClosing = officeAct({
  path: 'task/:task',
  useCase: 'assign-task',
  title: (t) => t.office.close,
  body: ({ state, params }) => {
    const found = state.tasks.find((x) => x.id === params['task']);
    return <p class="said">{found && <Say text={found.content} />}</p>;
  },
  submit: ({ page, state, caller, params, act }) => closeTask(page.deps, caller, state.id, params['task'] ?? '', parsed(actOnly, act)),
});

const withdrawal = officeAct({
  path: 'withdraw/:request',
  useCase: 'withdraw-request',
  title: (t) => t.office.withdraw,
  body: ({ page, entered }) => <Words entered={entered} name="reason" label={page.t.common.reason} rows={3} required />,
  submit: ({ page, state, fields, caller, params, act }) => withdrawRequest(page.deps, caller, state.id, params['request'] ?? '', parsed(withReason, { reason: fields.text('reason'), ...act })),
});

const stop = officeAct({
  path: 'stop',
  useCase: 'withdraw-episode',
  title: (t) => t.office.stop,
  body: ({ page, entered }) => <Words entered={entered} name="reason" label={page.t.common.reason} rows={3} required />,
  submit: ({ page, state, fields, caller, act }) => withdrawEpisode(page.deps, caller, state.id, parsed(withReason, { reason: fields.text('reason'), ...act })),
});

const notApplicable = officeAct({
  path: 'not-applicable',
  useCase: 'declare-not-applicable',
  title: (t) => t.office.notApplicable,
  body: ({ page, entered }) => <Words entered={entered} name="reason" label={page.t.common.reason} rows={3} required />,
  submit: ({ page, state, fields, caller, act }) => declareNotApplicable(page.deps, caller, state.id, parsed(withReason, { reason: fields.text('reason'), ...act })),
});

const evaluation = officeAct({
  path: 'evaluation',
  useCase: 'submit-evaluation',
  title: (t) => t.office.evaluation,
  body: async ({ page, plan, state, entered }) => {
    const { t } = page;
    const { obligations: all } = await obligations(page.deps, callerOf(page), state.id);
    const owed = all.filter((o) => o.kind !== 'evaluation');
    return (
      <>
        <Numbers plan={plan} state={state} owed={owed} numbers={await evaluationNumbers(page.deps, state, owed)} />
        <Words entered={entered} name="summary" label={t.office.summary} rows={4} required />
        <Words entered={entered} name="implementation" label={t.office.implementation} rows={6} required={false} />
        <Words entered={entered} name="lessons" label={t.office.lessons} rows={4} required={false} />
        <Files entered={entered} name="attachments" label={t.form.attachments} />
      </>
    );
  },
  submit: async ({ page, state, fields, caller, act }) => {
    const optional = (name: string) => (fields.optional(name) === undefined ? {} : { [name]: fields.text(name) });
    return submitEvaluation(page.deps, caller, state.id, parsed(newEvaluation, { summary: fields.text('summary'), ...optional('implementation'), ...optional('lessons'), attachments: fields.digests('attachments'), ...act }));
  },
});

export function closingPages(router: Router, deps: Deps, sessions: Sessions): void {
  for (const page of [task, taskClosing, withdrawal, stop, notApplicable, evaluation]) formPage(router, deps, sessions, page);
}
