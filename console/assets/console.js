// What the pages do besides plain HTML: refresh what changed, and say when they cannot.
(() => {
  'use strict';

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

  const body = document.body;
  const url = body.dataset.live;
  const stale = document.getElementById('stale');
  if (!url || !stale || !window.EventSource) return;

  let source = null;
  let pending = 0;

  function news() {
    clearTimeout(pending);
    pending = setTimeout(() => window.htmx.trigger(body, 'news'), 400);
  }

  function isStale(value) {
    stale.hidden = !value;
  }

  function listen() {
    if (source) return;
    source = new EventSource(url);
    let wasLost = false;
    source.addEventListener('open', () => {
      isStale(false);
      // Whatever happened meanwhile went by unheard.
      if (wasLost) news();
      wasLost = false;
    });
    source.addEventListener('error', () => {
      wasLost = true;
      isStale(true);
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
  body.addEventListener('htmx:sendError', () => isStale(true));
  body.addEventListener('htmx:responseError', () => isStale(true));
  if (!document.hidden) listen();
})();
