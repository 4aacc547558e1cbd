// How the dashboard looks in both colour schemes, and what its charts and the scheduler's table tell, as steps of dashboard.mjs.
import assert from 'node:assert/strict';
import { paleTexts } from './contrast.mjs';
import { eventually, see, visit } from './dashboard_questions.mjs';

const views = ['overview', 'actors', 'actors?tab=threads', 'jobs', 'errors', 'cluster', 'actions'];

/// Dark is another scheme than light, and in both every text can be read: contrast 4.5 at least (WCAG AA).
export async function canBeReadInBothSchemes({ page }) {
  const grounds = [];
  for (const colorScheme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme });
    grounds.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
    for (const view of views) {
      await see(page, `#/${view}`);
      const { count, pale } = await paleTexts(page);
      assert.ok(count > 20, `${view}: ${count} texts were found`);
      assert.deepEqual(pale, [], `${view}, ${colorScheme}`);
    }
  }
  assert.notEqual(grounds[0], grounds[1]);
  await page.emulateMedia({ colorScheme: null });
}

/// Every stage has its chart, and the one that is chosen a large one; the lines are drawn.
export async function howLongStagesTake({ page }) {
  await visit(page, '#/overview');
  await eventually(async () => assert.equal(await page.locator('.charts.stages figure').count(), 8));
  await page.locator('.charts.stages').getByRole('link', { name: 'Wait', exact: true }).click();
  const large = page.locator('.chart.large');
  await eventually(async () => assert.equal(await large.getAttribute('data-chart'), 'wait'));
  await large.scrollIntoViewIfNeeded();
  await large.locator('canvas').waitFor();
  await eventually(async () => assert.match(await large.locator('.legend').innerText(), /oldest 1\d min/)); // made ten minutes old by the test
  await large.locator('.u-over').hover();
  await eventually(async () => assert.match(await large.locator('.point').innerText(), /^\d\d:\d\d:\d\d.*oldest/));
}

/// The scheduler of every node tells how busy it is and how late its timers fire.
export async function howBusySchedulersAre({ page }) {
  await visit(page, '#/actors?tab=threads');
  const rows = page.locator('table[aria-label="Schedulers"] tbody tr');
  await eventually(async () => assert.equal(await rows.count(), 2));
  for (const row of await rows.all()) {
    await eventually(async () => assert.match(await row.locator('td').nth(1).innerText(), /\d %$/));
    await eventually(async () => assert.match(await row.locator('td').nth(3).innerText(), /\d (µs|ms|s)$/));
  }
  await eventually(async () => assert.equal(await page.locator('.charts.pair canvas').count(), 2));
}

/// A handler that kept a thread is named; one that the node tells of now is told in every view at once.
export async function namesAStall({ page, url }) {
  const row = page.locator('table[aria-label="Stalls"] tbody tr', { hasText: 'test_stall' }).first();
  await row.waitFor();
  assert.match(await row.innerText(), /2\.\d s/);
  const stall = { node: 'first', kind: 'notifier', id: 1, message: 'wake_atom', ms: 2234, at: Date.now() / 1000, running: true };
  await page.route('**/api/events', (route) => route.fulfill({ contentType: 'text/event-stream', body: `event: stall\ndata: ${JSON.stringify(stall)}\n\n` }));
  await page.goto(`${url}#/jobs`);
  await page.reload();
  await page.locator('#notice', { hasText: /Stall notifier on first: wake_atom runs for \d/ }).waitFor();
  await page.locator('#notice a').click();
  await eventually(async () => assert.match(page.url(), /#\/actors\?tab=threads$/));
  await page.unroute('**/api/events');
  await page.reload();
}
