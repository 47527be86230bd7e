// Browsing a graph: a box in focus shows what lies behind it and what rests on it, the arrow keys walk along the lines.
"use strict";
document.documentElement.classList.add("scripted");

for (const figure of document.querySelectorAll(".browse")) {
  const svg = figure.querySelector("svg");
  const pane = figure.querySelector(".scroll");
  const said = figure.querySelector("output");
  const nodes = new Map([...svg.querySelectorAll(".node")].map((node) => [node.dataset.id, node]));
  const edges = [...svg.querySelectorAll("path")];
  const from = group(edges, "from");
  const to = group(edges, "to");

  function mark(start, lines, end, name) {
    const waiting = [start];
    const seen = new Set(waiting);
    while (waiting.length) {
      for (const edge of lines.get(waiting.pop()) ?? []) {
        edge.classList.add(name);
        const next = edge.dataset[end];
        if (!seen.has(next)) {
          seen.add(next);
          waiting.push(next);
          nodes.get(next).classList.add(name);
        }
      }
    }
    return seen.size - 1;
  }

  function clear() {
    svg.classList.remove("active");
    for (const part of svg.querySelectorAll(".on, .behind, .above")) part.classList.remove("on", "behind", "above");
    said.textContent = "";
  }

  function show(id) {
    clear();
    svg.classList.add("active");
    nodes.get(id).classList.add("on");
    const behind = mark(id, from, "to", "behind");
    const above = mark(id, to, "from", "above");
    said.textContent = `${behind} behind it, ${above} rest on it`;
  }

  function place(node) {
    const box = node.querySelector("rect");
    return [Number(box.getAttribute("x")), Number(box.getAttribute("y"))];
  }

  function neighbour(node, key) {
    const id = node.dataset.id;
    if (key === "ArrowRight") return from.get(id)?.[0].dataset.to;
    if (key === "ArrowLeft") return to.get(id)?.[0].dataset.from;
    const [x, y] = place(node);
    const sign = key === "ArrowDown" ? 1 : -1;
    let best, least = Infinity;
    for (const [other, candidate] of nodes) {
      const [x2, y2] = place(candidate);
      if (x2 === x && (y2 - y) * sign > 0 && (y2 - y) * sign < least) [best, least] = [other, (y2 - y) * sign];
    }
    return best;
  }

  for (const [id, node] of nodes) {
    node.addEventListener("focus", () => show(id));
    node.addEventListener("blur", clear);
    node.addEventListener("mouseenter", () => show(id));
    node.addEventListener("mouseleave", clear);
    node.addEventListener("keydown", (event) => {
      if (event.key === "Escape") return clear();
      if (!event.key.startsWith("Arrow")) return;
      event.preventDefault();
      const next = neighbour(node, event.key);
      if (next) reveal(nodes.get(next));
    });
  }

  function reveal(node) {
    node.focus({ preventScroll: true });
    node.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  const own = svg.querySelector("[aria-current]");
  if (own) {
    const [x, y] = place(own);
    pane.scrollTo(x - pane.clientWidth / 2, y - pane.clientHeight / 2);
  }

  const search = figure.querySelector("input");
  const found = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    return words.length ? [...nodes].filter(([id]) => words.every((w) => id.toLowerCase().includes(w))) : [];
  };
  search.addEventListener("input", () => {
    clear();
    const hits = found();
    if (!search.value.trim()) return;
    svg.classList.add("active");
    for (const [, node] of hits) node.classList.add("on");
    if (hits.length) hits[0][1].scrollIntoView({ block: "nearest", inline: "nearest" });
    said.textContent = `${hits.length} found`;
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const hits = found();
    if (hits.length) reveal(hits[0][1]);
  });

  const { width, height } = svg.viewBox.baseVal;
  let scale = 1;
  for (const button of figure.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => {
      const how = button.dataset.zoom;
      scale = how === "fit" ? Math.min(1, pane.clientWidth / width) : scale * (how === "in" ? 1.25 : 0.8);
      scale = Math.min(4, Math.max(Math.min(0.05, pane.clientWidth / width), scale));
      svg.setAttribute("width", width * scale);
      svg.setAttribute("height", height * scale);
    });
  }
}

function group(edges, end) {
  const found = new Map();
  for (const edge of edges) {
    const id = edge.dataset[end];
    found.set(id, [...(found.get(id) ?? []), edge]);
  }
  return found;
}
