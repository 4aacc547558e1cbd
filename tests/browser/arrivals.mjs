// What comes while the chat's page asks for its messages is shown, whichever of its questions is answered late.
// usage: node arrivals.mjs CHAT_URL USER OTHER
// The names of the first two users; the page shows the first at once. Nobody has written yet.
import { openBrowser, report, watch } from './browser.mjs';

const [url, user, other] = process.argv.slice(2);
const faults = [];
const { page, close } = await openBrowser({ viewport: { width: 390, height: 844 } });
watch(page, url, faults);

const control = (path, body) => fetch(new URL(`control/${path}`, url), body && { method: 'POST', body: JSON.stringify(body) });
const ids = new Map();
const write = (name, text) => control('send', { user: ids.get(name), text });

/// The next request for `path` is answered late: something comes before it is asked and after it is answered.
async function holdBack(path, name, beforeTheAnswerIsTold = async () => {}) {
  const last = `after ${path} of ${name}`;
  await page.route((address) => address.pathname.endsWith(`/control/${path}`), async (route) => {
    await write(name, `before ${path} of ${name}`);
    const response = await route.fetch();
    const told = beforeTheAnswerIsTold(last);
    await write(name, last);
    await told;
    await route.fulfill({ response });
  }, { times: 1 });
}

const isShown = (text) => page.locator('.message .body', { hasText: text }).waitFor({ timeout: 60_000 });

try {
  for (const one of [{ id: 101, first_name: user, language_code: 'ru' }, { id: 102, first_name: other, language_code: 'en' }]) {
    await control('users', { ...one, started: true });
    ids.set(one.first_name, one.id);
  }
  await holdBack('events', user);
  await holdBack('messages', user);
  await page.goto(url);
  for (const path of ['events', 'messages'])
    for (const time of ['before', 'after']) await isShown(`${time} ${path} of ${user}`);

  await holdBack('messages', other, async (last) => {
    await page.waitForResponse(async (response) =>
      response.url().includes('/control/events') && (await response.text()).includes(last));
    await page.evaluate(() => new Promise(requestAnimationFrame)); // the page has seen it
  });
  await page.getByRole('button', { name: 'Users' }).click();
  await page.locator('#users').getByText(other).click();
  for (const time of ['before', 'after']) await isShown(`${time} messages of ${other}`);
} catch (err) {
  faults.push(err.message);
} finally {
  await close();
}

report(faults);
