// Pairs of types that are confused, each a button.

function line(row, send) {
  const item = element("li");
  const open = button("pair", () => send("open", row.id));
  open.setAttribute("aria-pressed", row.chosen ? "true" : "false");
  const words = element("span", "pair-words");
  words.append(element("span", "pair-label", row.label), element("span", "pair-arrow", " taken for "), element("span", "pair-label", row.predicted));
  open.append(words, element("span", "pair-number", row.number), bar("pair-bar", row.share), element("span", "pair-detail", row.detail));
  item.append(open);
  return item;
}

function draw({ data, parentElement, setTriggerValue }) {
  const { root, anew } = shownIn(parentElement, "ol", "pairs", data);
  if (!anew) return;
  const focused = [...root.querySelectorAll("button")].indexOf(root.getRootNode().activeElement);
  root.setAttribute("aria-label", data.label);
  root.replaceChildren(...data.rows.map((row) => line(row, setTriggerValue)));
  // What is drawn anew keeps the keyboard's place.
  if (focused >= 0) root.querySelectorAll("button")[focused]?.focus();
}
