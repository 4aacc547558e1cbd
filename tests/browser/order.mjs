// Plays one order in the sandbox's chat page as a person would, on a phone-sized screen.
// usage: node order.mjs CHAT_URL USER LANGUAGE PHOTO OUTPUT_FOLDER
// Leaves LANGUAGE.png (the chat at its end) and LANGUAGE.mp4 (the video that came) in the folder.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openBrowser, report, watch } from './browser.mjs';

const [url, user, language, photo, folder] = process.argv.slice(2);
const patience = 60_000;

const words = {
  ru: {
    agree: '✅ Принимаю условия', kind: '🎥 Рекламное видео', wishes: '💡 Есть пожелания', one: '1️⃣ 1 видео',
    launch: '🚀 Запустить', accepted: '✅ Принял! 1 видео запущена', started: '🎬 Генерация запущена!', ready: '✅ Видео готово!',
    product: 'Керамическая кружка ручной работы, 350 мл', wish: 'Утренний свет, пар над кофе',
  },
  en: {
    agree: '✅', kind: '🎥', wishes: '💡 Any wishes?', one: '1️⃣', launch: '🚀',
    accepted: '✅', started: '🎬', ready: '✅',
    product: 'Hand-made ceramic mug, 350 ml', wish: 'Morning light, steam over the coffee',
  },
}[language];

const { page, close } = await openBrowser({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, locale: language });
const faults = [];

try {
  page.setDefaultTimeout(patience);
  watch(page, url, faults);
  await page.goto(url);
  await page.getByRole('button', { name: 'Users' }).click();
  await page.locator('#users').getByText(user).click();

  const say = async (text) => {
    await page.locator('#text').fill(text);
    await page.locator('#send').click();
  };
  const hear = (text) => page.locator('.message:not(.mine) .body', { hasText: text }).last().waitFor();
  const press = async (text) => {
    const button = page.locator('.keyboard button', { hasText: text }).last();
    await button.waitFor();
    await button.click();
  };

  await say('/start');
  await press(words.agree);
  await page.locator('#text').fill(words.product);
  await page.locator('#file').setInputFiles(photo);
  await press(words.kind);
  await hear(words.wishes);
  await say(words.wish);
  await press(words.one);
  await press(words.launch);
  await hear(words.accepted);
  await hear(words.started);
  const video = page.locator('.message:not(.mine) video').last();
  await video.waitFor();
  await hear(words.ready);
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
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  if (wide) faults.push('the page scrolls sideways on a phone');
  await page.screenshot({ path: join(folder, `${language}.png`) });
} catch (err) {
  await page.screenshot({ path: join(folder, `${language}-failed.png`) });
  faults.push(err.message);
} finally {
  await close();
}

report(faults);
