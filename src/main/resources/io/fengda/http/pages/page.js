// The page at /: choose a tenant, choose a language, chat. ?key=… leads straight to one tenant.
import {FengdaClient, brandings} from './fengda-client.js';
import {make, on, paint} from './fengda-chat.js';
import {TEXTS, preferredLanguage} from './texts.js';

const RETRY_MILLIS = 2_000;
const LANGUAGE = 'fengda.language';

const main = document.getElementById('main');
const title = document.getElementById('title');
const change = document.getElementById('change');
const languageButton = document.getElementById('language');
let language = preferredLanguage(kept());
let show = () => {};
let timer;
let visit = 0;
let moved = false;

/** A browser that keeps nothing is no reason not to chat. */
function kept(value) {
  try {
    if (value) localStorage.setItem(LANGUAGE, value);
    return localStorage.getItem(LANGUAGE);
  } catch {
    return value;
  }
}

async function open() {
  clearTimeout(timer);
  const mine = ++visit;
  const key = new URL(location.href).searchParams.get('key');
  let found;
  try {
    found = await brandings({key});
  } catch (error) {
    if (mine !== visit) return;
    const forGood = error.problem?.retryable === false;
    say(forGood ? 'unknownKey' : 'unreachable');
    if (!forGood) timer = setTimeout(open, RETRY_MILLIS * (1 + Math.random()));
    return;
  }
  if (mine !== visit) return;
  change.hidden = !key;
  if (!key) choose(found);
  else if (found[0].key) await chat(found[0]);
  else say('unknownKey');
}

async function chat(branding) {
  const element = make('fengda-chat');
  main.className = 'chatting';
  main.replaceChildren(element);
  show = () => {
    name(branding.name[language]);
    element.language = language;
  };
  show();
  try {
    await element.start(new FengdaClient({key: branding.key}), branding, language);
  } catch {
    say('unreachable');
    timer = setTimeout(open, RETRY_MILLIS);
    return;
  }
  element.language = language;
  // A phone's keyboard comes when it is called.
  if (moved && matchMedia('(pointer: fine)').matches) element.focus();
}

function choose(all) {
  main.className = 'choosing';
  show = () => {
    name('蜂答 Fengda');
    const texts = TEXTS[language];
    main.replaceChildren(
      make('h2', {}, all.length ? texts.choose : texts.none),
      make('p', {}, all.length ? texts.chooseText : ''),
      make('ul', {}, ...all.map(card)),
      make('p', {}, make('a', {href: 'integrate.html'}, texts.developers)));
  };
  show();
}

function card(branding) {
  const link = make('a', {href: `?key=${encodeURIComponent(branding.key)}`},
    make('strong', {}, branding.name[language]), make('span', {}, branding.greeting[language]));
  paint(link, branding.color);
  on(link, 'click', (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(link.href);
  });
  return make('li', {}, link);
}

function say(key) {
  main.className = 'choosing';
  show = () => {
    name('蜂答 Fengda');
    main.replaceChildren(make('p', {role: 'alert'}, TEXTS[language][key]));
  };
  show();
}

function name(text) {
  title.textContent = text;
  document.title = text;
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  change.textContent = TEXTS[language].change;
  languageButton.textContent = TEXTS[language].language;
  languageButton.lang = language === 'zh' ? 'en' : 'zh-CN';
}

function go(href) {
  history.pushState({}, '', href);
  moved = true;
  title.focus();
  open();
}

on(change, 'click', () => go('/'));
on(languageButton, 'click', () => {
  language = language === 'zh' ? 'en' : 'zh';
  kept(language);
  show();
});
on(window, 'popstate', open);
open();
