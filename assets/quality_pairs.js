// Pairs of types that are confused, each a button. All text arrives as data and is set as text, never as HTML.

const element = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
};

function line(row, send) {
  const item = element("li");
  const button = element("button", "pair");
  button.type = "button";
  button.setAttribute("aria-pressed", row.chosen ? "true" : "false");
  const words = element("span", "pair-words");
  words.append(element("span", "pair-label", row.label), element("span", "pair-arrow", " taken for "), element("span", "pair-label", row.predicted));
  const bar = element("span", "pair-bar");
  bar.setAttribute("aria-hidden", "true");
  const filled = element("span");
  filled.style.width = `${Math.round(Math.min(Math.max(row.share, 0), 1) * 100)}%`;
  bar.append(filled);
  button.append(words, element("span", "pair-number", row.number), bar, element("span", "pair-detail", row.detail));
  button.addEventListener("click", () => send(row.id));
  item.append(button);
  return item;
}

function draw(component) {
  const { data, parentElement, setTriggerValue } = component;
  let list = parentElement.querySelector("ol.pairs");
  if (!list) {
    list = element("ol", "pairs");
    parentElement.append(list);
  }
  const drawn = JSON.stringify(data);
  if (list.drawn === drawn) return;
  const focused = [...list.querySelectorAll("button")].indexOf(list.getRootNode().activeElement);
  list.drawn = drawn;
  list.setAttribute("aria-label", data.label);
  list.replaceChildren(...data.rows.map((row) => line(row, (id) => setTriggerValue("open", id))));
  // What is drawn anew keeps the keyboard's place.
  if (focused >= 0) list.querySelectorAll("button")[focused]?.focus();
}
