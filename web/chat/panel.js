import { get, post, remove } from './api.js';
import { element } from './message.js';

const kieTask = (fail_code, fail_msg) => ({ service: 'kie', operation: 'task', count: 1, fail_code, fail_msg });
const creation = (code, message, count = 1, match = undefined) =>
  ({ service: 'kie', operation: 'createTask', count, code, message, ...(match && { match }) });

/** What can be chosen, by service: label → rule. */
const choices = {
  kie: {
    'Refuse the picture (policy)': kieTask('422', 'This content may violate our guardrails concerning similarity to third-party content.'),
    'Refuse: people in the photo': kieTask('400', 'We currently do not support uploads of images containing photorealistic people.'),
    'Fail once, then work': kieTask('500', 'Internal Error, Please try again later.'),
    'Rate limit once': creation(429, 'Rate limit exceeded'),
    'Outage (until cleared)': creation(500, 'Server exception, please try again later or contact customer service', 0),
    'Sora 2 paused (until cleared)': creation(500, 'This interface is temporarily paused.', 0, { model: 'sora-2-image-to-video' }),
    'Slow: the next takes a minute': { service: 'kie', operation: 'task', count: 1, generating: 60000 },
  },
  openai: {
    'Out of money (until cleared)': { service: 'openai', operation: 'chat', count: 0, status: 429, type: 'insufficient_quota', code: 'credit_balance_exhausted', message: 'You exceeded your current quota.' },
    'Overloaded once': { service: 'openai', operation: 'chat', count: 1, status: 503, type: 'service_unavailable_error', code: 'server_is_overloaded', message: 'Overloaded.' },
    'Decline the next': { service: 'openai', operation: 'chat', count: 1, reply: { content: null, finish_reason: 'stop', refusal: 'I cannot help with that.' } },
  },
  telegram: {
    'Slow down (429) once': { service: 'telegram', operation: 'sendMessage', count: 1, status: 429, message: 'Too Many Requests: retry after 3', retry_after: 3 },
    'Broken gateway (502) once': { service: 'telegram', operation: 'sendMessage', count: 1, how: 'html' },
  },
};

const hour = 3600 * 1000;
const videoTime = 180 * 1000; // as in life, milliseconds

/** What can be done at once, by place: label → action. `user` tells whose chat is open. */
const actions = (user) => ({
  clock: {
    'One hour later': () => post('advance', { ms: hour }),
    'One day later': () => post('advance', { ms: 24 * hour }),
  },
  user: {
    'Block the bot': () => post('block', { user: user() }),
    'Let the bot in again': () => post('unblock', { user: user() }),
  },
});

/** The clock of the simulated services, KIE's work included: none of ours when that has a pace of its own. */
async function showSpeed() {
  const { time_scale: scale, kie_waiting: waiting, kie_queuing: queuing, kie_generating: generating } = await get('settings');
  const asItRuns = Math.abs((waiting + queuing + generating) * scale - videoTime) < videoTime / 20;
  for (const button of document.querySelectorAll('#speed button')) {
    button.setAttribute('aria-pressed', String(asItRuns && Number(button.dataset.scale) === scale));
  }
}

function startSpeed(say) {
  for (const scale of [1, 10, 60]) {
    const button = element('button', {
      type: 'button',
      onclick: async () => {
        await post('settings', { time_scale: scale, kie_time: videoTime / scale })
          .then(() => say(`The clock runs ${scale === 1 ? 'as in life' : `${scale} times as fast`}`), (err) => say(err.message));
        await showSpeed();
      },
    }, `×${scale}`);
    button.dataset.scale = scale;
    document.getElementById('speed').append(button);
  }
  showSpeed();
}

async function showRules() {
  const waiting = (await get('script')).filter(({ left }) => left !== 0);
  document.getElementById('rules').replaceChildren(...waiting.map(({ rule, left }) => element('li', {},
    `${rule.service} ${rule.operation}: ${rule.message ?? rule.fail_msg ?? rule.how ?? 'changed'}${left < 0 ? ' (until cleared)' : left > 1 ? ` (${left} times)` : ''}`)));
}

export function startPanel(say, user) {
  startSpeed(say);
  for (const [place, entries] of Object.entries(actions(user))) {
    for (const [label, action] of Object.entries(entries)) {
      document.getElementById(place).append(element('button', {
        type: 'button',
        onclick: () => action().then(() => say(label), (err) => say(err.message)),
      }, label));
    }
  }
  for (const [service, entries] of Object.entries(choices)) {
    const place = document.getElementById(service);
    for (const [label, rule] of Object.entries(entries)) {
      place.append(element('button', {
        type: 'button',
        onclick: async () => {
          await post('script', rule).then(() => say(`Next: ${label}`), (err) => say(err.message));
          await showRules();
        },
      }, label));
    }
  }
  document.getElementById('clear-rules').onclick = async () => {
    await remove('script');
    say('Everything works again');
    await showRules();
  };
  showRules();
  return showRules;
}
