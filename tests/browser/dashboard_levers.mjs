// What can be done with the dashboard, and what not with the read-only token, as steps of dashboard.mjs.
import assert from 'node:assert/strict';
import { eventually, visit } from './dashboard_questions.mjs';

const queue = (page) => page.locator('.panel', { has: page.getByRole('heading', { name: 'Queue', exact: true }) });

async function confirm(page, reason) {
  await page.locator('#reason').fill(reason);
  await page.locator('#confirm').click();
}

export async function pauseTheQueue({ page }) {
  await visit(page, '#/cluster');
  await queue(page).getByRole('button', { name: 'pause' }).click();
  await page.locator('#confirm').click();
  assert.equal(await page.locator('#reason').evaluate((field) => field.matches(':invalid')), true); // not without a reason
  await confirm(page, 'the browser test pauses');
  await page.getByText('Done.').waitFor();
  await page.keyboard.press('Escape');
  await eventually(async () => assert.match(await queue(page).innerText(), /paused.*anna.*the browser test pauses/s));
  await visit(page, '#/actions');
  await page.locator('tr', { hasText: 'the browser test pauses' }).first().waitFor();
}

/// The count is shown first, and exactly that many are cancelled.
export async function cancelByFilter({ page, facts }) {
  await visit(page, '#/jobs?status=queued');
  await page.getByRole('button', { name: 'cancel' }).click();
  await confirm(page, 'the browser test cancels');
  await eventually(async () => assert.equal(await page.locator('#lever-count').innerText(), `${facts.waiting} jobs match now.`));
  assert.equal(await page.locator('#confirm').innerText(), `Cancel ${facts.waiting} jobs`);
  await page.locator('#confirm').click();
  await page.getByText(`Done for ${facts.waiting} jobs.`).waitFor();
  await page.keyboard.press('Escape');
  await eventually(async () => assert.equal(await page.locator('#tile-waiting b').innerText(), '0'));
}

export async function nothingToPull({ page, facts }) {
  await page.locator('#read-only').waitFor();
  for (const view of ['cluster', 'jobs?status=processing', `jobs?job=${facts.failed}`]) {
    await visit(page, `#/${view}`);
    await page.locator('#view table tbody tr').first().waitFor();
    assert.equal(await page.locator('.lever').count(), 0);
  }
}

/// Every address that acts, tried as the page itself could: the node refuses.
export async function noPostWorks({ page, facts }) {
  const body = { action: 'pause', reason: 'a reader tries' };
  const tries = {
    '/api/jobs/actions': { action: 'cancel', ids: [facts.failed], reason: 'a reader tries' },
    '/api/queue': body, [`/api/keys/${facts.key}`]: body, '/api/models/sora-2': body, '/api/nodes/second': { ...body, action: 'drain' },
  };
  for (const [path, what] of Object.entries(tries)) {
    const status = await page.evaluate(async ([to, json]) => (await fetch(to, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(json),
    })).status, [path, what]);
    assert.equal(status, 403, path);
  }
}

/// A wrong token gives nothing, the operator's gives the levers, to this tab until it is loaded anew.
export async function signInToAct({ page, token }) {
  await visit(page, '#/cluster');
  const give = async (text) => {
    await page.locator('#token').fill(text);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  };
  await page.locator('#read-only').click();
  await give('wrong');
  await page.locator('dialog [role=alert]').waitFor();
  await give(token);
  await queue(page).getByRole('button', { name: 'resume' }).waitFor();
  assert.equal((await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]))).includes(token), false);
  await queue(page).getByRole('button', { name: 'resume' }).click();
  await confirm(page, 'the browser test resumes');
  await page.getByText('Done.').waitFor();
  await page.keyboard.press('Escape');
  await page.reload();
  await page.locator('#read-only').waitFor();
}
