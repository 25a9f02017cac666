// The map of the catalogue on a canvas: dots that become pictures when one comes near, a lasso, the visitor's photo.
// The points and the sheet of pictures come from addresses of their own, once; what changes comes as data.

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const MOST_ZOOM = 80;
const MARGIN = 26;
const FEWEST_PIXELS = 30; // a picture that would be narrower than this is a dot

// Streamlit serves files beside the app, which may itself be served from a folder.
const absolute = (address) => new URL(address.startsWith("/") ? `.${address}` : address, document.baseURI).href;

function build(parent) {
  const root = element("div", "map");
  root.innerHTML = `
    <div class="plane"><canvas tabindex="0" role="application"></canvas>
      <div class="tools" role="toolbar" aria-label="Map">
        <button type="button" data-do="move" aria-pressed="true" title="Move the map">Move</button>
        <button type="button" data-do="lasso" aria-pressed="false" title="Circle products to choose them">Choose</button>
        <button type="button" data-do="in" title="Closer">+</button><button type="button" data-do="out" title="Further">−</button>
        <button type="button" data-do="whole" title="The whole map">Whole map</button>
        <button type="button" data-do="photo" title="Go to your photo" hidden>Your photo</button>
      </div>
      <div class="tip" hidden></div><p class="wait">Loading the map …</p></div>
    <div class="legend"><ul></ul><p class="keys"></p></div>`;
  parent.append(root);
  return root;
}

class CatalogueMap {
  constructor(root, send) {
    this.root = root;
    this.send = send;
    this.canvas = root.querySelector("canvas");
    this.pen = this.canvas.getContext("2d");
    this.tip = root.querySelector(".tip");
    this.zoom = 1;
    this.centre = [0, 0];
    this.mode = "move";
    this.pointers = new Map();
    this.hidden = new Set();
    this.chosen = new Set();
    this.lasso = null;
    this.hovered = -1;
    this.pinned = -1;
    this.points = null;
    new ResizeObserver(() => this.resize()).observe(this.canvas);
    this.listen();
  }

  async update(data) {
    const first = !this.data;
    this.data = data;
    this.root.classList.toggle("narrowed", data.chosen > 0);
    this.root.querySelector('[data-do="photo"]').hidden = !data.photo;
    if (data.chosen === 0 && this.chosen.size) { this.chosen.clear(); this.lasso = null; }
    if (data.photo && this.photoFrom !== data.photo.picture) {
      this.photoFrom = data.photo.picture;
      this.photo = new Image();
      this.photo.onload = () => this.draw();
      this.photo.src = data.photo.picture;
    }
    if (this.pointsFrom !== data.points) {
      this.pointsFrom = data.points;
      this.points = null;
      const answer = await fetch(absolute(data.points));
      if (!answer.ok) { this.say("The map could not be loaded; open the page again."); return; }
      this.points = await answer.json();
      this.chosen.clear();
      this.buckets();
      this.sheet = null;
      const sheet = new Image();
      sheet.onload = () => { this.sheet = sheet; this.draw(); };
      sheet.src = absolute(data.sheet);
    }
    this.say("");
    if (this.by !== data.by) { this.by = data.by; this.hidden.clear(); }
    this.legend();
    if (first) this.resize();
    this.canvas.setAttribute("aria-label",
      `Map of ${this.points.ids.length} products. Arrow keys move, plus and minus zoom, Enter chooses what is in view, Escape chooses nothing.`);
    this.root.dataset.ready = "yes";
    this.draw();
  }

  say(text) {
    const wait = this.root.querySelector(".wait");
    wait.textContent = text;
    wait.hidden = !text;
  }

  // Which points are near a place is asked at every move of the mouse: a grid answers without looking at all of them.
  buckets() {
    const { x, y } = this.points;
    this.grid = new Map();
    x.forEach((value, i) => {
      const key = `${Math.floor((value + 1) * 20)},${Math.floor((y[i] + 1) * 20)}`;
      if (!this.grid.has(key)) this.grid.set(key, []);
      this.grid.get(key).push(i);
    });
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    const dense = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(width * dense);
    this.canvas.height = Math.round(height * dense);
    this.size = [width, height];
    this.pen.setTransform(dense, 0, 0, dense, 0, 0);
    this.draw();
  }

