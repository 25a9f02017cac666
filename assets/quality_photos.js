// Photos of one confusion, each a button. All text arrives as data and is set as text, never as HTML.

const element = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
};

function card(photo, send) {
  const item = element("li");
  const button = element("button", "photo");
  button.type = "button";
  button.setAttribute("aria-pressed", photo.chosen ? "true" : "false");
  button.setAttribute("aria-label", [photo.alt, photo.first, photo.second, photo.badge].filter(Boolean).join(", "));
  const frame = element("span", "photo-frame");
  const image = element("img");
  image.src = photo.picture;
  image.alt = "";
  image.decoding = "async";
  image.draggable = false;
  frame.append(image);
  if (photo.badge) frame.append(element("span", "photo-badge", photo.badge));
  button.append(frame, element("span", "photo-first", photo.first), element("span", "photo-second", photo.second));
  button.addEventListener("click", () => send(photo.id));
  item.append(button);
  return item;
}

function draw(component) {
  const { data, parentElement, setTriggerValue } = component;
  let list = parentElement.querySelector("ul.photos");
  if (!list) {
    list = element("ul", "photos");
    parentElement.append(list);
  }
  const drawn = JSON.stringify(data);
  if (list.drawn === drawn) return;
  list.drawn = drawn;
  list.setAttribute("aria-label", data.label);
  list.replaceChildren(...data.cards.map((photo) => card(photo, (id) => setTriggerValue("open", id))));
  if (data.at && window.qualityShownAt !== data.at) {
    window.qualityShownAt = data.at;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const anchor = document.querySelector(".quality-chosen") || parentElement.host || parentElement;
    setTimeout(() => anchor.scrollIntoView({ behavior: still ? "auto" : "smooth", block: "start" }), 80);
  }
}
