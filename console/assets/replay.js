// Steps through a replay without loading whole pages: each step is fetched from the very address its link leads to.
(() => {
  'use strict';
  const KEYS = { ArrowLeft: 'previous', ArrowRight: 'next', Home: 'first', End: 'last' };
  const SHIFTED = { ArrowLeft: 'decision-before', ArrowRight: 'decision-after' };
  let going = Promise.resolve();
  let waiting = 0;

  async function show(url, isBack) {
    const response = await window.fetch(url, { headers: { Accept: 'text/html' }, credentials: 'same-origin' });
    const page = new window.DOMParser().parseFromString(await response.text(), 'text/html');
    const fresh = page.getElementById('replay');
    // The session has ended, say: the page itself tells.
    if (!response.ok || !fresh) return window.location.assign(url);
    const focused = document.activeElement && document.activeElement.getAttribute('data-go');
    document.getElementById('replay').replaceWith(fresh);
    document.title = page.title;
    if (!isBack) window.history.pushState(null, '', url);
    const same = focused && fresh.querySelector(`[data-go="${focused}"]`);
    if (same) same.focus();
  }

  // One after the other, so that two quick presses are two steps; a key held down does not pile up.
  function go(find, isBack) {
    if (waiting > 2) return;
    waiting++;
    going = going
      .then(() => {
        const url = find();
        return url && show(url, isBack);
      })
      .catch(() => {
        const url = find();
        if (url) window.location.assign(url);
      })
      .then(() => void waiting--);
  }

  const linkTo = (name) => () => {
    const link = document.querySelector(`#replay [data-go="${name}"]`);
    return link && link.href;
  };

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (event.target.closest('input, select, textarea, [contenteditable], summary')) return;
    const name = (event.shiftKey ? SHIFTED : KEYS)[event.key];
    if (!name) return;
    event.preventDefault();
    go(linkTo(name), false);
  });

  document.addEventListener('click', (event) => {
    const link = event.target.closest('#replay a');
    if (!link || event.button !== 0 || event.ctrlKey || event.shiftKey || event.metaKey || event.altKey) return;
    const url = new window.URL(link.href);
    if (url.pathname !== window.location.pathname || !url.searchParams.has('at')) return;
    event.preventDefault();
    go(() => link.href, false);
  });

  window.addEventListener('popstate', () => go(() => window.location.href, true));
})();
