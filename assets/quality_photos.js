// Photos of one confusion, each a button.

function card(photo, send) {
  const item = element("li");
  const open = button("photo", () => send("open", photo.id));
  open.setAttribute("aria-pressed", photo.chosen ? "true" : "false");
  open.setAttribute("aria-label", [photo.alt, photo.first, photo.second, photo.badge].filter(Boolean).join(", "));
  const frame = element("span", "photo-frame");
  frame.append(picture(photo.picture));
  if (photo.badge) frame.append(element("span", "photo-badge", photo.badge));
  open.append(frame, element("span", "photo-first", photo.first), element("span", "photo-second", photo.second));
  item.append(open);
  return item;
}

function draw({ data, parentElement, setTriggerValue }) {
  const { root, anew } = shownIn(parentElement, "ul", "photos", data);
  if (!anew) return;
  root.setAttribute("aria-label", data.label);
  root.replaceChildren(...data.cards.map((photo) => card(photo, setTriggerValue)));
  if (data.at && window.qualityShownAt !== data.at) {
    window.qualityShownAt = data.at;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const anchor = document.querySelector(".quality-chosen") || parentElement.host || parentElement;
    setTimeout(() => anchor.scrollIntoView({ behavior: still ? "auto" : "smooth", block: "start" }), 80);
  }
}
