// What comes while the chat's page asks for its messages is shown, whichever of its questions is answered late.
// usage: node arrivals.mjs CHAT_URL USER OTHER
// The names of the first two users; the page shows the first at once. Nobody has written yet.
import { openBrowser, report, watch } from './browser.mjs';

const [url, user, other] = process.argv.slice(2);
const faults = [];
const { page, close } = await openBrowser({ viewport: { width: 390, height: 844 } });
watch(page, url, faults);

async function control(path, body) {
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(new URL(`control/${path}`, url), { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
}
const ids = new Map();
const write = (name, text) => control('send', { user: ids.get(name), text });

/// The next request for `path` is asked after before(), and answered after meanwhile().
const holdBack = (path, before, meanwhile) =>
  page.route((address) => address.pathname.endsWith(`/control/${path}`), async (route) => {
    await before();
    const response = await route.fetch();
    await meanwhile();
    await route.fulfill({ response });
  }, { times: 1 });

/// Something comes that the page hears of while it waits for messages that do not have it.
async function writeAndBeHeard(name, text) {
  const heard = page.waitForResponse(async (response) =>
    response.url().includes('/control/events') && (await response.text()).includes(text));
  await write(name, text);
  await heard;
  await page.evaluate(() => new Promise(requestAnimationFrame));
}

const isShown = (text) => page.locator('.message .body', { hasText: text }).waitFor({ timeout: 60_000 });

try {
  for (const one of [{ id: 101, first_name: user, language_code: 'ru' }, { id: 102, first_name: other, language_code: 'en' }]) {
    await control('users', { ...one, started: true });
    ids.set(one.first_name, one.id);
  }
  for (const path of ['events', 'messages'])
    await holdBack(path, () => write(user, `before the ${path}`), () => write(user, `after the ${path}`));
  await page.goto(url);
  for (const path of ['events', 'messages'])
    for (const time of ['before', 'after']) await isShown(`${time} the ${path}`);

  await holdBack('messages', () => {}, () => writeAndBeHeard(other, 'heard first'));
  await page.getByRole('button', { name: 'Users' }).click();
  await page.locator('#users').getByText(other).click();
  await isShown('heard first');
} catch (err) {
  faults.push(err.message);
} finally {
  await close();
}

report(faults);
