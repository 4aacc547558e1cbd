// Answers an engineer's and an operator's questions from the dashboard alone, acts, and tries to act with the read-only token.
// usage: node dashboard.mjs DASHBOARD_URL TOKEN READ_TOKEN FACTS OUTPUT_FOLDER
// FACTS: what the database knows, as JSON: { waiting, failed, signal, key, until, verb, reason }.
// Leaves screenshots in the folder.
import { join } from 'node:path';
import { openBrowser, report, watch } from './browser.mjs';
import * as questions from './dashboard_questions.mjs';
import * as levers from './dashboard_levers.mjs';
import * as looks from './dashboard_looks.mjs';
import { fitsAPhone, isQuiet, stopsWhenHidden, worksByKeys } from './dashboard_manners.mjs';

const [url, token, readToken, text, folder] = process.argv.slice(2);
const facts = JSON.parse(text);
const faults = [];

/// Opens the page as one who signed in with `password`, and goes through `steps`.
async function asUser(name, password, steps) {
  const { page, close } = await openBrowser({ viewport: { width: 1440, height: 1000 }, httpCredentials: { username: name, password } });
  const told = {}; // the last answers by path
  page.setDefaultTimeout(20_000);
  watch(page, url, faults);
  page.on('console', (message) => { if (/Content Security Policy/.test(message.text())) faults.push(message.text()); });
  page.on('response', async (answer) => {
    const path = new URL(answer.url()).pathname;
    if (path === '/api/actors') told[path] = await answer.json().catch(() => told[path]);
  });
  let at = 'start';
  try {
    await page.goto(url);
    for (const step of steps) {
      at = step.name;
      await step({ page, told, facts, url, token });
    }
    await page.screenshot({ path: join(folder, `dashboard-${name}.png`) });
  } catch (err) {
    await page.screenshot({ path: join(folder, `dashboard-${name}-failed.png`) });
    faults.push(`${name}, ${at}: ${err.message}`);
  } finally {
    await close();
  }
}

await asUser('anna', token, [
  questions.howManyWait, questions.whichStageIsSlow, questions.deepestMailbox, questions.slowestMessage, questions.whoSendsMost,
  questions.lastFailure, questions.whatFails, questions.whichKeyCoolsDown, questions.whatAnOperatorDid, looks.howLongStagesTake, looks.howBusySchedulersAre, looks.namesAStall, looks.canBeReadInBothSchemes, isQuiet,
  stopsWhenHidden, worksByKeys, fitsAPhone,
  levers.pauseTheQueue, levers.cancelByFilter,
]);
await asUser('reader', readToken, [levers.nothingToPull, levers.noPostWorks, levers.signInToAct]);
report(faults);
