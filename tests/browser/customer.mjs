// Plays what a customer does besides ordering, on a phone's screen: buys credits, has a video sent again, takes an order back.
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
      const opener = page.getByRole('button', { name: beside });
      if (await opener.isVisible()) await opener.click();
      faults.push(...await chat.layoutFaults());
      faults.push(...(await paleTexts(page)).pale.map((one) => `${colorScheme}: cannot be read: ${one}`));
      await page.locator('#messages').click({ position: { x: beside === 'Users' ? 380 : 8, y: 400 } });
    }
  }
  await page.locator('#messages').evaluate((list) => { list.scrollTop = list.scrollHeight; });
  await page.screenshot({ path: join(folder, `${language}-customer.png`) });
  await page.setViewportSize({ width: 1280, height: 900 });
  faults.push(...await chat.layoutFaults());
  await page.screenshot({ path: join(folder, `${language}-customer-wide.png`) });
}

try {
  for (const step of [buy, haveItSentAgain, takeAnOrderBack, look]) {
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