  get scale() { // pixels for one unit of the map
    return ((Math.min(...this.size) / 2) - MARGIN) * this.zoom;
  }
  // The map is square and the plane often wide, so that it is stretched a little sideways.
  get stretch() { return clamp(this.size[0] / this.size[1], 1, 1.7); }
  toScreen(x, y) {
    return [this.size[0] / 2 + (x - this.centre[0]) * this.scale * this.stretch, this.size[1] / 2 - (y - this.centre[1]) * this.scale];
  }
  toMap(px, py) {
    return [this.centre[0] + (px - this.size[0] / 2) / (this.scale * this.stretch), this.centre[1] - (py - this.size[1] / 2) / this.scale];
  }
  zoomAt(px, py, factor) {
    const [x, y] = this.toMap(px, py);
    this.zoom = clamp(this.zoom * factor, 1, MOST_ZOOM);
    const [nx, ny] = this.toMap(px, py);
    this.centre = [clamp(this.centre[0] + x - nx, -1, 1), clamp(this.centre[1] + y - ny, -1, 1)];
    this.draw();
  }
  pan(dx, dy) {
    this.centre = [clamp(this.centre[0] - dx / (this.scale * this.stretch), -1, 1), clamp(this.centre[1] + dy / this.scale, -1, 1)];
    this.draw();
  }

  shows(i) { return !this.hidden.size || !this.hidden.has(this.points.colourings[this.by].codes[i]); }

  inView(margin = 0) {
    const { x, y } = this.points;
    const [left, top] = this.toMap(-margin, -margin);
    const [right, bottom] = this.toMap(this.size[0] + margin, this.size[1] + margin);
    const found = [];
    for (let i = 0; i < x.length; i += 1) {
      if (x[i] >= left && x[i] <= right && y[i] >= bottom && y[i] <= top && this.shows(i)) found.push(i);
    }
    return found;
  }

  draw() {
    if (this.queued || !this.points || !this.size) return;
    this.queued = requestAnimationFrame(() => { this.queued = 0; this.paint(); });
  }

  paint() {
    const { pen, points } = this;
    const [width, height] = this.size;
    const colouring = points.colourings[this.by];
    pen.clearRect(0, 0, width, height);
    const seen = this.inView(60);
    // As many pictures as fit beside each other; the visitor comes nearer until there is room for them.
    const side = clamp(0.62 * Math.sqrt((width * height) / Math.max(seen.length, 1)), 0, 72);
    const pictures = this.sheet && side >= FEWEST_PIXELS;
    this.root.dataset.shows = pictures ? "pictures" : "dots";
    const radius = clamp(2.2 + Math.log2(this.zoom) * 0.75, 2.2, 6) * (points.ids.length < 600 ? 1.9 : 1);
    const faint = this.chosen.size > 0;
    for (const i of seen) {
      const [px, py] = this.toScreen(points.x[i], points.y[i]);
      const colour = colouring.colours[colouring.codes[i]];
      pen.globalAlpha = faint && !this.chosen.has(i) ? 0.25 : pictures ? 1 : 0.85;
      if (pictures) this.picture(i, px, py, side, colour);
      else {
        pen.beginPath();
        pen.arc(px, py, radius, 0, 2 * Math.PI);
        pen.fillStyle = colour;
        pen.fill();
        if (this.by === "Colour") { pen.lineWidth = 0.6; pen.strokeStyle = "rgb(29 27 25 / 35%)"; pen.stroke(); }
      }
    }
    pen.globalAlpha = 1;
    if (this.lasso) this.outline(this.lasso);
    this.paintPhoto(radius);
    const marked = this.pinned >= 0 ? this.pinned : this.hovered;
    if (marked >= 0 && !pictures) {
      const [px, py] = this.toScreen(points.x[marked], points.y[marked]);
      pen.beginPath();
      pen.arc(px, py, radius + 3, 0, 2 * Math.PI);
      pen.lineWidth = 2;
      pen.strokeStyle = "#1d1b19";
      pen.stroke();
    }
  }

