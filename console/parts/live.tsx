/** How a page keeps up with what happens: it is fetched anew where nothing is filled in, elsewhere it only tells. */
import type { ComponentChildren } from 'preact';
import { usePage } from './say.js';

const WHEN = 'news from:body, every 60s';

/** One to a page. What is focused, unfolded or scrolled in it stays so (`console.js`). */
export function Live({ children }: { children: ComponentChildren }) {
  return (
    <div id="live" hx-get={usePage().request.originalUrl} hx-trigger={WHEN} hx-select="#live" hx-swap="outerHTML">
      {children}
    </div>
  );
}

/** Says that what the page shows has changed; `of` names the state shown. Nothing is loaded under somebody's hands. */
export function Changes({ of }: { of: string }) {
  const { t, request } = usePage();
  const { pathname, searchParams } = new URL(request.originalUrl, 'http://console');
  const seen = searchParams.get('seen') ?? of;
  searchParams.delete('seen');
  const address = (query: URLSearchParams) => `${pathname}${query.size === 0 ? '' : `?${query.toString()}`}`;
  const again = new URLSearchParams(searchParams);
  again.set('seen', seen);
  return (
    <div role="status" hx-get={address(again)} hx-trigger={WHEN} hx-select="#changed" hx-swap="innerHTML">
      <div id="changed">
        {seen !== of && (
          <p class="notice">
            {t.app.changed} <a href={address(searchParams)}>{t.app.reload}</a>
          </p>
        )}
      </div>
    </div>
  );
}
