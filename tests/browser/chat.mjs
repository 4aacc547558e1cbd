// The sandbox's chat page as a person with a phone uses it, and what the bot says there in both languages.
import { openBrowser, watch } from './browser.mjs';

const patience = 60_000;

const words = {
  ru: {
    agree: '✅ Принимаю условия', kind: '🎥 Рекламное видео', wishes: '💡 Есть пожелания', one: '1️⃣ 1 видео',
    launch: '🚀 Запустить', accepted: '✅ Принял! 1 видео запущена', started: '🎬 Генерация запущена!', ready: '✅ Видео готово!',
    product: 'Керамическая кружка ручной работы, 350 мл', wish: 'Утренний свет, пар над кофе',
    buy: '💳 Купить кредиты', pack: '5 кредитов', paid: '🎉 Оплата прошла: +5 кредитов', sendAgain: '📤 Прислать ещё раз',
    takeBack: '↩️ Отменить и вернуть', takenBack: '↩️ Заказ отменён. 1 кредит вернулся', receipt: '↩️ Покупка возвращена: 250 звёзд', below: '💬 Текст к видео (голоса в нём нет)',
  },
  en: {
    agree: '✅', kind: '🎥', wishes: '💡 Any wishes?', one: '1️⃣', launch: '🚀',
    accepted: '✅', started: '🎬', ready: '✅',
    product: 'Hand-made ceramic mug, 350 ml', wish: 'Morning light, steam over the coffee',
    buy: '💳 Buy credits', pack: '5 credits', paid: '🎉 Payment received: +5 credits', sendAgain: '📤 Send again',
    takeBack: '↩️ Cancel and refund', takenBack: '↩️ The order is cancelled. 1 credit is back', receipt: '↩️ Purchase refunded: you have your 250 Stars back', below: '',
  },
};

/// The chat of `user`, on a phone's screen. What the page does wrong is noted in `faults`.
export async function openChat(url, user, language, faults) {
  const { page, close } = await openBrowser({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, locale: language });
  page.setDefaultTimeout(patience);
  watch(page, url, faults);
  await page.goto(url);
  await page.getByRole('button', { name: 'Users' }).click();
  await page.locator('#users').getByText(user).click();
  let seen = 0; // the last message that does not count any more
  const messages = () => page.locator(`xpath=//li[contains(@class, "message")][@data-id > ${seen}]`);
  return {
    page, close, messages, words: words[language],
    /// From now on only what comes counts: what a button said before may be said again.
    async lookAtNew() {
      seen = await page.evaluate(() => Math.max(0, ...[...document.querySelectorAll('.message')].map((one) => Number(one.dataset.id))));
    },
    async say(text) {
      await page.locator('#text').fill(text);
      await page.locator('#send').click();
    },
    hear: (text) => messages().locator('.bubble .body', { hasText: text }).last().waitFor(),
    /// Presses the newest button with that text.
    async press(text) {
      const button = messages().locator('.keyboard button', { hasText: text }).last();
      await button.waitFor();
      await button.click();
    },
    /// What the page itself says, for a moment.
    toast: (text) => page.locator('#toast.on', { hasText: text }).waitFor(),
    async open(beside) {
      const opener = page.getByRole('button', { name: beside, exact: true });
      if (await opener.isVisible()) await opener.click();
    },
    /// Closes what is beside the chat, on the left or the right.
    close_beside: (side) => page.locator('#messages').click({ position: { x: side === 'left' ? 380 : 8, y: 400 } }),
    /// Begins an order with the photo, up to the button that launches it.
    async order(photo) {
      await page.locator('#text').fill(words[language].product);
      await page.locator('#file').setInputFiles(photo);
      await this.press(words[language].kind);
      await this.hear(words[language].wishes);
      await this.say(words[language].wish);
      await this.press(words[language].one);
      await this.press(words[language].launch);
      await this.hear(words[language].accepted);
    },
    /// Faults of the layout as it is now.
    async layoutFaults() {
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      return wide ? ['the page scrolls sideways on a phone'] : [];
    },
  };
}
