/** The shell of every page: words before ornament, one column, one header. */
import type { ComponentChildren } from 'preact';
import { randomUUID } from 'node:crypto';
import { mayDo } from '../../usecases/rights.js';
import { langTag } from '../texts/index.js';
import { levelsPath, paths } from '../web/assets.js';
import type { Page } from '../web/page.js';
import { Live } from './live.js';
import { usePage } from './say.js';

const HTMX = JSON.stringify({ includeIndicatorStyles: false, allowEval: false, selfRequestsOnly: true, historyEnabled: false });

interface LayoutProps {
  readonly title: string;
  readonly children: ComponentChildren;
  /** Style of the levels: the area's plan unless another is shown. */
  readonly planDigest?: string | undefined;
  /** Something here changes by itself: the page listens and says when it cannot; `whole`: all of it is fetched anew. */
  readonly live?: boolean | 'whole';
  readonly drill?: boolean;
  /** Where nobody is signed in, whose page this is. */
  readonly city?: string;
  /** Less around it: for the page a leader opens on a phone. */
  readonly bare?: boolean;
}

export function Layout({ title, children, planDigest, live = false, drill, city, bare = false }: LayoutProps) {
  const page = usePage();
  const { t, lang, large, area, account } = page;
  const isDrill = drill ?? area?.drill ?? false;
  const digest = planDigest ?? area?.planDigest;
  const place = city ?? (area === null ? null : page.areaName(area));
  return (
    <html lang={langTag[lang]} class={large ? 'large' : undefined}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light" />
        <meta name="htmx-config" content={HTMX} />
        <title>{`${isDrill ? `【${t.app.drill}】` : ''}${title} · ${t.app.name}`}</title>
        <link rel="icon" href={paths.icon} />
        <link rel="stylesheet" href={paths.style} />
        {digest && <link rel="stylesheet" href={levelsPath(digest)} />}
        {account && <script src={paths.htmx} defer />}
        <script src={paths.script} defer />
      </head>
      <body class={bare ? 'bare' : undefined} data-live={live !== false && account ? '/api/v1/stream' : undefined}>
        <a class="skip" href="#main">
          {t.app.skip}
        </a>
        <Header page={page} />
        <p class="stale" id="stale" role="alert" hidden>
          {t.app.stale}
        </p>
        {account && (
          <p class="stale" id="ended" role="alert" hidden>
            {t.app.ended} <a href={`/sign-in?to=${encodeURIComponent(page.request.originalUrl)}`}>{t.app.signInAgain}</a>
          </p>
        )}
        {page.engine !== 'working' && (
          <p class="stale" role="status">
            {t.app.engineAway}
          </p>
        )}
        {isDrill && (
          <p class="drill" role="note">
            {t.app.drillBanner}
          </p>
        )}
        <main id="main" tabIndex={-1}>
          {live === 'whole' ? <Live>{children}</Live> : children}
        </main>
        <footer>
          <p>
            {t.app.full(place)} · {t.app.beijing}
          </p>
        </footer>
      </body>
    </html>
  );
}

function Header({ page }: { page: Page }) {
  const { t, account, request, large } = page;
  return (
    <header class="top">
      <a class="brand" href={account ? '/' : '/public'}>
        <img src={paths.icon} alt="" width="28" height="28" />
        <span>{t.app.name}</span>
      </a>
      {account && <Menu page={page} />}
      <form method="post" action="/preferences" class="type-size">
        <input type="hidden" name="to" value={request.originalUrl} />
        <button id="large-type" name="large" value={large ? '0' : '1'}>
          <span class="to-large">{t.prefs.large}</span>
          <span class="to-normal">{t.prefs.normal}</span>
        </button>
      </form>
      <details class="settings">
        <summary>{account ? account.name : t.prefs.settings}</summary>
        <div class="panel">
          <Preferences page={page} />
          {account ? (
            <form method="post" action="/sign-out">
              <button class="plain">{t.prefs.signOut}</button>
            </form>
          ) : (
            request.path !== '/sign-in' && <a href="/sign-in">{t.public.staff}</a>
          )}
        </div>
      </details>
    </header>
  );
}

function Menu({ page }: { page: Page }) {
  const { t, account, request } = page;
  const has = (...roles: readonly string[]) => account?.hats.some((hat) => roles.includes(hat.role)) ?? false;
  const links: readonly (readonly [string, string, boolean])[] = [
    ['/', t.nav.desk, true],
    ['/unit', t.nav.unit, has('unit')],
    ['/office', t.nav.office, account?.hats.some((hat) => mayDo('record-consultation', hat.role) || mayDo('adjust-measures', hat.role)) ?? false],
    ['/forecasts', t.nav.forecasts, true],
    ['/episodes', t.nav.episodes, true],
    ['/statistics', t.review.statistics, account?.hats.some((hat) => mayDo('read-record', hat.role)) ?? false],
    ['/plan', t.nav.plan, true],
    ['/record', t.record.title, account?.hats.some((hat) => mayDo('read-record', hat.role)) ?? false],
    ['/admin', t.nav.admin, true],
    ['/public', t.nav.public, true],
  ];
  const isHere = (path: string) => (path === '/' ? request.path === '/' : request.path.startsWith(path));
  return (
    <nav aria-label={t.nav.label}>
      <ul>
        {links
          .filter(([, , shown]) => shown)
          .map(([path, name]) => (
            <li key={path}>
              <a href={path} aria-current={isHere(path) ? 'page' : undefined}>
                {name}
              </a>
            </li>
          ))}
      </ul>
    </nav>
  );
}

function Preferences({ page }: { page: Page }) {
  const { t, account, wears, areas, area, request } = page;
  const id = randomUUID().slice(0, 8);
  return (
    <form method="post" action="/preferences" class="prefs">
      <input type="hidden" name="to" value={request.originalUrl} />
      <div class="row">
        <button name="lang" value={t.prefs.otherLang} lang={langTag[t.prefs.otherLang]}>
          {t.prefs.other}
        </button>
      </div>
      {account && account.hats.length > 1 && (
        <label for={`hat-${id}`}>
          {t.prefs.hat}
          <select id={`hat-${id}`} name="hat">
            <option value="">{t.prefs.anyHat}</option>
            {account.hats.map((hat) => (
              <option key={hat.id} value={hat.id} selected={hat.id === wears}>
                {t.role[hat.role]}
                {hat.unitId === null ? '' : ` · ${page.unitName(hat.unitId)}`}
                {hat.delegation ? t.common.delegated(hat.delegation.by) : ''}
              </option>
            ))}
          </select>
        </label>
      )}
      {areas.length > 1 && (
        <label for={`area-${id}`}>
          {t.prefs.area}
          <select id={`area-${id}`} name="area">
            {areas.map((a) => (
              <option key={a.areaId} value={a.areaId} selected={a.areaId === area?.areaId}>
                {page.areaName(a)}
              </option>
            ))}
          </select>
        </label>
      )}
      {((account && account.hats.length > 1) || areas.length > 1) && <button>{t.prefs.apply}</button>}
    </form>
  );
}
