// Put before every part's script, which gives `draw`. The browser may call a part with what it showed before after
// what it shows now, while the part's script is loaded for the first time; `order` says which of the two is older.
const shown = new WeakMap();

export default function (component) {
  const { parentElement, data } = component;
  const [visit, turn] = data.order;
  const last = shown.get(parentElement);
  if (last && last.visit === visit && last.turn > turn) return undefined;
  shown.set(parentElement, { visit, turn });
  return draw(component);
}

