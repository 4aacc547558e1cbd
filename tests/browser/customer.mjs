// Plays what a customer does besides ordering, on a phone's screen: buys credits, gets the Stars back, has a video sent again,
// takes an order back; and what the page can do besides: other users, a faster clock, a bot that is shut out.
// The customer has one video already, and the queue is paused.
// usage: node customer.mjs CHAT_URL USER LANGUAGE PHOTO OUTPUT_FOLDER
// Leaves LANGUAGE-customer.png and LANGUAGE-customer-wide.png, dark, in the folder.
import { join } from 'node:path';
import { report } from './browser.mjs';
import { openChat } from './chat.mjs';
import { paleTexts } from './contrast.mjs';

const [url, user, language, photo, folder] = process.argv.slice(2);
const faults = [];
const chat = await openChat(url, user, language, faults);
const { page, words } = chat;

async function buy() {
  await chat.say('/balance');
  await chat.press(words.buy);
  await chat.press(words.pack);
  await chat.messages().locator('.bubble', { hasText: '⭐ 250' }).waitFor(); // the invoice
  await chat.press('Pay 250');
  await chat.messages().locator('.bubble', { hasText: 'Paid' }).waitFor(); // the receipt
  await chat.hear(words.paid);
}

/// Telegram gives the Stars back, once; the bot hears of it and says so.
async function getMoneyBack() {
  await chat.say('/balance');
  await page.locator('.message', { hasText: 'Paid' }).last().getByRole('button', { name: 'gives the Stars back' }).click();
  await chat.messages().locator('.bubble', { hasText: 'Refunded⭐ 250' }).waitFor();
  await chat.hear(words.receipt);
  await page.locator('.message', { hasText: 'Paid' }).last().getByRole('button', { name: 'gives the Stars back' }).click();
  await chat.toast('CHARGE_ALREADY_REFUNDED');
}

/// Somebody else writes to the bot, and each sees his own chat.
async function meetAnother() {
  await chat.open('Users');
  await page.locator('#new-user input').fill('Third');
  await page.locator('#new-user select').selectOption('en');
  await page.locator('#new-user button').click();
  await page.locator('.message').first().waitFor({ state: 'detached' });
  await chat.lookAtNew();
  await chat.say('/help');
  await page.locator('.message:not(.mine)').first().waitFor();
  if (await page.locator('.message video').count() > 0) faults.push('a new user sees the chat of another');
  await chat.open('Users');
  await page.locator('#users').getByText(user).click();
  await page.locator('.message video').first().waitFor();
}

/// What the panel does to the clock and the user.
async function turnTheClock() {
  await chat.open('What the services answer next');
  const panel = page.locator('#panel');
  await panel.getByRole('button', { name: '×60' }).click();
  await panel.locator('#speed [aria-pressed=true]', { hasText: '×60' }).waitFor();
  const settings = await (await fetch(new URL('control/settings', url))).json();
  const { time_scale: scale, kie_waiting: waiting, kie_queuing: queuing, kie_generating: generating } = settings;
  const makes = waiting + queuing + generating;
  if (scale !== 60 || makes < 2_900 || makes > 3_100) faults.push(`the clock does not run faster: ${JSON.stringify(settings)}`);
  await panel.getByRole('button', { name: '×1', exact: true }).click();
  await panel.locator('#speed [aria-pressed=true]', { hasText: /^×1$/ }).waitFor();
  await panel.getByRole('button', { name: 'One hour later' }).click();
  await chat.toast('One hour later');
  await panel.getByRole('button', { name: 'Block the bot' }).click();
  await chat.toast('Block the bot');
  await panel.getByRole('button', { name: 'Let the bot in again' }).click();
  await chat.toast('Let the bot in again');
  await chat.close_beside('right');
}

async function haveItSentAgain() {
  await chat.say('/history');
  await chat.press(words.sendAgain);
  await chat.messages().locator('video').waitFor();
}

async function takeAnOrderBack() {
  await chat.order(photo);
  await chat.say('/history');
  await chat.press(words.takeBack);
  await chat.hear(words.takenBack);
}

/// In both colour schemes every text can be read, and the page fits, also with what is beside the chat.
async function look() {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const beside of ['Users', 'What the services answer next']) {
      await chat.open(beside);
      faults.push(...await chat.layoutFaults());
      faults.push(...(await paleTexts(page)).pale.map((one) => `${colorScheme}: cannot be read: ${one}`));
      await chat.close_beside(beside === 'Users' ? 'left' : 'right');
    }
  }
  await page.locator('#messages').evaluate((list) => { list.scrollTop = list.scrollHeight; });
  await page.screenshot({ path: join(folder, `${language}-customer.png`) });
  await page.setViewportSize({ width: 1280, height: 900 });
  faults.push(...await chat.layoutFaults());
  await page.screenshot({ path: join(folder, `${language}-customer-wide.png`) });
}

try {
  for (const step of [buy, getMoneyBack, haveItSentAgain, takeAnOrderBack, meetAnother, turnTheClock, look]) {
    await chat.lookAtNew();
    await step();
  }
} catch (err) {
  await page.screenshot({ path: join(folder, `${language}-customer-failed.png`) });
  faults.push(err.message);
} finally {
  await chat.close();
}

report(faults);
