/** The unit's own form (annex 1, 5.1(1)): per measure what was done, typed numbers, impact, or a nil report. */
import type { FormField, Plan, Unit } from '../../domain/plan.js';
import type { MeasureInForce } from '../../domain/measures.js';
import type { Attachment } from '../../usecases/documents.js';
import { fail, UseCaseFailure } from '../../usecases/failure.js';
import type { ReportContent } from '../../usecases/report-form.js';
import type { StoodThere } from '../../usecases/site-publication.js';
import { type Entered, Faults, Files, Input, Tick, Words } from '../parts/fields.js';
import { Clause, Say, Time, usePage } from '../parts/say.js';
import type { Fields } from '../web/fields.js';

const DONE = ['done', 'partly', 'not'] as const;

interface FormProps {
  readonly entered: Entered;
  readonly unit: Unit;
  readonly measures: readonly MeasureInForce[];
  readonly content: ReportContent | null;
  readonly attachments: readonly Attachment[];
  readonly asksImpact: boolean;
}

export function UnitForm({ entered, unit, measures, content, attachments, asksImpact }: FormProps) {
  const { t } = usePage();
  return (
    <>
      {measures.length > 0 && (
        <section class="card">
          <h2>{t.report.measures}</h2>
          {measures.map(({ measure }) => (
            <MeasureField key={measure.id} entered={entered} measure={measure} filled={content?.measures.find((m) => m.measureId === measure.id)} />
          ))}
        </section>
      )}
      <section class="card">
        <h2>{t.report.numbers}</h2>
        <Tick entered={entered} name="nil" label={t.report.nil} initial={content?.nil ?? false} />
        {ownFields(unit).map((field) => (
          <Typed key={field.id} entered={entered} field={field} name={`values.${field.id}`} initial={content?.values[field.id]} />
        ))}
      </section>
      {unit.impact && asksImpact && (
        <section class="card">
          <h2>
            {t.report.impact} <Clause of={unit.impact.clause} />
          </h2>
          {unit.impact.fields.map((field) => (
            <Typed key={field.id} entered={entered} field={field} name={`impact.${field.id}`} initial={content?.impact?.[field.id]} />
          ))}
        </section>
      )}
      <Words entered={entered} name="note" label={t.report.note} initial={content?.note} required={false} rows={3} />
      <Files entered={entered} name="attachments" label={t.form.attachments} hint={t.report.filesHint} initial={attachments} />
    </>
  );
}

/** Every report has one note of its own; a form's own one would be a second. */
function ownFields({ form }: Unit): readonly FormField[] {
  return form.filter((f) => f.id !== 'note');
}

function Typed({ entered, field, name, initial }: { entered: Entered; field: FormField; name: string; initial: number | string | undefined }) {
  const isNumber = field.type !== 'text';
  return <Input entered={entered} name={name} label={<Say text={field.label} />} numeric={isNumber} suffix={field.unit && <Say text={field.unit} />} initial={initial} required={field.required} />;
}

/** Called by the measure's id: which measures there are may change while it is filled in. */
function MeasureField({ entered, measure, filled }: { entered: Entered; measure: MeasureInForce['measure']; filled: ReportContent['measures'][number] | undefined }) {
  const { t } = usePage();
  const name = `measures.${measure.id}`;
  const chosen = entered.fields ? entered.fields.text(`${name}.done`) : (filled?.done ?? '');
  return (
    <fieldset id={`f-${name}.done`}>
      <legend>
        <Say text={measure.text} /> <Clause of={measure.clause} />
      </legend>
      <Faults entered={entered} name={`${name}.done`} />
      <div class="answer">
      <p class="choices">
        {DONE.map((done) => (
          <label key={done}>
            <input type="radio" name={`${name}.done`} value={done} checked={chosen === done} />
            {t.report.done[done]}
          </label>
        ))}
      </p>
      <Input entered={entered} name={`${name}.note`} label={t.report.measureNote} initial={filled?.note} required={false} />
      </div>
    </fieldset>
  );
}

interface AnsweredMeasure {
  readonly measureId: string;
  readonly done: string;
  readonly note?: string;
}

