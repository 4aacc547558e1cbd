// How well texts can be read, measured in the page.

/// Runs in the page: every text that can be seen, with the contrast (WCAG) between its colour and what is behind it.
export function contrasts() {
  const parse = (text) => {
    const numbers = text.match(/-?[\d.]+(e-?\d+)?/g).map(Number);
    const scale = text.startsWith('color(') ? 255 : 1;
    return [...numbers.slice(0, 3).map((part) => part * scale), numbers[3] ?? 1];
  };
  const over = (front, back) => front.slice(0, 3).map((part, index) => part * front[3] + back[index] * (1 - front[3]));
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reverse().reduce((back, layer) => over(layer, back), [255, 255, 255]);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((part) => (part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = [];
  for (const element of document.body.querySelectorAll('*')) {
    const text = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data.trim()).join(' ').trim();
    if (!text || element.closest('script, noscript, select, [hidden], :disabled') || !element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) continue;
    const back = behind(element);
    const colour = parse(getComputedStyle(element).color);
    colour[3] *= Number(getComputedStyle(element).opacity);
    const [one, other] = [light(over(colour, back)), light(back)];
    found.push({ text, of: `${element.tagName}.${element.className}`, ratio: (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05) });
  }
  return found;
}

const least = 4.5; // WCAG AA

/// Of the page now: how many texts there are, and which cannot be read well, in words.
export async function paleTexts(page) {
  const texts = await page.evaluate(contrasts);
  const pale = texts.filter((one) => one.ratio < least).map((one) => `${one.of} "${one.text.slice(0, 40)}" ${one.ratio.toFixed(2)}`);
  return { count: texts.length, pale };
}
