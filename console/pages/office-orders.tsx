/** Superior orders: by phone first, the paper later, the second person's check (3.3.3, R15). */
import type { Router } from 'express';
import type { Deps } from '../../usecases/deps.js';
import { notFound } from '../../usecases/failure.js';
import { addTransmission, checkOrder, newOrder, newTransmission, orderCheck, orders, recordOrder } from '../../usecases/orders.js';
import { areaOf } from '../../usecases/plans.js';
import { peopleFor, Witness } from '../parts/envelope.js';
import { Files, Form, Input, Instant, Problem, Select, Tick, Words } from '../parts/fields.js';
import { Layout } from '../parts/layout.js';
import { levelName } from '../parts/plan-words.js';
import { Say, Time } from '../parts/say.js';
import type { Sessions } from '../sessions.js';
import { CHANNELS } from '../texts/channels.js';
import { type FormPage, formPage, type Params } from '../web/form.js';
import { areaIdOf, type Page } from '../web/page.js';
import { parsed } from '../web/parsed.js';

const entering: FormPage = {
  path: '/office/orders/new',
  async show(page, _params, entered) {
    const { t } = page;
    const { plan, rightsAreaId } = await areaOf(page.deps, areaIdOf(page));
    const { witnesses } = await peopleFor(page, 'record-order', { areaId: rightsAreaId });
    const { orders: known } = await orders(page.deps, areaIdOf(page));
    return (
      <Layout title={t.office.order}>
        <Problem entered={entered} />
        <h1>{t.office.order}</h1>
        <Form entered={entered} files>
          <Select entered={entered} name="issuer" label={t.office.issuer} initial="prefecture" empty={null} options={(['prefecture', 'region'] as const).map((value) => ({ value, label: t.desk.issuers[value] ?? value }))} required />
          <Select entered={entered} name="kind" label={t.office.kind} options={(['start', 'raise', 'lower', 'lift'] as const).map((value) => ({ value, label: t.office.orderKind[value] ?? value }))} required />
          <Select entered={entered} name="level" label={t.common.level} options={plan.levels.map((l) => ({ value: l.id, label: page.tell(l.name) }))} empty={t.common.noLevel} required={false} />
          <Tick entered={entered} name="namesCity" label={t.office.namesCity} initial />
          <Input entered={entered} name="scope" label={t.office.scope} initial={page.tell(plan.city)} required />
          <Select entered={entered} name="transmission.channel" label={t.office.by} initial="phone" empty={null} options={CHANNELS.map((value) => ({ value, label: t.channel[value] }))} required />
          <Instant entered={entered} name="transmission.at" label={t.office.receivedAt} initial={page.nowMs} required />
          <Input entered={entered} name="transmission.from" label={t.office.from} required />
          <Input entered={entered} name="documentNumber" label={t.office.documentNumber} required={false} />
          <Instant entered={entered} name="effectiveAt" label={t.office.orderEffectiveAt} required={false} />
          {known.length > 0 && <Select entered={entered} name="ends" label={t.office.ends} options={known.map((o) => ({ value: o.id, label: `${t.office.orderKind[o.kind] ?? o.kind} ${o.documentNumber ?? o.id}` }))} empty={t.common.none} required={false} />}
          <Witness entered={entered} people={witnesses} />
          <Files entered={entered} name="document" label={t.office.file} />
          <button class="primary">{t.office.order}</button>
        </Form>
      </Layout>
    );
  },
  async submit(page, _params, fields, caller) {
    const documentDigest = fields.digests('document').at(-1);
    const scope = fields.text('scope');
    const witness = fields.optional('witness');
    const input = {
      issuer: fields.text('issuer'),
      kind: fields.text('kind'),
      level: fields.orNull('level'),
      namesCity: fields.isTicked('namesCity'),
      scope: { zh: scope, en: scope },
      documentNumber: fields.orNull('documentNumber'),
      effectiveAt: fields.instant('effectiveAt') ?? null,
      ends: fields.all('ends').filter((id) => id !== ''),
      transmission: { channel: fields.text('transmission.channel'), at: fields.instant('transmission.at'), from: fields.text('transmission.from'), documentDigest: documentDigest ?? null },
      ...(witness === undefined ? {} : { witness }),
    };
    await recordOrder(page.deps, caller, areaIdOf(page), parsed(newOrder, input));
    return '/office';
  },
};

async function orderOf(page: Page, params: Params) {
  const found = (await orders(page.deps, areaIdOf(page))).orders.find((o) => o.id === params['order']);
  if (!found) throw notFound('order');
  return found;
}