  picture(i, px, py, side, colour) {
    const { pen } = this;
    const [tileWidth, tileHeight, columns] = this.data.tile;
    const width = side, height = (side * tileHeight) / tileWidth;
    const [left, top] = [px - width / 2, py - height / 2];
    pen.fillStyle = colour;
    pen.fillRect(left - 2, top - 2, width + 4, height + 4);
    pen.drawImage(this.sheet, (i % columns) * tileWidth, Math.floor(i / columns) * tileHeight, tileWidth, tileHeight, left, top, width, height);
  }

  paintPhoto(radius) {
    const given = this.data.photo;
    if (!given || !this.photo?.complete) return;
    const { pen } = this;
    const [px, py] = this.toScreen(given.x, given.y);
    const half = 22;
    // Above its place, which a point marks, so that it does not hide its neighbours.
    const top = py - 2 * half - 14;
    pen.fillStyle = "#7a2e2e";
    pen.beginPath();
    pen.moveTo(px, py - radius);
    pen.lineTo(px - 8, top + 2 * half + 2);
    pen.lineTo(px + 8, top + 2 * half + 2);
    pen.fill();
    pen.fillRect(px - half - 3, top - 3, 2 * half + 6, 2 * half + 6);
    const { naturalWidth: w, naturalHeight: h } = this.photo;
    const cut = Math.min(w, h);
    pen.drawImage(this.photo, (w - cut) / 2, (h - cut) / 2, cut, cut, px - half, top, 2 * half, 2 * half);
    pen.beginPath();
    pen.arc(px, py, radius + 2, 0, 2 * Math.PI);
    pen.fill();
  }

  outline(path) {
    const { pen } = this;
    pen.beginPath();
    path.forEach(([x, y], number) => {
      const [px, py] = this.toScreen(x, y);
      if (number) pen.lineTo(px, py); else pen.moveTo(px, py);
    });
    pen.closePath();
    pen.fillStyle = "rgb(122 46 46 / 8%)";
    pen.fill();
    pen.setLineDash([6, 4]);
    pen.lineWidth = 1.5;
    pen.strokeStyle = "#7a2e2e";
    pen.stroke();
    pen.setLineDash([]);
  }

  nearest(px, py, reach) {
    const [x, y] = this.toMap(px, py);
    const around = Math.ceil((reach / this.scale) * 20);
    let best = -1, least = reach * reach;
    const [gx, gy] = [Math.floor((x + 1) * 20), Math.floor((y + 1) * 20)];
    for (let i = gx - around; i <= gx + around; i += 1) {
      for (let j = gy - around; j <= gy + around; j += 1) {
        for (const point of this.grid.get(`${i},${j}`) || []) {
          if (!this.shows(point)) continue;
          const [qx, qy] = this.toScreen(this.points.x[point], this.points.y[point]);
          const distance = (qx - px) ** 2 + (qy - py) ** 2;
          if (distance < least) { least = distance; best = point; }
        }
      }
    }
    return best;
  }

