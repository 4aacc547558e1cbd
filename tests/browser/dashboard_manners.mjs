// How the dashboard behaves while it is looked at, as steps of dashboard.mjs.
import assert from 'node:assert/strict';
import { eventually, see, visit } from './dashboard_questions.mjs';

const watched = 4000; // long enough for several rounds of everything that is asked repeatedly

/// Nothing moves while numbers change, but rows of a list that is sorted by them.
export async function isQuiet({ page }) {
  for (const view of ['overview', 'actors?tab=threads']) await staysWhereItIs(page, view);
}

async function staysWhereItIs(page, view) {
  await visit(page, `#/${view}`);
  await page.locator('.plot').last().scrollIntoViewIfNeeded(); // charts are drawn where they are seen
  await page.locator('.plot canvas').last().waitFor();
  await page.evaluate(() => scrollTo(0, 0));
  await page.waitForTimeout(1500); // the first answers have come
  const moved = await page.evaluate((time) => new Promise((done) => {
    let sum = 0;
    const isRow = ({ node }) => Boolean((node?.closest ? node : node?.parentElement)?.closest('tbody'));
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.sources.every(isRow)) sum += entry.value;
    }).observe({ type: 'layout-shift' });
    setTimeout(() => done(sum), time);
  }), watched);
  assert.ok(moved < 0.01, `${view} moved by ${moved}`);
}

/// A tab that nobody sees asks nothing, and goes on when it is seen again.
export async function stopsWhenHidden({ page }) {
  const hide = (hidden) => page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
  await hide(true);
  await page.waitForTimeout(500); // what was under way
  let asked = 0;
  const count = () => { asked++; };
  page.on('request', count);
  await page.waitForTimeout(watched);
  assert.equal(asked, 0);
  await hide(false);
  await eventually(async () => assert.ok(asked > 0));
  page.off('request', count);
  await eventually(async () => assert.match(await page.locator('#live').innerText(), /^live/));
}

/// j goes to the next row, k to the one before.
async function stepsThroughRows(page) {
  await visit(page, '#/jobs');
  const rows = page.locator('#view [data-row]');
  await eventually(async () => assert.ok(await rows.count() > 2));
  await page.evaluate(() => document.activeElement.blur());
  const at = () => page.evaluate(() => [...document.querySelectorAll('#view [data-row]')].indexOf(document.activeElement));
  const seen = [];
  for (const key of ['j', 'j', 'j', 'k', 'k', 'k']) {
    await page.keyboard.press(key);
    seen.push(await at());
  }
  assert.deepEqual(seen, [0, 1, 2, 1, 0, 0]);
}

/// The keyboard alone finds a job, opens it and closes it.
export async function worksByKeys({ page, facts }) {
  await visit(page, '#/overview');
  await page.keyboard.press('?');
  await page.getByText('search jobs').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await page.locator('#filter-q:focus').waitFor();
  await page.keyboard.type(facts.failed);
  await page.keyboard.press('Enter');
  await eventually(async () => assert.equal(await page.locator('#job-total').innerText(), '1 job'));
  await page.keyboard.press('Escape'); // out of the field
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.locator('.drawer h2', { hasText: facts.failed }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.drawer').waitFor({ state: 'detached' });
  await stepsThroughRows(page);
  await page.keyboard.press('3');
  await eventually(async () => assert.match(page.url(), /#\/jobs$/));
}

/// No view scrolls sideways on a phone.
export async function fitsAPhone({ page, facts }) {
  const size = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 844 });
  for (const view of ['overview', 'actors', ...['messages', 'flow', 'threads', 'instances&kind=database'].map((tab) => `actors?tab=${tab}`), 'jobs', `jobs?job=${facts.failed}`, 'errors', 'cluster', 'actions']) {
    await see(page, `#/${view}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(wide <= 0, `${view} is ${wide} pixels too wide for a phone`);
  }
  await page.setViewportSize(size);
}