/** As typed: what is wrong with it the use case says. Measures nobody chose for are left out; of a draft those with a mere note, too. */
export function reportOf(fields: Fields, unit: Unit, isDraft = false): { readonly measures: readonly AnsweredMeasure[] } & Record<string, unknown> {
  const ids = new Set(Object.keys(fields.values).flatMap((name) => /^measures\.(.+)\.(?:done|note)$/.exec(name)?.[1] ?? []));
  const measures = [...ids].map((measureId): AnsweredMeasure => {
    const note = fields.optional(`measures.${measureId}.note`);
    return { measureId, done: fields.text(`measures.${measureId}.done`), ...(note === undefined ? {} : { note }) };
  });
  const nil = fields.isTicked('nil');
  const impact = unit.impact && typed(fields, 'impact', unit.impact.fields);
  return {
    nil,
    values: nil ? {} : typed(fields, 'values', unit.form),
    measures: measures.filter(({ done, note }) => done !== '' || (note !== undefined && !isDraft)),
    ...(impact && Object.keys(impact).length > 0 ? { impact } : {}),
    ...(fields.optional('note') === undefined ? {} : { note: fields.text('note') }),
    attachments: fields.digests('attachments'),
  };
}

/** The use case counts the measures; the form calls them by their ids. */
export function faultsByMeasure(error: unknown, measures: readonly AnsweredMeasure[]): unknown {
  if (!(error instanceof UseCaseFailure) || error.failure.kind !== 'invalid') return error;
  const named = (path: string) => path.replace(/^measures\.(\d+)/, (whole, i: string) => `measures.${measures[Number(i)]?.measureId ?? whole}`).replace(/\.measureId$/, '.done');
  return fail({ kind: 'invalid', faults: error.failure.faults.map(({ path, message }) => ({ path: named(path), message })) });
}

function typed(fields: Fields, group: string, form: readonly FormField[]): Record<string, number | string> {
  return Object.fromEntries(
    form.flatMap(({ id, type }) => {
      const value = type === 'text' ? fields.optional(`${group}.${id}`) : fields.number(`${group}.${id}`);
      return value === undefined ? [] : [[id, value]];
    }),
  );
}

function isStood(value: unknown): value is StoodThere {
  return typeof value === 'object' && value !== null && 'advice' in value;
}

/** What the city's site told the public (3.3.5). */
function Stood({ of: { expectedEndMs, primaryPollutants, part, advice } }: { of: StoodThere }) {
  const { t } = usePage();
  return (
    <>
      <dl class="facts">
        <dt>{t.public.pollutant}</dt>
        <dd>{primaryPollutants.join(t.common.comma) || '—'}</dd>
        <dt>{t.public.until}</dt>
        <dd>{expectedEndMs === null ? t.public.untilOpen : <Time at={expectedEndMs} />}</dd>
        {part && (
          <>
            <dt>{t.public.liftedPart}</dt>
            <dd>
              <Say text={part} />
            </dd>
          </>
        )}
      </dl>
      <ul class="lines">
        {advice.map((a) => (
          <li key={a.audience}>
            <strong>{t.public.audience[a.audience]}</strong> <Say text={a.text} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** A report as it was handed in. */
export function Content({ plan, unit, content, attachments }: { plan: Plan; unit: Unit | null; content: Partial<ReportContent> & Record<string, unknown>; attachments: readonly Attachment[] }) {
  const { t } = usePage();
  const fields = [...(unit?.form.map((f) => ({ f, value: content.values?.[f.id] })) ?? []), ...(unit?.impact?.fields.map((f) => ({ f, value: content.impact?.[f.id] })) ?? [])];
  const told = (['text', 'documentNumber', 'url'] as const).flatMap((name) => (typeof content[name] === 'string' ? [{ name, value: content[name] }] : []));
  return (
    <>
      {content.nil && <p>{t.report.nil}</p>}
      {typeof content['publishedAtMs'] === 'number' && (
        <p>
          {t.office.publishedAt} <Time at={content['publishedAtMs']} />
        </p>
      )}
      {isStood(content['stood']) && <Stood of={content['stood']} />}
      {told.map(({ name, value }) => (
        <p class="said" key={name}>
          {value}
        </p>
      ))}
      <dl class="facts">
        {fields
          .filter(({ value }) => value !== undefined)
          .map(({ f, value }) => (
            <>
              <dt>
                <Say text={f.label} />
              </dt>
              <dd class="said">
                {value} {f.unit && <Say text={f.unit} />}
              </dd>
            </>
          ))}
      </dl>
      {content.measures && content.measures.length > 0 && (
        <ul class="lines">
          {content.measures.map((m) => (
            <li key={m.measureId}>
              <strong>{t.report.done[m.done]}</strong> <Say text={plan.measures.find((x) => x.id === m.measureId)?.text ?? { zh: m.measureId, en: m.measureId }} />
              {m.note && <span class="said muted"> {m.note}</span>}
            </li>
          ))}
        </ul>
      )}
      {content.note && <p class="said">{content.note}</p>}
      {attachments.length > 0 && (
        <ul>
          {attachments.map(({ digest, title }) => (
            <li key={digest}>
              <a class="said" href={`/api/v1/documents/${digest}`}>
                {title}
              </a>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
