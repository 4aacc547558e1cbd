// The attributes, properties and listeners of one element.

const listeners = Symbol("listeners"); // of an element: event → function, read when the event comes

/// Changes what differs between the props `before` and `after` of h(). A property that stays the same is
/// not written again: what a person typed meanwhile is worth more.
export function setProps(element, before, after) {
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (name === "key" || name === "draw" || (name === "value" && element.tagName === "SELECT")) continue;
    if (name === "on") setListeners(element, after.on ?? {});
    else if (name === "style") setStyle(element, before.style ?? {}, after.style ?? {});
    else if (before[name] !== after[name]) setOne(element, name, after[name]);
  }
}

function setOne(element, name, value) {
  if (name === "value" || name === "checked") element[name] = value ?? (name === "value" ? "" : false);
  else if (value === undefined || value === null || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? "" : String(value));
}

// Through the object model: the content security policy refuses style attributes.
function setStyle(element, before, after) {
  for (const name of Object.keys(before)) if (!(name in after)) element.style.removeProperty(name);
  for (const [name, value] of Object.entries(after))
    if (before[name] !== value) element.style.setProperty(name, value);
}

function setListeners(element, wanted) {
  const known = (element[listeners] ??= {});
  for (const event of Object.keys(wanted)) {
    if (!(event in known)) element.addEventListener(event, (happened) => element[listeners][event]?.(happened));
  }
  element[listeners] = { ...Object.fromEntries(Object.keys(known).map((event) => [event, null])), ...wanted };
}