async function Shown({ page, params }: { page: Page; params: Params }) {
  const { t } = page;
  const order = await orderOf(page, params);
  const { plan } = await areaOf(page.deps, areaIdOf(page));
  return (
    <dl class="facts card">
      <dt>{t.office.issuer}</dt>
      <dd>{t.desk.issuers[order.issuer] ?? order.issuer}</dd>
      <dt>{t.office.kind}</dt>
      <dd>
        {t.office.orderKind[order.kind] ?? order.kind} {order.level !== null && levelName(page, plan, order.level)}
      </dd>
      <dt>{t.office.scope}</dt>
      <dd>
        <Say text={order.scope} /> {order.namesCity && `（${t.office.namesCity}）`}
      </dd>
      <dt>{t.office.number}</dt>
      <dd>{order.documentNumber ?? t.office.noNumber}</dd>
      <dt>{t.office.receivedAt}</dt>
      <dd>
        <Time at={order.receivedAtMs} />
      </dd>
      {order.effectiveAtMs !== null && (
        <>
          <dt>{t.office.orderEffectiveAt}</dt>
          <dd>
            <Time at={order.effectiveAtMs} />
          </dd>
        </>
      )}
      {order.transmissions.map((x, i) => (
        <>
          <dt key={i}>{t.channel[x.channel]}</dt>
          <dd>
            {x.from} · <Time at={x.atMs} /> · {x.takenBy.name}
            {x.documentDigest !== null && (
              <>
                {' · '}
                <a href={`/api/v1/documents/${x.documentDigest}`}>
                  {t.office.paper} {x.documentDigest.slice(0, 8)}
                </a>
              </>
            )}
          </dd>
        </>
      ))}
    </dl>
  );
}

const checking: FormPage = {
  path: '/office/orders/:order/check',
  async show(page, params, entered) {
    const { t } = page;
    const shown = await Shown({ page, params });
    const path = `/office/orders/${encodeURIComponent(params['order'] ?? '')}/check`;
    // To void an order is asked twice: what was published on it falls with it.
    const isVoiding = page.request.query['void'] !== undefined;
    return (
      <Layout title={t.office.check}>
        <Problem entered={entered} />
        <h1>{t.office.check}</h1>
        <p class="hint">{t.office.checkHint}</p>
        {shown}
        <Form entered={entered} action={isVoiding ? `${path}?void=1` : path}>
          {isVoiding ? (
            <>
              <p class="notice">{t.office.voidText}</p>
              <Words entered={entered} name="reason" label={t.common.reason} rows={2} required />
              <p class="row">
                <button class="danger" name="confirmed" value="">
                  {t.office.voidIt}
                </button>
                <a class="button" href={path}>
                  {t.common.cancel}
                </a>
              </p>
            </>
          ) : (
            <p class="row">
              <button class="primary" name="confirmed" value="1">
                {t.office.confirmed}
              </button>
              <a class="button danger" href={`${path}?void=1`}>
                {t.office.voided}
              </a>
            </p>
          )}
        </Form>
      </Layout>
    );
  },
  async submit(page, params, fields, caller) {
    const reason = fields.optional('reason');
    await checkOrder(page.deps, caller, areaIdOf(page), params['order'] ?? '', parsed(orderCheck, { confirmed: fields.isTicked('confirmed'), ...(reason === undefined ? {} : { reason }) }));
    return '/office';
  },
};

const transmitting: FormPage = {
  path: '/office/orders/:order/transmission',
  async show(page, params, entered) {
    const { t } = page;
    const shown = await Shown({ page, params });
    return (
      <Layout title={t.office.transmission}>
        <Problem entered={entered} />
        <h1>{t.office.transmission}</h1>
        {shown}
        <Form entered={entered} files>
          <Select entered={entered} name="channel" label={t.office.by} initial="paper" empty={null} options={CHANNELS.map((value) => ({ value, label: t.channel[value] }))} required />
          <Instant entered={entered} name="at" label={t.office.receivedAt} initial={page.nowMs} required />
          <Words entered={entered} name="from" label={t.office.from} rows={1} required />
          <Input entered={entered} name="documentNumber" label={t.office.documentNumber} required={false} />
          <Files entered={entered} name="document" label={t.office.file} />
          <button class="primary">{t.office.transmission}</button>
        </Form>
      </Layout>
    );
  },
  async submit(page, params, fields, caller) {
    const documentDigest = fields.digests('document').at(-1);
    const documentNumber = fields.optional('documentNumber');
    const input = { channel: fields.text('channel'), at: fields.instant('at'), from: fields.text('from'), documentDigest: documentDigest ?? null, ...(documentNumber === undefined ? {} : { documentNumber }) };
    await addTransmission(page.deps, caller, areaIdOf(page), params['order'] ?? '', parsed(newTransmission, input));
    return '/office';
  },
};

export function orderPages(router: Router, deps: Deps, sessions: Sessions): void {
  for (const page of [entering, checking, transmitting]) formPage(router, deps, sessions, page);
}