  showTip(i, pinned) {
    const { tip, points } = this;
    if (i < 0) { tip.hidden = true; return; }
    const [tileWidth, tileHeight, columns] = this.data.tile;
    const zoom = 2;
    const shot = element("span", "shot");
    Object.assign(shot.style, {
      width: `${tileWidth * zoom}px`, height: `${tileHeight * zoom}px`,
      backgroundImage: `url("${absolute(this.data.sheet)}")`,
      backgroundSize: `${tileWidth * columns * zoom}px auto`,
      backgroundPosition: `-${(i % columns) * tileWidth * zoom}px -${Math.floor(i / columns) * tileHeight * zoom}px`,
    });
    const words = element("span", "about");
    words.append(element("b", "", points.names[i] || points.ids[i]), element("span", "", [points.types[i], points.colours[i]].filter(Boolean).join(" · ")));
    tip.replaceChildren(shot, words);
    if (pinned) {
      words.append(button("", () => this.send("open", points.ids[i]), "Its neighbours"));
    }
    tip.classList.toggle("pinned", pinned);
    tip.hidden = false;
    const [px, py] = this.toScreen(points.x[i], points.y[i]);
    const { offsetWidth: width, offsetHeight: height } = tip;
    const left = px + 16 + width > this.size[0] ? px - width - 16 : px + 16;
    tip.style.left = `${clamp(left, 4, Math.max(4, this.size[0] - width - 4))}px`;
    tip.style.top = `${clamp(py - height / 2, 4, Math.max(4, this.size[1] - height - 4))}px`;
  }

  pin(i) {
    this.pinned = i;
    this.showTip(i, true);
    this.draw();
  }

  choose(points) {
    this.chosen = new Set(points);
    this.send("selected", points.map((i) => this.points.ids[i]));
    this.draw();
  }

  // Points within a path, by counting how often a ray to the left crosses it.
  within(path) {
    const { x, y } = this.points;
    return x.map((_, i) => i).filter((i) => {
      if (!this.shows(i)) return false;
      let inside = false;
      for (let a = 0, b = path.length - 1; a < path.length; b = a, a += 1) {
        const [ax, ay] = path[a], [bx, by] = path[b];
        if ((ay > y[i]) !== (by > y[i]) && x[i] < ((bx - ax) * (y[i] - ay)) / (by - ay) + ax) inside = !inside;
      }
      return inside;
    });
  }

  setMode(mode) {
    this.mode = mode;
    this.canvas.dataset.mode = mode;
    for (const name of ["move", "lasso"]) this.root.querySelector(`[data-do="${name}"]`).setAttribute("aria-pressed", String(name === mode));
  }

  place(event) {
    const area = this.canvas.getBoundingClientRect();
    return [event.clientX - area.left, event.clientY - area.top];
  }

  listen() {
    const { canvas } = this;
    canvas.addEventListener("wheel", (event) => {
      if (!this.points) return;
      event.preventDefault();
      this.showTip(-1);
      this.pinned = this.hovered = -1;
      this.zoomAt(...this.place(event), Math.exp(-clamp(event.deltaY, -120, 120) / 260));
    }, { passive: false });
    canvas.addEventListener("dblclick", (event) => this.points && this.zoomAt(...this.place(event), 2));
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    canvas.addEventListener("pointerup", (event) => this.up(event));
    canvas.addEventListener("pointercancel", (event) => { this.pointers.delete(event.pointerId); this.drawing = null; });
    canvas.addEventListener("pointerleave", () => { if (this.pinned < 0) this.showTip(-1); this.hovered = -1; this.draw(); });
    canvas.addEventListener("keydown", (event) => this.key(event));
    for (const button of this.root.querySelectorAll("[data-do]")) button.onclick = () => this.command(button.dataset.do);
  }

  command(name) {
    if (!this.points) return;
    const middle = [this.size[0] / 2, this.size[1] / 2];
    this.showTip(-1);
    this.pinned = -1;
    if (name === "move" || name === "lasso") this.setMode(name);
    if (name === "in") this.zoomAt(...middle, 1.6);
    if (name === "out") this.zoomAt(...middle, 1 / 1.6);
    if (name === "whole") { this.zoom = 1; this.centre = [0, 0]; this.draw(); }
    if (name === "photo" && this.data.photo) {
      this.centre = [this.data.photo.x, this.data.photo.y];
      this.zoom = Math.max(this.zoom, 9);
      this.draw();
    }
  }

