// Pairs of products whose pictures are nearly the same, with what differs between their labels.

function product(one, differs, send) {
  const open = link("one", one.href, () => send("open", one.id));
  const name = element("span", "name", one.name);
  name.title = one.name;
  open.append(picture(one.picture), name);
  const facts = element("dl");
  for (const [label, value] of one.facts) {
    const line = element("div", differs.includes(label) ? "differs" : "");
    line.append(element("dt", "", label), element("dd", "", value || "–"));
    facts.append(line);
  }
  const side = element("div", "side");
  side.append(open, facts);
  return side;
}

function draw({ data, parentElement, setTriggerValue }) {
  const { root, anew } = shownIn(parentElement, "ul", "pairs", data);
  if (!anew) return;
  root.setAttribute("aria-label", "Near-copies");
  root.replaceChildren(...data.pairs.map((pair) => {
    const item = element("li");
    const head = element("p", "head");
    head.append(element("span", "number", pair.number), ...pair.marks.map((mark) => element("span", "mark", mark)));
    const both = element("div", "both");
    both.append(...pair.products.map((one) => product(one, pair.differs, setTriggerValue)));
    item.append(head, both);
    return item;
  }));
}
