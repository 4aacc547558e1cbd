// The questions that the dashboard has to answer, each as a step of dashboard.mjs.
import assert from 'node:assert/strict';

const patience = 20_000;

/// Waits until `check` throws nothing more; what it threw last is the fault.
export async function eventually(check) {
  const end = Date.now() + patience;
  for (;;) {
    try {
      return await check();
    } catch (fault) {
      if (Date.now() > end) throw fault;
      await new Promise((again) => setTimeout(again, 100));
    }
  }
}

/// Goes to a view by its address, as a link would.
export async function visit(page, hash) {
  await page.evaluate((to) => { location.hash = to; }, hash);
}

/// Goes to a view, and waits until it is drawn with what was loaded for it.
export async function see(page, hash) {
  await visit(page, hash);
  const name = /^#\/(\w+)/.exec(hash)[1];
  await page.locator(`.views a[aria-current][href="#/${name}"]`).waitFor();
  await eventually(async () => assert.equal(await page.locator('#view').getByText('Loading…').count(), 0));
}

const cells = (page, label) => page.locator(`table[aria-label="${label}"] tbody tr`);
const firstCell = async (page, label) => (await cells(page, label).first().locator('td').first().innerText()).trim();

export async function howManyWait({ page, facts }) {
  await eventually(async () => assert.equal(await page.locator('#tile-waiting b').innerText(), String(facts.waiting)));
  assert.match(await page.locator('#tile-oldest b').innerText(), /^1\d min$/); // made ten minutes old by the test
  await page.locator('#tile-waiting').click();
  await eventually(async () => assert.match(await page.locator('#job-total').innerText(), new RegExp(`^${facts.waiting} jobs$`)));
  assert.equal(await cells(page, 'Jobs').count(), facts.waiting);
}

export async function whichStageIsSlow({ page }) {
  await visit(page, '#/overview');
  await eventually(async () => assert.equal(await page.locator('#slow-stage').innerText(), 'Most time goes into: Wait'));
  assert.equal(await page.locator('.stage.slow').getAttribute('data-stage'), 'wait');
}

/// The kinds of all nodes by the messages that wait, as the node told last.
function waiting(told) {
  const sums = new Map();
  for (const node of told['/api/actors'].nodes)
    for (const kind of node.kinds) sums.set(kind.kind, (sums.get(kind.kind) ?? 0) + kind.waiting);
  return sums;
}

export async function deepestMailbox({ page, told }) {
  await visit(page, '#/actors?sort=waiting');
  await eventually(async () => {
    const sums = waiting(told);
    assert.equal(sums.get(await firstCell(page, 'Kinds of actors')), Math.max(...sums.values()));
    assert.equal(await cells(page, 'Kinds of actors').count(), sums.size);
  });
}

export async function slowestMessage({ page, told }) {
  await visit(page, '#/actors?tab=messages&list=slowest&kind=database');
  await eventually(async () => {
    const slowest = new Map();
    for (const { messages } of told['/api/actors'].nodes)
      for (const one of messages.filter((message) => message.kind === 'database')) slowest.set(one.message, Math.max(one.p99_ms, slowest.get(one.message) ?? 0));
    assert.ok(slowest.size > 2, 'messages of the database are recorded');
    assert.equal(slowest.get(await firstCell(page, 'Messages')), Math.max(...slowest.values()));
  });
}

export async function whoSendsMost({ page, told }) {
  await visit(page, '#/actors?tab=flow&kind=notifier');
  await eventually(async () => {
    const rates = new Map();
    for (const { flows } of told['/api/actors'].nodes)
      for (const flow of flows.filter((one) => one.to === 'notifier')) rates.set(flow.from, (rates.get(flow.from) ?? 0) + flow.rate);
    const [, sender] = /^(.*) sends most to notifier: /.exec(await page.locator('#top-sender').innerText());
    assert.equal(rates.get(sender), Math.max(...rates.values()));
  });
}

export async function lastFailure({ page, facts }) {
  await visit(page, '#/overview');
  const row = cells(page, 'Last failures').first();
  await row.locator('a').first().click();
  const drawer = page.locator('.drawer');
  await eventually(async () => assert.match(await drawer.locator('h2').innerText(), new RegExp(facts.failed)));
  await eventually(async () => assert.ok(await cells(page, 'Events').count() > 5));
  const way = (await cells(page, 'Events').allInnerTexts()).join('\n');
  for (const event of ['ordered', 'charged', 'claimed', 'script', 'task', 'failed', 'refunded']) assert.match(way, new RegExp(`\\b${event}\\b`));
  assert.match(way, /\bsecond\b/); // the node that did it
  assert.ok((await drawer.innerText()).includes(facts.signal));
  assert.ok(await drawer.locator('.bar[data-stage=render]').count() > 0);
  assert.equal(await drawer.getByText('кружка').count(), 0); // what the user wrote
  await drawer.getByText('Show what the user wrote').click();
  await drawer.getByText('кружка').first().waitFor();
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'detached' });
}

/// The group of errors leads to its jobs, by class and signal.
export async function whatFails({ page, facts }) {
  await see(page, '#/errors');
  const row = cells(page, 'Errors').filter({ hasText: facts.signal });
  await eventually(async () => assert.equal(await row.count(), 1));
  const words = page.locator('#view').getByText('This content may violate');
  assert.equal(await words.count(), 0); // a provider may repeat what a user wrote
  await page.getByRole('button', { name: "Show providers' words" }).click();
  await words.first().waitFor();
  await page.getByRole('button', { name: "Hide providers' words" }).click();
  await eventually(async () => assert.equal(await words.count(), 0));
  await row.getByText('list these').click();
  await eventually(async () => assert.equal(await page.locator('#job-total').innerText(), '1 job'));
  assert.match(page.url(), /class=\w+&signal=/);
  assert.match(await cells(page, 'Jobs').first().locator('code').getAttribute('title'), new RegExp(facts.failed));
}

export async function whichKeyCoolsDown({ page, facts }) {
  await page.locator('#tile-paused').click();
  const row = cells(page, 'Keys').filter({ hasText: facts.key });
  await eventually(async () => assert.match(await row.innerText(), /cooling down/));
  const minute = (at) => [at.getHours(), at.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
  const wanted = [facts.until, facts.until - 2].map((at) => minute(new Date(at * 1000))); // the node tells whole seconds
  const shown = (await row.locator('td').nth(3).innerText()).split(' ').at(-1);
  assert.ok(wanted.includes(shown), `${shown} is not ${wanted[0]}`);
  assert.match(await row.innerText(), /429: rate_limit/);
}

export async function whatAnOperatorDid({ page, facts }) {
  await page.keyboard.press('6');
  const row = cells(page, 'Actions').filter({ hasText: facts.reason });
  await row.waitFor();
  assert.match(await row.innerText(), new RegExp(facts.verb));
  assert.match(await row.locator('td').first().innerText(), /^\d{4}-\d\d-\d\d /); // not today
}