  key(event) {
    const step = 60;
    const moves = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (!this.points) return;
    if (moves[event.key]) this.pan(...moves[event.key]);
    else if (event.key === "+" || event.key === "=") this.command("in");
    else if (event.key === "-") this.command("out");
    else if (event.key === "0") this.command("whole");
    else if (event.key === "Enter") this.choose(this.inView());
    else if (event.key === "Escape") { this.lasso = null; this.pinned = -1; this.showTip(-1); this.choose([]); } else return;
    event.preventDefault();
  }

  down(event) {
    if (!this.points || event.button > 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.place(event));
    this.moved = 0;
    if (this.pointers.size === 2) { this.drawing = null; this.pinch = this.spread(); return; }
    if (this.mode === "lasso" || event.shiftKey) {
      this.drawing = { box: event.pointerType === "touch", path: [this.toMap(...this.place(event))] };
      this.lasso = this.drawing.path;
    }
  }

  spread() {
    const [[ax, ay], [bx, by]] = [...this.pointers.values()];
    return { distance: Math.hypot(ax - bx, ay - by), middle: [(ax + bx) / 2, (ay + by) / 2] };
  }

  move(event) {
    if (!this.points) return;
    const at = this.place(event);
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== "touch" && this.pinned < 0) {
        const found = this.nearest(...at, this.root.dataset.shows === "pictures" ? 36 : 14);
        if (found !== this.hovered) { this.hovered = found; this.showTip(found, false); this.draw(); }
      }
      return;
    }
    this.pointers.set(event.pointerId, at);
    if (this.pointers.size === 2) {
      const now = this.spread();
      this.pan(now.middle[0] - this.pinch.middle[0], now.middle[1] - this.pinch.middle[1]);
      this.zoomAt(...now.middle, now.distance / Math.max(this.pinch.distance, 1));
      this.pinch = now;
      this.moved = 99;
      return;
    }
    this.moved += Math.hypot(at[0] - before[0], at[1] - before[1]);
    if (this.drawing) {
      const here = this.toMap(...at), { path, box } = this.drawing;
      if (box) {
        const [x, y] = path[0];
        this.drawing.path = this.lasso = [[x, y], [here[0], y], here, [x, here[1]]];
      } else path.push(here);
      this.draw();
    } else if (this.moved > 4) {
      if (this.pinned >= 0) { this.pinned = -1; this.showTip(-1); }
      this.pan(at[0] - before[0], at[1] - before[1]);
    }
  }

  up(event) {
    if (!this.pointers.delete(event.pointerId) || !this.points) return;
    const drawing = this.drawing;
    this.drawing = null;
    if (drawing && this.moved > 8) { this.choose(this.within(drawing.path)); return; }
    if (drawing) this.lasso = null;
    if (this.moved <= 4) {
      const coarse = event.pointerType === "touch";
      this.pin(this.nearest(...this.place(event), coarse ? 30 : 14));
    }
  }

  legend() {
    const { labels, colours, counts } = this.points.colourings[this.by];
    const list = this.root.querySelector(".legend ul");
    list.replaceChildren(...labels.map((label, code) => {
      const item = element("li");
      const toggle = button("", () => {
        if (this.hidden.has(code)) this.hidden.delete(code); else this.hidden.add(code);
        toggle.setAttribute("aria-pressed", String(!this.hidden.has(code)));
        this.draw();
      });
      toggle.setAttribute("aria-pressed", String(!this.hidden.has(code)));
      const dot = element("i");
      dot.style.background = colours[code];
      toggle.append(dot, element("span", "", label), element("span", "number", counts[code].toLocaleString("en-GB")));
      toggle.title = "Show or hide";
      item.append(toggle);
      return item;
    }));
  }
}

function draw(component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".map") || build(parentElement);
  root.plan = root.plan || new CatalogueMap(root, setTriggerValue);
  root.plan.send = setTriggerValue;
  const drawn = JSON.stringify(data);
  if (root.drawn === drawn) return;
  root.drawn = drawn;
  root.plan.update(data).catch(() => root.plan.say("The map could not be loaded; open the page again."));
}
