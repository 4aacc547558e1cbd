// Plays one order in the sandbox's chat page as a person would, on a phone-sized screen.
// usage: node order.mjs CHAT_URL USER LANGUAGE PHOTO OUTPUT_FOLDER
// Leaves LANGUAGE.png (the chat at its end) and LANGUAGE.mp4 (the video that came) in the folder.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { report } from './browser.mjs';
import { openChat } from './chat.mjs';

const [url, user, language, photo, folder] = process.argv.slice(2);
const faults = [];
const chat = await openChat(url, user, language, faults);
const { page, words } = chat;

try {
  await chat.say('/start');
  await chat.press(words.agree);
  await chat.order(photo);
  await chat.hear(words.started);
  const video = page.locator('.message:not(.mine) video').last();
  await video.waitFor();
  await chat.hear(words.ready);
  if (words.below) await chat.hear(words.below); // no model speaks Russian
  await video.evaluate((element) => new Promise((resolve, reject) => {
    if (element.readyState >= 2) return resolve();
    element.onloadeddata = resolve;
    element.onerror = () => reject(new Error(`the video does not play: ${element.error?.message}`));
    element.load();
  }));
  const source = await video.evaluate((element) => element.src);
  const bytes = Buffer.from(await (await fetch(source)).arrayBuffer());
  if (bytes.toString('latin1', 4, 8) !== 'ftyp') faults.push('what came is no mp4');
  await writeFile(join(folder, `${language}.mp4`), bytes);
  await page.locator('#messages').evaluate((list) => { list.scrollTop = list.scrollHeight; });
  faults.push(...await chat.layoutFaults());
  await page.screenshot({ path: join(folder, `${language}.png`) });
} catch (err) {
  await page.screenshot({ path: join(folder, `${language}-failed.png`) });
  faults.push(err.message);
} finally {
  await chat.close();
}

report(faults);
