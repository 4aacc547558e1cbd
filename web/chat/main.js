import { follow, get, lastEvent, post, sendFile } from './api.js';
import { bubble, element } from './message.js';
import { startPanel } from './panel.js';

const firstUsers = [
  { id: 101, first_name: 'Анна', language_code: 'ru' },
  { id: 102, first_name: 'John', language_code: 'en' },
];
const photoLimit = 10 * 1000 * 1000; // as Telegram's apps: larger pictures go as files

const $ = (id) => document.getElementById(id);
const state = { users: [], current: Number(localStorage.getItem('user')) || firstUsers[0].id, unread: new Map() };

function say(text) {
  if (!text) return;
  $('toast').textContent = text;
  $('toast').classList.add('on');
  clearTimeout(say.timer);
  say.timer = setTimeout(() => $('toast').classList.remove('on'), 3500);
}

function atBottom() {
  const list = $('messages');
  return list.scrollHeight - list.scrollTop - list.clientHeight < 120;
}

function scrollDown() {
  $('messages').scrollTop = $('messages').scrollHeight;
}

async function press(message, button, pressed) {
  pressed.disabled = true;
  try {
    if (button.pay) {
      const { paid, error } = await post('pay', { user: state.current, message_id: message.message_id });
      if (!paid) say(error); // what was paid is a message
    } else if (button.refund) {
      await post('refund', { charge_id: button.refund }); // so is what was given back
    } else {
      await post('press', { user: state.current, message_id: message.message_id, data: button.callback_data });
    }
  } catch (err) {
    say(err.message);
  }
  setTimeout(() => { pressed.disabled = false; }, 600);
}

function show(message, fromBot) {
  const stay = atBottom();
  const fresh = bubble(message, fromBot, press);
  const old = $('messages').querySelector(`[data-id="${message.message_id}"]`);
  if (old) old.replaceWith(fresh);
  else $('messages').append(fresh);
  if (stay || !fromBot) {
    scrollDown();
    fresh.querySelectorAll('img, video').forEach((media) => {
      media.onload = scrollDown;
      media.onloadedmetadata = scrollDown;
    });
  }
}

function showUsers() {
  $('users').replaceChildren(...state.users.map((user) => {
    const button = element('button', { type: 'button', onclick: () => choose(user.id) },
      element('i', {}, user.first_name.slice(0, 1)), element('span', {}, user.first_name));
    button.setAttribute('aria-current', String(user.id === state.current));
    const unread = state.unread.get(user.id);
    if (unread) button.append(element('b', {}, String(unread)));
    return button;
  }));
}

let chosen = Promise.resolve(); // ends when the chat that was chosen last is shown

function choose(id) {
  chosen = showChat(id);
  return chosen;
}

/** Waits until the chat that was chosen is shown, as well as can be: what it says may be older than the next event. */
async function shown() {
  for (let awaited = null; awaited !== chosen;) {
    awaited = chosen;
    await awaited.catch(() => {});
  }
}

async function showChat(id) {
  state.current = id;
  state.unread.delete(id);
  localStorage.setItem('user', String(id));
  document.body.classList.remove('with-people');
  showUsers();
  const { messages } = await get(`messages?chat=${id}&since=0`);
  if (state.current !== id) return; // somebody was faster
  $('messages').replaceChildren();
  messages.filter((m) => !m.sandbox.deleted).forEach((m) => show(m, m.sandbox.from_bot));
  scrollDown();
}

async function loadUsers() {
  const known = await get('users');
  for (const user of firstUsers) {
    if (!known.some((x) => x.id === user.id)) await post('users', { ...user, started: true });
  }
  state.users = (await get('users')).sort((a, b) => a.id - b.id);
  if (!state.users.some((user) => user.id === state.current)) state.current = state.users[0].id;
}

const handlers = {
  message(event) {
    if (event.chat === state.current) {
      $('activity').textContent = 'bot';
      return show(event.message, event.from_bot);
    }
    if (event.from_bot) {
      state.unread.set(event.chat, (state.unread.get(event.chat) ?? 0) + 1);
      showUsers();
    }
  },
  edit(event) {
    if (event.chat === state.current) show(event.message, event.from_bot);
  },
  delete(event) {
    if (event.chat === state.current) $('messages').querySelector(`[data-id="${event.message.message_id}"]`)?.remove();
  },
  action(event) {
    if (event.chat === state.current) $('activity').textContent = `${event.action ?? 'typing'}…`;
  },
  callback_answer(event) {
    if (!event.chat || event.chat === state.current) say(event.text);
  },
};

async function send(event) {
  event.preventDefault();
  const text = $('text').value.trim();
  if (!text) return;
  $('text').value = '';
  await post('send', { user: state.current, text }).catch((err) => say(err.message));
}

async function sendPhoto(file) {
  if (!file) return;
  const caption = $('text').value.trim();
  $('text').value = '';
  const isPhoto = file.type.startsWith('image/') && file.size <= photoLimit;
  await sendFile(state.current, isPhoto ? 'photo' : 'document', file, caption).catch((err) => say(err.message));
}

function startComposer() {
  $('composer').onsubmit = send;
  $('file').onchange = () => sendPhoto($('file').files[0]).finally(() => { $('file').value = ''; });
  $('text').onpaste = (event) => {
    const file = [...event.clipboardData.files][0];
    if (file) { event.preventDefault(); sendPhoto(file); }
  };
  const main = document.querySelector('main');
  main.ondragover = (event) => { event.preventDefault(); main.classList.add('dropping'); };
  main.ondragleave = (event) => { if (!main.contains(event.relatedTarget)) main.classList.remove('dropping'); };
  main.ondrop = (event) => { event.preventDefault(); main.classList.remove('dropping'); sendPhoto(event.dataTransfer.files[0]); };
}

function startFrame() {
  $('show-people').onclick = () => document.body.classList.toggle('with-people');
  $('show-panel').onclick = () => document.body.classList.toggle('with-panel');
  $('messages').onclick = () => document.body.classList.remove('with-people', 'with-panel');
  $('new-user').onsubmit = async (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    const id = Math.max(200, ...state.users.map((user) => user.id)) + 1;
    await post('users', { id, first_name: form.get('name'), language_code: form.get('language'), started: true });
    event.target.reset();
    await loadUsers();
    await choose(id);
  };
  const dashboard = new URLSearchParams(location.search).get('dashboard');
  if (dashboard && /^https?:\/\//.test(dashboard)) {
    $('dashboard').href = dashboard;
    $('dashboard').hidden = false;
  }
}

startFrame();
startComposer();
const showRules = startPanel(say, () => state.current);
const begin = await lastEvent(); // before the messages are asked for: what comes meanwhile is in either
await loadUsers();
await choose(state.current);
follow(begin, async (events) => {
  await shown();
  for (const event of events) {
    handlers[event.type]?.(event);
    if (event.type === 'task') showRules();
  }
});
