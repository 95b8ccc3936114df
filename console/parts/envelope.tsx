/** Who acted, when and how, where it is not the one at the keyboard, now (R30). */
import { CHANNELS } from '../texts/channels.js';
import type { Fields } from '../web/fields.js';
import { type Entered, Input, Instant, Select, Tick } from './fields.js';
import { usePage } from './say.js';

/** `unitId`: somebody of the unit without an account, named by the duty desk. */
export function Envelope({ entered, proxyForUnit = false }: { entered: Entered; proxyForUnit?: boolean }) {
  const { t } = usePage();
  const isUsed = entered.fields !== null && (entered.fields.text('occurredAt') !== '' || entered.fields.text('channel') !== 'online' || entered.fields.text('actor') !== '');
  return (
    <details open={proxyForUnit || isUsed}>
      <summary>{t.form.onBehalf}</summary>
      <fieldset>
        <legend class="visually-hidden">{t.form.onBehalf}</legend>
        <p class="hint">{t.form.onBehalfHint}</p>
        <Input entered={entered} name="actor" label={proxyForUnit ? t.report.by : t.form.actor} required={proxyForUnit ? true : false} />
        <Select entered={entered} name="channel" label={t.form.channel} initial={proxyForUnit ? 'phone' : 'online'} empty={null} options={CHANNELS.map((value) => ({ value, label: t.channel[value] }))} />
        <Instant entered={entered} name="occurredAt" label={t.form.occurredAt} hint={t.form.occurredHint} required={false} />
        <Input entered={entered} name="witness" label={t.form.witness} required={false} />
        <Tick entered={entered} name="lateEntry" label={t.common.late} />
      </fieldset>
    </details>
  );
}

/** Members of a request, where they were filled in. */
export function envelopeOf(fields: Fields, unitId: string | null = null): Record<string, unknown> {
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
