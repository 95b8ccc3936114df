/** Who acted, when and how, where it is not the one at the keyboard, now (R30). */
import type { Place } from '../../usecases/caller.js';
import { type Attachment, attachments } from '../../usecases/documents.js';
import { type Person, peopleWho } from '../../usecases/people.js';
import type { UseCase } from '../../usecases/rights.js';
import { CHANNELS } from '../texts/channels.js';
import type { Fields } from '../web/fields.js';
import { callerOf, type Page } from '../web/page.js';
import { type Entered, Files, Input, Instant, type Option, Select, Tick } from './fields.js';
import { usePage } from './say.js';

/** Whom the form can name. */
export interface People {
  /** Null where the actor is somebody of a unit, named by the duty desk, perhaps without an account. */
  readonly actors: readonly Person[] | null;
  readonly witnesses: readonly Person[];
}

export async function peopleFor(page: Page, useCase: UseCase, place: Place): Promise<People> {
  const caller = callerOf(page);
  const [actors, witnesses] = await Promise.all([place.unitId === undefined ? peopleWho(page.deps, caller, useCase, place) : null, peopleWho(page.deps, caller, 'read', { areaId: place.areaId })]);
  return { actors, witnesses: officeFirst(witnesses) };
}

/** By name, whoever is not of a unit first: they are who is in the room at night. */
export function officeFirst(people: readonly Person[]): Person[] {
  return [...people.filter((p) => p.role !== 'unit'), ...people.filter((p) => p.role === 'unit')];
}

export function personOptions({ t, unitName }: Page, people: readonly Person[]): Option[] {
  return people.map(({ id, name, role, unitId }) => ({ value: id, label: `${name}（${unitId === null ? t.role[role] : unitName(unitId)}）` }));
}

export function Witness({ entered, people, required = false }: { entered: Entered; people: readonly Person[]; required?: boolean }) {
  const page = usePage();
  return <Select entered={entered} name="witness" label={page.t.form.witness} options={personOptions(page, people)} empty={required ? page.t.form.noneChosen : page.t.common.none} required={required} />;
}

/** What proves an act: the note of a call, the paper, the fax. Its form takes files. */
export function Evidence({ entered }: { entered: Entered }) {
  return <Files entered={entered} name="evidence" label={usePage().t.form.evidence} />;
}

/** Its form takes files. */
export function Envelope({ entered, people: { actors, witnesses } }: { entered: Entered; people: People }) {
  const page = usePage();
  const { t } = page;
  const isForUnit = actors === null;
  const isUsed = entered.fields !== null && (entered.fields.text('occurredAt') !== '' || entered.fields.text('channel') !== 'online' || entered.fields.text('actor') !== '');
  return (
    <details open={isForUnit || isUsed}>
      <summary>{t.form.onBehalf}</summary>
      <fieldset>
        <legend class="visually-hidden">{t.form.onBehalf}</legend>
        <p class="hint">{isForUnit ? t.form.forUnitHint : t.form.onBehalfHint}</p>
        {isForUnit ? (
          <Input entered={entered} name="actor" label={t.report.by} required />
        ) : (
          <Select entered={entered} name="actor" label={t.form.actor} options={personOptions(page, actors)} empty={t.form.myself} required={false} />
        )}
        <Select entered={entered} name="channel" label={t.form.channel} initial={isForUnit ? 'phone' : 'online'} empty={null} options={CHANNELS.map((value) => ({ value, label: t.channel[value] }))} />
        <Instant entered={entered} name="occurredAt" label={t.form.occurredAt} hint={t.form.occurredHint} required={false} />
        <Witness entered={entered} people={witnesses} />
        <Evidence entered={entered} />
        <Tick entered={entered} name="lateEntry" label={t.common.late} />
      </fieldset>
    </details>
  );
}

/** Members of a request, where they were filled in; the files that prove the act stand in the form by their digests. */
export async function actOf(page: Page, fields: Fields, unitId: string | null = null): Promise<Record<string, unknown>> {
  return { ...envelopeOf(fields, unitId), ...(await evidenceOf(page, fields)) };
}

function envelopeOf(fields: Fields, unitId: string | null): Record<string, unknown> {
  const actor = fields.optional('actor');
  const occurredAt = fields.instant('occurredAt');
  const witness = fields.optional('witness');
  return {
    ...(fields.optional('channel') === undefined ? {} : { channel: fields.text('channel') }),
    ...(occurredAt === undefined ? {} : { occurredAt }),
    ...(actor === undefined ? {} : { actor: unitId === null ? { accountId: actor } : { name: actor, unitId } }),
    ...(witness === undefined ? {} : { witness }),
    ...(fields.isTicked('lateEntry') ? { lateEntry: true } : {}),
  };
}

export async function evidenceOf(page: Page, fields: Fields): Promise<{ evidence?: Attachment[] }> {
  const evidence = await attachments(page.deps, fields.digests('evidence'));
  return evidence.length === 0 ? {} : { evidence };
}
