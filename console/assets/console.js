// What the pages do besides plain HTML: refresh what changed, and say when they cannot.
(() => {
  'use strict';

  const body = document.body;
  const stale = document.getElementById('stale');
  const ended = document.getElementById('ended');
  const draft = document.getElementById('draft-state');

  // What is folded away on the screen is wanted on paper; browsers older than ::details-content need it opened.
  window.addEventListener('beforeprint', () => {
    for (const folded of document.querySelectorAll('details.prints:not([open])')) {
      folded.open = true;
      folded.dataset.folded = '';
    }
  });
  window.addEventListener('afterprint', () => {
    for (const folded of document.querySelectorAll('details[data-folded]')) {
      folded.open = false;
      delete folded.dataset.folded;
    }
  });

  // Large type at once, and without leaving what is being typed.
  const large = document.getElementById('large-type');
  large.form.addEventListener('submit', (event) => {
    event.preventDefault();
    const kept = new window.URLSearchParams({ large: large.value });
    large.value = document.documentElement.classList.toggle('large') ? '0' : '1';
    window.fetch(large.form.action, { method: 'POST', body: kept, redirect: 'manual', keepalive: true }).catch(() => undefined);
  });

  const url = body.dataset.live;
  let isStreamLost = false;
  let isPartLost = false;

  function sayHowFresh() {
    stale.hidden = !(isStreamLost || isPartLost) || !ended.hidden;
  }

  // A refresh leaves alone what is under somebody's hands: where the keyboard is, what is unfolded, how far a table is scrolled.
  const REACHED = ':is(a, button, summary, [tabindex])';
  let hands = null;

  /** Elements of the live part by what they are called, and which of those called so. */
  function named(selector) {
    const found = new Map();
    const counts = new Map();
    for (const element of document.querySelectorAll(`#live ${selector}`)) {
      const name = element.id || element.getAttribute('href') || element.textContent;
      counts.set(name, (counts.get(name) || 0) + 1);
      found.set(`${name} ${counts.get(name)}`, element);
    }
    return found;
  }

  function remember() {
    const focused = [...named(REACHED)].find(([, element]) => element === document.activeElement);
    hands = {
      focused: focused && focused[0],
      open: [...named('summary')].flatMap(([name, { parentElement }]) => (parentElement.open ? [name] : [])),
      scrolled: [...named('.scroll').values()].map((element) => element.scrollLeft),
    };
  }

  function restore() {
    const { focused, open, scrolled } = hands;
    hands = null;
    for (const [name, { parentElement }] of named('summary')) if (open.includes(name)) parentElement.open = true;
    [...named('.scroll').values()].forEach((element, i) => (element.scrollLeft = scrolled[i] || 0));
    const found = named(REACHED).get(focused);
    if (found) found.focus({ preventScroll: true });
  }

  body.addEventListener('htmx:beforeSwap', ({ detail }) => {
    if (detail.target.id !== 'live') return;
    // An answer without the part would blank it.
    if (detail.shouldSwap && !/\sid="live"/.test(detail.serverResponse)) {
      detail.shouldSwap = false;
      detail.isError = true;
    }
    if (detail.shouldSwap) remember();
  });
  body.addEventListener('htmx:afterSwap', () => hands && restore());

  // What is being filed is not saved as a draft any more.
  let isFiling = false;
  body.addEventListener('submit', ({ target }) => (isFiling = target.method === 'post' && target.contains(document.querySelector('[hx-target="#draft-state"]'))));
  window.addEventListener('pageshow', () => (isFiling = false));
  body.addEventListener('htmx:beforeRequest', (event) => isFiling && event.detail.target === draft && event.preventDefault());

  // A session that is over, and a draft that could not be saved, are told on every page.
  body.addEventListener('htmx:afterRequest', ({ detail: { xhr, successful, target } }) => {
    if (xhr.status === 401 || successful) ended.hidden = successful;
    if (url && target !== draft) isPartLost = !successful;
    sayHowFresh();
    if (target !== draft) return;
    draft.classList.toggle('failed', !successful);
    if (successful) return;
    const last = draft.querySelector('time');
    draft.replaceChildren(...(last ? [draft.dataset.failedLast, last] : [draft.dataset.failed]));
  });

  if (!url || !window.EventSource) return;

  let source = null;
  let pending = 0;

  function news() {
    clearTimeout(pending);
    pending = setTimeout(() => window.htmx.trigger(body, 'news'), 400);
  }

  function listen() {
    if (source) return;
    source = new EventSource(url);
    source.addEventListener('open', () => {
      // Whatever happened meanwhile went by unheard.
      if (isStreamLost) news();
      isStreamLost = false;
      sayHowFresh();
    });
    source.addEventListener('error', () => {
      isStreamLost = true;
      sayHowFresh();
      if (source.readyState === EventSource.CLOSED) {
        source = null;
        setTimeout(listen, 5000);
      }
    });
    source.addEventListener('episode', news);
    source.addEventListener('area', news);
  }

  function pause() {
    if (source) source.close();
    source = null;
  }

  // A browser keeps few connections to one server: a page nobody looks at holds none.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return pause();
    listen();
    news();
  });
  if (!document.hidden) listen();
})();
