/**
 * The chat on another site:
 *   <script src="https://chat.example.com/widget.js" data-key="a publishable key" async></script>
 * data-language (zh or en) and data-side (right or left) are optional. The site's origin must be
 * among the tenant's allowed-origins. Manual: /integrate.html.
 */
(() => {
  const script = document.currentScript;
  const from = (name) => new URL(name, script.src);
  const {key, language: chosen, side = 'right'} = script.dataset;
  if (!key) throw new Error('fengda: the script tag lacks data-key');

  const TRIES_MAX = 5;
  const MODULES = ['fengda-client.js', 'fengda-chat.js', 'texts.js'];
  const CSS = `
    :host { all: initial; position: fixed !important; z-index: 2147483000; bottom: 1rem; ${side === 'left' ? 'left' : 'right'}: 1rem;
      display: block; }
    .root { all: initial; font: 1rem/1.4 system-ui, sans-serif; color-scheme: light dark; }
    * { box-sizing: border-box; }
    [hidden] { display: none !important; }
    .launch, .close { font: inherit; cursor: pointer; border: 0; background: var(--accent); color: var(--on-accent); }
    .launch { position: relative; width: 3.5rem; height: 3.5rem; border-radius: 50%; padding: .9rem;
      box-shadow: 0 .25rem 1rem #0005; }
    .launch svg { width: 100%; height: 100%; fill: none; stroke: currentColor; stroke-width: 1.8; display: block; }
    .badge { position: absolute; top: -.2rem; right: -.2rem; min-width: 1.4rem; padding: 0 .3rem; border-radius: .7rem;
      background: #b3261e; color: #fff; font-size: .8rem; line-height: 1.4rem; }
    :focus-visible { outline: 3px solid #fff; box-shadow: 0 0 0 5px #1b1f24; }
    .panel { position: absolute; bottom: 0; ${side === 'left' ? 'left' : 'right'}: 0; width: 24rem; height: min(40rem, 100vh - 2rem);
      max-width: calc(100vw - 2rem); border-radius: 1rem; overflow: hidden; box-shadow: 0 .5rem 2.5rem #0006;
      display: flex; flex-direction: column; }
    .bar { display: flex; align-items: center; gap: .5rem; padding: .6rem .6rem .6rem 1rem; background: var(--accent);
      color: var(--on-accent); }
    .bar strong { flex: 1; min-width: 0; overflow-wrap: anywhere; }
    .close { font-size: 1.4rem; line-height: 1; min-width: 2rem; min-height: 2rem; border-radius: .5rem; }
    fengda-chat { flex: 1; min-height: 0; }
    @media (max-width: 30rem) {
      .panel { position: fixed; inset: 0; width: auto; height: 100dvh; max-width: none; border-radius: 0; }
    }`;

  async function build() {
    // Some browsers never load a module again that they could not load once: see first.
    await Promise.all([...MODULES, 'markdown.js'].map(async (name) => {
      const response = await fetch(from(name));
      if (!response.ok) throw new Error(`${name}: ${response.status}`);
    }));
    const [{FengdaClient, brandings}, {make, on, paint, icon, style}, {TEXTS, preferredLanguage}] = await Promise.all(
      MODULES.map((name) => import(from(name))));
    const [branding] = await brandings({key, url: script.src});
    const language = preferredLanguage(chosen ?? (document.documentElement.lang || undefined));
    const texts = TEXTS[language];
    const open = `fengda.open.${key}`;
    const host = make('fengda-widget', {lang: language});
    const root = host.attachShadow({mode: 'open'});
    root.adoptedStyleSheets = [style(CSS)];
    paint(host, branding.color);

    const badge = make('span', {class: 'badge', hidden: true});
    const launch = make('button', {type: 'button', class: 'launch', 'aria-label': texts.openChat, 'aria-expanded': 'false'},
      icon('M4 5h16v11H9l-5 4z'), badge);
    const close = make('button', {type: 'button', class: 'close', 'aria-label': texts.closeChat}, '×');
    const panel = make('section', {class: 'panel', role: 'dialog', 'aria-label': branding.name[language], hidden: true},
      make('div', {class: 'bar'}, make('strong', {}, branding.name[language]), close));
    let chat;
    let unread = 0;

    const tellUnread = (count) => {
      unread = count;
      badge.hidden = count === 0;
      badge.textContent = count;
      launch.setAttribute('aria-label', count ? `${texts.openChat}, ${count} ${texts.unread}` : texts.openChat);
    };
    const toggle = async (isOpen, isWanted = true) => {
      panel.hidden = !isOpen;
      launch.hidden = isOpen;
      launch.setAttribute('aria-expanded', String(isOpen));
      remember(open, isOpen);
      if (!isOpen) return launch.focus();
      tellUnread(0);
      if (!chat) {
        chat = make('fengda-chat');
        panel.append(chat);
        on(chat, 'answer', () => panel.hidden && tellUnread(unread + 1));
        try {
          await chat.start(new FengdaClient({key, url: script.src}), branding, language);
        } catch (error) {
          chat.remove();
          chat = undefined;
          throw error;
        }
      }
      if (isWanted) chat.focus();
    };
    on(launch, 'click', () => toggle(true));
    on(close, 'click', () => toggle(false));
    on(panel, 'keydown', (event) => {
      const inDialog = event.composedPath().some((element) => element.localName === 'dialog');
      if (event.key === 'Escape' && !event.isComposing && !inDialog) toggle(false);
    });
    // What the site says of all elements reaches the host, not what is in it.
    root.append(make('div', {class: 'root'}, launch, panel));
    document.body.append(host);
    // Who only goes to another page of the site goes on with the page.
    if (remembers(open)) toggle(true, false);
  }

  // Who goes from page to page of the site finds the chat as it was.
  function remember(name, value) {
    try {
      sessionStorage.setItem(name, value ? '1' : '');
    } catch {
      // Then it begins closed.
    }
  }

  function remembers(name) {
    try {
      return sessionStorage.getItem(name) === '1';
    } catch {
      return false;
    }
  }

  async function begin() {
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      try {
        return await build();
      } catch (error) {
        if (tries === 1) console.error('fengda: no chat on this page:', error.message);
        if (error.problem?.retryable === false) return;
        await new Promise((go) => setTimeout(go, 2_000 * tries * (0.5 + Math.random())));
      }
    }
  }

  if (document.body) begin();
  else document.addEventListener('DOMContentLoaded', begin);
})();
