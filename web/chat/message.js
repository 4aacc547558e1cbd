import { fileUrl } from './api.js';

const tags = { bold: 'b', italic: 'i', underline: 'u', strikethrough: 's', code: 'code', pre: 'pre', blockquote: 'blockquote', spoiler: 'mark' };

export function element(name, properties = {}, ...children) {
  const result = Object.assign(document.createElement(name), properties);
  result.append(...children);
  return result;
}

/** Text with Telegram's entities as nodes. Offsets count UTF-16 units, as JavaScript's do. */
export function formatted(text, entities = []) {
  const nodes = [];
  let at = 0;
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  while (sorted.length > 0) {
    const outer = sorted.shift();
    if (outer.offset < at) continue;
    nodes.push(text.slice(at, outer.offset));
    const end = outer.offset + outer.length;
    const inner = [];
    while (sorted.length > 0 && sorted[0].offset < end) {
      const entity = sorted.shift();
      inner.push({ ...entity, offset: entity.offset - outer.offset });
    }
    const node = outer.type === 'text_link'
      ? element('a', { href: outer.url, target: '_blank', rel: 'noopener' })
      : element(tags[outer.type] ?? 'span');
    node.append(...formatted(text.slice(outer.offset, end), inner));
    nodes.push(node);
    at = end;
  }
  nodes.push(text.slice(at));
  return nodes;
}

function media(message) {
  if (message.photo) {
    const largest = message.photo.reduce((a, b) => (a.width * a.height >= b.width * b.height ? a : b));
    return element('img', { src: fileUrl(largest.file_id), alt: 'Photo', loading: 'lazy' });
  }
  if (message.video) {
    return element('video', { src: fileUrl(message.video.file_id), controls: true, playsInline: true, preload: 'metadata', loop: true });
  }
  if (message.document) {
    return element('a', { href: fileUrl(message.document.file_id), download: message.document.file_name ?? 'file' }, `📄 ${message.document.file_name ?? 'file'}`);
  }
  if (message.invoice) {
    const { title, description, total_amount: stars } = message.invoice;
    return element('div', {}, element('b', {}, title), element('p', {}, description), element('p', {}, `⭐ ${stars}`));
  }
  const { successful_payment: paid, refunded_payment: refunded } = message;
  if (paid || refunded) {
    return element('div', {}, element('b', {}, paid ? 'Paid' : 'Refunded'), element('p', {}, `⭐ ${(paid ?? refunded).total_amount}`));
  }
  const other = ['sticker', 'voice', 'location', 'contact'].find((kind) => message[kind]);
  return other ? element('i', {}, other) : null;
}

/** The rows of buttons under a message. Of a payment: what Telegram does when its user complains. */
function rowsOf(message) {
  if (message.reply_markup?.inline_keyboard) return message.reply_markup.inline_keyboard;
  const charge = message.successful_payment?.telegram_payment_charge_id;
  return charge ? [[{ text: '↩ Telegram gives the Stars back', refund: charge }]] : [];
}

function keyboard(rows, message, press) {
  const result = element('div', { className: 'keyboard' });
  for (const row of rows) {
    const line = element('div');
    for (const button of row) {
      line.append(button.url
        ? element('a', { href: button.url, target: '_blank', rel: 'noopener' }, button.text)
        : element('button', { type: 'button', onclick: (event) => press(message, button, event.currentTarget) }, button.text));
    }
    result.append(line);
  }
  return result;
}

/** One bubble with what belongs to it. `press(message, button, element)` is called for buttons. */
export function bubble(message, fromBot, press) {
  const text = message.text ?? message.caption ?? '';
  const content = element('div', { className: 'bubble' });
  const shown = media(message);
  if (shown) content.append(shown);
  if (text) content.append(element('div', { className: 'body' }, ...formatted(text, message.entities ?? message.caption_entities)));
  const clock = new Date(message.date * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  content.append(element('time', {}, message.edit_date ? `✎ ${clock}` : clock));
  const result = element('li', { className: fromBot ? 'message' : 'message mine' }, content);
  result.dataset.id = message.message_id;
  const rows = rowsOf(message);
  if (rows.length > 0) result.append(keyboard(rows, message, press));
  return result;
}
